"""The namespace of a deployment: it is beside the chart's objects, because Helm expects it to exist."""

from __future__ import annotations

from typing import Any

from generator.desired import POD_SECURITY, POD_SECURITY_LEVELS, Deployment

# Before the first wave of the chart.
_WAVE = "-20"


def namespace_object(deployment: Deployment) -> dict[str, Any]:
    """The Namespace with what people and policies want to know of the deployment."""
    environment = deployment.environment.settings
    settings = deployment.settings
    labels = {
        POD_SECURITY: POD_SECURITY_LEVELS[-1],
        f"{POD_SECURITY}-version": f"v{environment.kubernetes.minorVersion}",
        **environment.namespaceLabels,
        "platform": environment.platform.release,
        "release": deployment.name,
        "workspace": deployment.workspace.name,
    }
    annotations = {
        "argocd.argoproj.io/sync-wave": _WAVE,
        "stargit.dev/label": deployment.label,
        "stargit.dev/description": settings.description,
        "stargit.dev/alert-emails": ", ".join(settings.alertEmails),
    }
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": deployment.namespace,
            "labels": dict(sorted(labels.items())),
            "annotations": {key: text for key, text in sorted(annotations.items()) if text},
        },
    }
