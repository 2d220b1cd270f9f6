"""Messages of Argo CD and of API servers that are known, wherever Argo CD shows them: as a condition, or as what became
of an object."""

from __future__ import annotations

import re
from dataclasses import dataclass

from commander.status.model import Weight


@dataclass(frozen=True, slots=True)
class Known:
    """What a message means, and what to do. ``{name}`` in ``advice`` is the Application."""

    code: str
    pattern: re.Pattern[str]
    summary: str
    advice: str
    weight: Weight = "error"


def _known(code: str, pattern: str, summary: str, advice: str) -> Known:
    return Known(code, re.compile(pattern, re.IGNORECASE | re.DOTALL), summary, advice)


#: The first that matches counts.
KNOWN = (
    _known(
        "quota_exceeded",
        r"exceeded quota",
        "the namespace's quota does not allow more",
        "raise the deployment's quota (values of 'quotas' and 'limits'), or ask for less",
    ),
    _known(
        "admission_refused",
        r"violates PodSecurity|admission webhook|ValidatingAdmissionPolicy|denied the request",
        "the cluster's rules refuse an object",
        "change what the rule names, in the deployment's values; or ask the cluster's administrators for an exception",
    ),
    _known(
        "admission_refused",
        r"failed calling webhook",
        "an admission webhook of the cluster does not answer, so an object is refused",
        "the message names the webhook: does its service run? What it says is between it and the API server",
    ),
    _known(
        "missing_kind",
        r"could not find the requested resource|CRD is installed|no matches for kind|could not find .* in group",
        "the cluster does not know the kind of an object",
        "install the operator with its CRDs (KEDA, External Secrets, Sealed Secrets, cert-manager) in the cluster, or"
        " switch off what needs it",
    ),
    _known(
        "namespace_missing",
        r"namespaces? \\?\"[^\"]+\" not found",
        "the namespace is not there",
        "it comes with the first sync; if somebody deleted it: 'argocd app sync {name}'",
    ),
    _known(
        "shared_object",
        r"is part of applications|Shared resource found|shared resource",
        "an object belongs to another Application already",
        "two deployments make the same object, or a name was changed: docs/argocd.md, 'When a deployment is removed'",
    ),
    _known(
        "immutable_field",
        r"field is immutable|updates to statefulset spec for fields other than",
        "a field was changed that Kubernetes lets nobody change",
        "delete the object, Argo CD makes it again: 'kubectl delete --cascade=orphan' keeps its pods until then",
    ),
    _known(
        "path_missing",
        r"app path does not exist",
        "the commit has no rendered files for it",
        "was 'rendered/' pushed? Commander renders what is pushed unrendered; look at 'stargit commander status'"
        " for files that are wrong",
    ),
    _known(
        "manifest_invalid",
        r"failed to unmarshal|error unmarshaling|error converting YAML|yaml: line|failed to parse",
        "a rendered file can't be read",
        "somebody edited 'rendered/' by hand; Commander renders it again, or: 'stargit render', commit, push",
    ),
    _known(
        "cluster_unreachable",
        r"failed to load live state|error getting cluster|failed to get cluster info|there are no clusters with|"
        r"cluster .* (?:not found|has not been configured)|unable to find destination server",
        "Argo CD can't reach the cluster it is to deploy to",
        "is 'gitops.cluster' a cluster of Argo CD ('argocd cluster list'), and does its API server answer?",
    ),
    _known(
        "repository_unreachable",
        r"failed to list refs|repository not found|authentication (?:required|failed)|connection refused|no such host|"
        r"i/o timeout|dial tcp|unable to access|failed to fetch|unable to resolve .* to a commit|publickey|"
        r"failed to get git client|repository .* not accessible|context deadline exceeded|knownhosts",
        "Argo CD can't read the repository",
        "does the server answer, and is Argo CD's login still good? It is a Secret with the label"
        " argocd.argoproj.io/secret-type: repository; 'argocd repo list' shows its state",
    ),
    _known(
        "project_forbids",
        r"not permitted in project|do not match any of the allowed destinations",
        "the workspace's project does not permit it",
        "projects follow from desired state: is the root Application synced? It applies them",
    ),
)


def known_of(message: str) -> Known | None:
    """What a message means; None where that is not known."""
    return next((each for each in KNOWN if each.pattern.search(message)), None)
