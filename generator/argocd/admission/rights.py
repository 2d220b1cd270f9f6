"""Which rights nobody is given in a deployment's namespace by a file: to read Secrets without names, or this one."""

from __future__ import annotations

from generator.argocd.admission.expressions import Rule, text, texts

RESOURCES = {"rbac.authorization.k8s.io": ("roles", "rolebindings")}

#: Kubernetes lets nobody give rights that he has not, so what people do by hand is theirs. Argo CD has all rights, and
#: so have other services that do what files say; those are service accounts, and it marks what it applies.
NOT_BY_HAND = (
    "request.userInfo.username.startsWith('system:serviceaccount:')"
    " || 'argocd.argoproj.io/tracking-id' in object.metadata.?annotations.orValue({})"
)
#: Roles of Kubernetes and OpenShift that read no Secrets; the latter are bound in each of its namespaces.
_HARMLESS = ("view", "system:image-puller", "system:image-builder", "system:deployer")
_SECRETS = (
    "r.?apiGroups.orValue([]).exists(g, g in ['', '*']) && r.?resources.orValue([]).exists(x, x in ['secrets', '*'])"
)
_ALL = "object.kind != 'Role' || dyn(object).?rules.orValue([]).all(r, {})".format


def rules(secret: str) -> list[Rule]:
    """What holds for roles and their bindings."""
    # What changes or deletes a Secret is answered with it; only who makes one learns nothing.
    named = (
        "r.verbs.all(v, v == 'create')"
        f" || r.?resourceNames.orValue([]).size() > 0 && !({text(secret)} in r.?resourceNames.orValue([]))"
    )
    by_hand = "people who have the right themselves may do it by hand"
    return [
        Rule(
            _ALL(f"!({_SECRETS}) || {named}"),
            f"a role in a deployment's namespace names the Secrets that it is for, and '{secret}' is none of them;"
            f" {by_hand}",
        ),
        Rule(
            _ALL("!r.verbs.exists(v, v in ['bind', 'escalate', 'impersonate'])"),
            f"a role in a deployment's namespace gives nobody the rights of others; {by_hand}",
        ),
        Rule(
            "object.kind != 'RoleBinding' || dyn(object).roleRef.kind == 'Role'"
            f" || dyn(object).roleRef.name in {texts(_HARMLESS)}",
            "in a deployment's namespace a Role of that namespace is bound, and no ClusterRole, which may read the"
            f" Secret '{secret}'; {by_hand}",
        ),
    ]
