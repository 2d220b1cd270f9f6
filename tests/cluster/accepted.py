"""What the API server says to everything that is rendered: tried with ``dryRun=All``, so that nothing changes."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from tests.cluster.api import ApiError, Object
from tests.cluster.sample import Sample

_RESTRICTED = "pod-security.kubernetes.io/enforce"


def objects(sample: Sample) -> tuple[int, list[str]]:
    """Server-side apply of every object, refusing fields that the API does not know: how many, and what was refused."""
    count, refused = 0, []
    homes = _homes(sample)
    for path, each in sample.objects():
        count += 1
        try:
            sample.api.apply(each, homes[_folder(path)], dry_run=True, strict=True)
        except ApiError as error:
            refused.append(f"{path}: {each['kind']} {each['metadata']['name']}: {error}")
    return count, refused


def pods(sample: Sample) -> tuple[int, list[str]]:
    """Every pod that a workload, a Job, a CronJob or Airflow itself would make, beside those that run.

    Pod Security, the quota and the limits of its namespace act on it. How many, and what was refused.
    """
    count, refused = 0, []
    homes = _homes(sample)
    for path, name, pod in _pods(sample):
        count += 1
        if error := refusal(sample, homes[_folder(path)], pod, f"{name.partition(',')[0].rpartition(' ')[2]}-"):
            refused.append(f"{path}: a pod of {name}: {error}")
    return count, refused


def refusal(sample: Sample, namespace: str, pod: Object, prefix: str = "tried-") -> str:
    """Why a pod may not be made; empty when it may. Its name begins with ``prefix``, as that of its controller."""
    meta = {**pod.get("metadata", {}), "generateName": prefix}
    meta.pop("name", None)
    meta.pop("namespace", None)
    thing = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": pod["spec"]}
    try:
        sample.api.call("POST", f"/api/v1/namespaces/{namespace}/pods?dryRun=All&fieldValidation=Strict", thing)
    except ApiError as error:
        return str(error)
    return ""


def namespaces(sample: Sample) -> dict[str, str]:
    """The deployments' namespaces, and what Pod Security enforces there."""
    found = [each for _, each in sample.objects() if each["kind"] == "Namespace"]
    there = [sample.api.there(f"/api/v1/namespaces/{each['metadata']['name']}") for each in found]
    return {each["metadata"]["name"]: each["metadata"]["labels"].get(_RESTRICTED, "") for each in there}


def _pods(sample: Sample) -> Iterator[tuple[str, str, Object]]:
    for path, each in sample.objects():
        name = f"{each['kind']} {each['metadata']['name']}"
        spec = each.get("spec", {})
        if "jobTemplate" in spec:
            spec = spec["jobTemplate"]["spec"]
        if "containers" in spec.get("template", {}).get("spec", {}):
            yield path, name, _with_claims(spec)
        if each["kind"] == "ConfigMap":
            for key, text in each.get("data", {}).items():
                if key.startswith("pod_template"):
                    yield path, f"{name}, {key}", yaml.safe_load(text)


def _with_claims(spec: Object) -> Object:
    """The pod of a workload, with the volumes that a StatefulSet's controller gives it."""
    names = [each["metadata"]["name"] for each in spec.get("volumeClaimTemplates", [])]
    claims = [{"name": name, "persistentVolumeClaim": {"claimName": f"{name}-0"}} for name in names]
    pod = spec["template"]["spec"]
    return {**spec["template"], "spec": {**pod, "volumes": [*pod.get("volumes", []), *claims]}}


def _homes(sample: Sample) -> dict[str, str]:
    """The namespace of the deployment whose files a folder has."""
    objects = list(sample.objects())
    found = {_folder(path): each["metadata"]["name"] for path, each in objects if each["kind"] == "Namespace"}
    return found | {_folder(path): "argocd" for path, _ in objects if "/argocd/" in path}


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
