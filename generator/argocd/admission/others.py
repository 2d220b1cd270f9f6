"""Objects by which an operator of the cluster would read the administrator's Secret with rights of its own.

Those of External Secrets, KEDA, Prometheus and many more name Secrets of their namespace, each in its own way, and send
what is in them somewhere. So all kinds but those that are known are looked at as a text.
"""

from __future__ import annotations

from generator.argocd.admission.expressions import Rule, fields, literally, text, texts

#: Groups that name no Secret that somebody then reads, or that other policies look at.
KNOWN_GROUPS = (
    "", "apps", "authorization.k8s.io", "autoscaling", "batch", "coordination.k8s.io", "discovery.k8s.io",
    "events.k8s.io", "policy", "rbac.authorization.k8s.io",
)  # fmt: skip

_ABOUT = ("apiVersion", "kind", "metadata", "status")
#: Marks of those who apply, with the object's own name or all of it in them.
_MARKS = ("argocd.argoproj.io/tracking-id", "kubectl.kubernetes.io/last-applied-configuration")
_ANNOTATIONS = "metadata.?annotations.orValue({})"
_LABELS = "metadata.?labels.orValue({})"

CHANGES = (
    "request.operation != 'UPDATE'"
    f" || object.{_ANNOTATIONS} != oldObject.{_ANNOTATIONS} || object.{_LABELS} != oldObject.{_LABELS}"
    f" || dyn(object).exists(k, !(k in {texts(_ABOUT)})"
    " && !(k in dyn(oldObject) && dyn(oldObject)[k] == dyn(object)[k]))"
)

# An ExternalSecret may make the Secret, and its entry in the vault may be called so; what it reads here is a template.
# A SealedSecret reads nothing.
_PARTS = (
    "object.kind == 'ExternalSecret' ? [dyn(object).?spec.?target.?template.orValue({})]"
    " : object.kind == 'SealedSecret' ? []"
    f" : dyn(object).filter(k, !(k in {texts(_ABOUT)})).map(k, dyn(object)[k])"
)

_TEMPLATE = "dyn(object).?spec.?template.orValue({})"
_OWN_NAME = "object.metadata.?name.orValue('')"

# Without a template External Secrets gives the Secret the labels and annotations of its own object, and with one those
# of the template (setMetadata in pkg/controllers/externalsecret).
_EXTERNAL_WITHOUT_MARKS = (
    "(dyn(object).?spec.?target.?template.hasValue()"
    f" ? {fields('dyn(object).spec.target.template', ('data', 'engineVersion', 'mergePolicy', 'type'))}"
    f" : object.{_LABELS}.size() == 0 && object.{_ANNOTATIONS}.all(k, k in {texts(_MARKS)}"
    " || k.startsWith('argocd.argoproj.io/')))"
)
# Those of Sealed Secrets say who may exchange the Secret, and are told to nobody else.
_SEALED_WITHOUT_MARKS = (
    "(variables.template.?metadata.?labels.orValue({}).size() == 0"
    " && variables.template.?metadata.?annotations.orValue({}).all(k, k.startsWith('sealedsecrets.bitnami.com/')))"
)


def _targets(secret: str) -> str:
    """Whether it is the Secret that an ExternalSecret makes; without a name there it is called as the object."""
    return (
        f"[dyn(object).?spec.?target.?name.orValue('')].exists(n, n == {secret} || n == '' && {_OWN_NAME} == {secret})"
    )


def variables() -> dict[str, str]:
    """What the rules are made of, in order."""
    return {"parts": _PARTS, "template": _TEMPLATE}


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
            "request.resource.resource != 'pushsecrets' || !dyn(object).?spec.?selector.?secret.?selector.hasValue()",
            f"a PushSecret names the Secret that it copies: by labels it could be '{secret}'",
        ),
        Rule(
            f"object.kind == 'ExternalSecret' && {_targets(text(secret))} ? {_EXTERNAL_WITHOUT_MARKS}"
            f" : object.kind == 'SealedSecret' && {_OWN_NAME} == {text(secret)} ? {_SEALED_WITHOUT_MARKS} : true",
            f"the Secret '{secret}' is given no annotations or labels, by which others copy it: an ExternalSecret has a"
            " template of data at most, and annotations or labels of its own only beside one ('template: {}');"
            " a SealedSecret has none in its template",
        ),
    ]
