"""Objects by which an operator of the cluster would read the administrator's Secret with rights of its own.

Those of External Secrets, KEDA, Prometheus and many more name Secrets of their namespace, each in its own way, and send
what is in them somewhere. So all kinds but those that are known are looked at as a text.
"""

from __future__ import annotations

from generator.argocd.admission.expressions import Rule, literally, text, texts

#: Groups that name no Secret that somebody then reads, or that other policies look at. A SealedSecret makes Secrets.
KNOWN_GROUPS = (
    "", "apps", "authorization.k8s.io", "autoscaling", "batch", "bitnami.com", "coordination.k8s.io",
    "discovery.k8s.io", "events.k8s.io", "policy", "rbac.authorization.k8s.io",
)  # fmt: skip

_ABOUT = ("apiVersion", "kind", "metadata", "status")
#: Marks of those who apply, with the object's own name or all of it in them.
_MARKS = ("argocd.argoproj.io/tracking-id", "kubectl.kubernetes.io/last-applied-configuration")
_ANNOTATIONS = "metadata.?annotations.orValue({})"

CHANGES = (
    "request.operation != 'UPDATE'"
    f" || object.{_ANNOTATIONS} != oldObject.{_ANNOTATIONS}"
    f" || dyn(object).exists(k, !(k in {texts(_ABOUT)})"
    " && !(k in dyn(oldObject) && dyn(oldObject)[k] == dyn(object)[k]))"
)

# An ExternalSecret may make the Secret, and its entry in the vault may be called so; what it reads here is a template.
_PARTS = (
    "object.kind == 'ExternalSecret' ? [dyn(object).?spec.?target.?template.orValue({})]"
    f" : dyn(object).filter(k, !(k in {texts(_ABOUT)})).map(k, dyn(object)[k])"
)


def variables() -> dict[str, str]:
    """What the rules are made of, in order."""
    return {"parts": _PARTS}


def rules(secret: str) -> list[Rule]:
    """What holds for objects of all other kinds."""
    # A value that is the name, or a path with it: namespace/name, name/key.
    name = text(f'["/]{literally(secret)}["/]')
    return [
        Rule(
            # A regular expression costs several times as much, and Kubernetes refuses what costs too much.
            f"!variables.parts.exists(p, '%s'.format([[p]]).contains({text(secret)})"
            f" && '%s'.format([[p]]).matches({name}))"
            f" && !object.{_ANNOTATIONS}.exists(k, !(k in {texts(_MARKS)})"
            f" && ('\"' + object.metadata.annotations[k] + '\"').matches({name}))",
            f"only the bootstrap job has the Secret '{secret}': nothing else in a deployment's namespace names it;"
            " where something else is called so, give one of them another name",
        ),
        Rule(
            "request.resource.resource != 'pushsecrets' || !has(dyn(object).spec.selector.secret.selector)",
            f"a PushSecret names the Secret that it copies: by labels it could be '{secret}'",
        ),
    ]
