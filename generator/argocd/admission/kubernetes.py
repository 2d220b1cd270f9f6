"""The policies as Kubernetes' objects, each with its binding to the namespaces of a platform's deployments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from generator.argocd.admission import others, pods, rights
from generator.argocd.admission.expressions import BY_A_DEPLOYMENT, Rule
from generator.argocd.applications import Object
from generator.desired import BootstrapJob

_GROUP = "admissionregistration.k8s.io"
_WRITES = ("CREATE", "UPDATE")
_INTO = {"": ("pods/exec", "pods/attach")}


@dataclass(frozen=True, slots=True)
class _Policy:
    """One policy: what it looks at, when, and what it asks for. Without ``resources`` it is all kinds in namespaces but
    those of ``others``.

    Resources are named in the version of which Kubernetes knows the fields, so that it tells what an expression gets
    wrong (``status.typeChecking``); it asks for others in that version, too.
    """

    name: str
    rules: Sequence[Rule]
    resources: Mapping[str, Sequence[str]]
    operations: Sequence[str] = _WRITES
    conditions: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


def policies(
    platform: str, release: str, job: BootstrapJob, labels: Mapping[str, str], *, from_files: bool = True
) -> list[Object]:
    """Policies for the namespaces of a platform's deployments, that keep the Secret from all that is no bootstrap job.

    They are called by what they are about: the platform's namespace and release, and the Secret. Without
    ``from_files`` they keep it from accounts of deployments, and so from authors of DAGs, alone.
    """
    by = {} if from_files else {"by-a-deployment": BY_A_DEPLOYMENT}
    into = Rule(
        f"!request.name.matches('{pods.POD_NAME}')",
        "nobody looks into the bootstrap job's pod, which has the administrator's URL",
    )
    made = [
        _Policy(
            "pods", pods.rules(job), pods.WORKLOADS,
            conditions={"changes-pods": pods.CHANGES_PODS, **by}, variables=pods.variables(job),
        ),
        _Policy("exec", [into], _INTO, operations=("CONNECT",), conditions=by),
    ]  # fmt: skip
    if from_files:
        made += [
            _Policy(
                "rights", rights.rules(job.secret), rights.RESOURCES, conditions={"not-by-hand": rights.NOT_BY_HAND}
            ),
            _Policy(
                "others", others.rules(job.secret), {}, conditions={"changes": others.CHANGES},
                variables=others.variables(),
            ),
        ]  # fmt: skip
    name = f"stargit.{platform}.{release}.{sha256(job.secret.encode()).hexdigest()[:10]}"
    return [each for policy in made for each in _objects(f"{name}.{policy.name}", policy, release, labels)]


def _objects(name: str, policy: _Policy, release: str, labels: Mapping[str, str]) -> list[Object]:
    # Kubernetes would fill in the rest, and each apply would take it away again.
    constraints: Object = {"matchPolicy": "Equivalent", "namespaceSelector": {}, "objectSelector": {}}
    if policy.resources:
        constraints["resourceRules"] = [
            _resources([group], names, policy.operations, "v1") for group, names in policy.resources.items()
        ]
    else:
        constraints["resourceRules"] = [_resources(["*"], ["*"], policy.operations)]
        constraints["excludeResourceRules"] = [_resources(others.KNOWN_GROUPS, ["*"], policy.operations)]
    spec: Object = {
        "failurePolicy": "Fail",
        "matchConstraints": constraints,
        "matchConditions": [{"name": each, "expression": text} for each, text in policy.conditions.items()],
        "variables": [{"name": each, "expression": text} for each, text in policy.variables.items()],
        "validations": [
            {"expression": each.expression, "message": each.message, "reason": "Forbidden"} for each in policy.rules
        ],
    }
    return [
        {
            "apiVersion": f"{_GROUP}/v1",
            "kind": "ValidatingAdmissionPolicy",
            "metadata": {"name": name, "labels": dict(labels)},
            "spec": {key: value for key, value in spec.items() if value},
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


def _resources(
    groups: Sequence[str], names: Sequence[str], operations: Sequence[str], version: str = "*"
) -> dict[str, Any]:
    return {
        "apiGroups": list(groups),
        "apiVersions": [version],
        "operations": list(operations),
        "resources": list(names),
        "scope": "Namespaced",
    }
