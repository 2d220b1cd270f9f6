"""What Kubernetes refuses to the service accounts of deployments, whatever their roles allow.

DAGs run as accounts that may make pods, where an executor or an operator starts some. Whoever makes a pod can have any
Secret of the namespace in it, so also the one with the administrator's URL of the PostgreSQL server, by which all
deployments have their databases. Roles can't say it, admission policies can (Kubernetes 1.30 and later).
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from generator.argocd.applications import Object

_GROUP = "admissionregistration.k8s.io"
# Pods are made by controllers, whose accounts are those of kube-system, or no service accounts at all.
_IS_DEPLOYMENTS = (
    "request.userInfo.username.startsWith('system:serviceaccount:')"
    " && !request.userInfo.username.startsWith('system:serviceaccount:kube-system:')"
)
_CONTAINERS = "(object.spec.containers + object.spec.?initContainers.orValue([]))"
# A name that is not written may be anything, and `SECRET` stands for the Secret's.
_IN_ENVIRONMENT = (
    f"!{_CONTAINERS}.exists(c, c.?env.orValue([]).exists(e, e.?valueFrom.?secretKeyRef.?name.orValue('') == 'SECRET')"
    " || c.?envFrom.orValue([]).exists(e, e.?secretRef.?name.orValue('') == 'SECRET'))"
)
_IN_VOLUMES = (
    "!object.spec.?volumes.orValue([]).exists(v, v.?secret.?secretName.orValue('') == 'SECRET'"
    " || v.?projected.?sources.orValue([]).exists(s, s.?secret.?name.orValue('') == 'SECRET'))"
)
_AS_BOOTSTRAP = "!object.spec.?serviceAccountName.orValue('').endsWith('-bootstrap')"
#: The pods of the Job `<release>-bootstrap-<hash of 10 digits>`.
_INTO_BOOTSTRAP = "!request.name.matches('-bootstrap-[0-9a-f]{10}-[^-]+$')"


def keeps_administrator(platform: str, release: str, secret: str, labels: Mapping[str, str]) -> list[Object]:
    """Policies for the namespaces of a platform's deployments, that keep ``secret`` from all that is no bootstrap job.

    They are called by what they say: the platform's namespace and release, and the Secret.
    """
    name = f"stargit.{platform}.{release}.{sha256(secret.encode()).hexdigest()[:10]}"
    kept = f"only the bootstrap job has the Secret '{secret}', and whoever starts pods by hand"
    pods = [
        _rule(_IN_ENVIRONMENT.replace("SECRET", secret), kept),
        _rule(_IN_VOLUMES.replace("SECRET", secret), kept),
        _rule(_AS_BOOTSTRAP, "only the bootstrap job runs as its service account"),
    ]
    into = [_rule(_INTO_BOOTSTRAP, "nobody looks into the bootstrap job's pod, which has the administrator's URL")]
    return [
        *_policy(f"{name}.pods", release, labels, ["CREATE", "UPDATE"], ["pods"], pods),
        *_policy(
            f"{name}.exec", release, labels, ["CONNECT", "UPDATE"],
            ["pods/exec", "pods/attach", "pods/ephemeralcontainers"], into,
        ),
    ]  # fmt: skip


def _rule(expression: str, message: str) -> Object:
    return {"expression": expression, "message": message, "reason": "Forbidden"}


def _policy(
    name: str, release: str, labels: Mapping[str, str], operations: list[str], resources: list[str], rules: list[Object]
) -> list[Object]:
    metadata = {"name": name, "labels": dict(labels)}
    what = {"apiGroups": [""], "apiVersions": ["v1"], "operations": operations, "resources": resources, "scope": "*"}
    return [
        {
            "apiVersion": f"{_GROUP}/v1",
            "kind": "ValidatingAdmissionPolicy",
            "metadata": metadata,
            "spec": {
                "failurePolicy": "Fail",
                # Kubernetes would fill in the rest, and each apply would take it away again.
                "matchConstraints": {
                    "matchPolicy": "Equivalent",
                    "namespaceSelector": {},
                    "objectSelector": {},
                    "resourceRules": [what],
                },
                "matchConditions": [{"name": "by-a-deployment", "expression": _IS_DEPLOYMENTS}],
                "validations": rules,
            },
        },
        {
            "apiVersion": f"{_GROUP}/v1",
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": name, "labels": dict(labels)},
            "spec": {
                "policyName": name,
                "validationActions": ["Deny"],
                # Stargit's label of namespaces.
                "matchResources": {"namespaceSelector": {"matchLabels": {"platform": release}}},
            },
        },
    ]
