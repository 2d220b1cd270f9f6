"""Which namespaces deployments may have: what stands in one that is somebody else's could act as what is there."""

from __future__ import annotations

from fnmatch import fnmatchcase

from generator.desired.state import Environment

#: What people call the namespaces of what a cluster runs for everybody, as the projects' own guides do.
_SERVICES = frozenset(
    {
        "argo", "argo-cd", "argo-events", "argo-rollouts", "argo-workflows", "argocd", "calico-apiserver",
        "cert-manager", "cilium", "cilium-secrets", "datadog", "default", "external-dns", "external-secrets", "grafana",
        "ingress-nginx", "istio-ingress", "keda", "kyverno", "linkerd", "linkerd-viz", "logging", "loki", "monitoring",
        "nginx-ingress", "observability", "prometheus", "rook-ceph", "sealed-secrets", "tigera-operator", "traefik",
        "vault", "velero",
    }
)  # fmt: skip
_SERVICES_LIKE = ("*-system", "cattle-*", "knative-*", "openshift-*")


def whose(namespace: str, environment: Environment) -> str:
    """Whose a namespace is that no deployment may ever have; empty for others."""
    settings = environment.settings
    if namespace.startswith("kube-"):
        return "Kubernetes itself"
    # An Application is an order to Argo CD, whose own rights are those of an administrator.
    if settings.gitops is not None and namespace == settings.gitops.namespace:
        return "Argo CD"
    return "the platform" if namespace == settings.platform.namespace else ""


def allowed_names(environment: Environment) -> tuple[str, ...]:
    """Names, and beginnings of names with a ``*``, that the environment lets deployments have."""
    return (f"{environment.settings.platform.namespace}-*", *environment.settings.deploymentNamespaces)


def is_allowed(namespace: str, environment: Environment) -> bool:
    """Whether the environment lets a deployment have it: by its list, or, where that is empty, because it is not that
    of a service that many clusters have. A known service's is allowed only where the list says so."""
    listed = environment.settings.deploymentNamespaces
    if any(fnmatchcase(namespace, each) for each in listed):
        return True
    if namespace in _SERVICES:
        return False
    if namespace.startswith(f"{environment.settings.platform.namespace}-"):
        return True
    return not listed and not any(fnmatchcase(namespace, each) for each in _SERVICES_LIKE)
