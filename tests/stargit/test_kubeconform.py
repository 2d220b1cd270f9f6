"""kubeconform judges manifests offline: it takes what the API takes and refuses what the API refuses."""

from __future__ import annotations

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from stargit import resources
from stargit.kubeconform import Finding, check
from stargit.kubernetes_schemas import bundled, supported_minors
from stargit.tools import ToolError

GOOD = Path(__file__).with_name("good_manifests.yaml").read_text(encoding="utf-8")
OBJECTS: list[dict[str, Any]] = list(yaml.safe_load_all(GOOD))
ENDS = ("1.31", supported_minors()[-1])


def messages(findings: list[Finding]) -> list[str]:
    return [f"{finding.path}: {finding.message}" for finding in findings]


def changed(kind: str, path: str, value: object) -> str:
    """The good object of that kind with one value set (``None``: removed) at the path, a JSON pointer."""
    thing = copy.deepcopy(next(thing for thing in OBJECTS if thing["kind"] == kind))
    *parents, last = [int(key) if key.isdigit() else key.replace("~1", "/") for key in path.split("/")]
    place: Any = thing
    for key in parents:
        place = place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return yaml.safe_dump(thing)


def test_versions_from_1_31_to_the_newest() -> None:
    minors = supported_minors()
    assert minors[:3] == ["1.31", "1.32", "1.33"]
    assert minors == [f"1.{number}" for number in range(31, 31 + len(minors))]
    assert len(minors) >= 7


@pytest.mark.parametrize("minor", supported_minors())
def test_good_manifests_are_taken(minor: str) -> None:
    assert check(GOOD, kubernetes_minor=minor) == []


@pytest.mark.parametrize("minor", ENDS)
def test_an_unknown_field_is_refused_in_every_kind(minor: str) -> None:
    """At the top, in the metadata and in the specification."""
    for place in ("", "metadata", "spec"):
        broken = copy.deepcopy(OBJECTS)
        expected = []
        for number, thing in enumerate(broken, start=1):
            if not place or isinstance(thing.get(place), dict):
                (thing[place] if place else thing)["bogusField"] = 1
                expected.append((number, thing["kind"], place, "additional properties 'bogusField' not allowed"))
        findings = check(yaml.safe_dump_all(broken), kubernetes_minor=minor)
        assert [(f.document, f.kind, f.path, f.message) for f in findings] == expected
        assert len(expected) > 20


BAD: list[tuple[str, str, object, str]] = [
    ("Deployment", "spec/template/spec/containers/0/imag", "a",
     "spec.template.spec.containers[0]: additional properties 'imag' not allowed"),
    ("Deployment", "spec/template/spec/containers/0/name", None,
     "spec.template.spec.containers[0]: missing property 'name'"),
    ("Deployment", "spec/template/spec/containers/0/ports/0/containerPort", "8793",
     "spec.template.spec.containers[0].ports[0].containerPort: got string, want integer"),
    ("Deployment", "spec/template/spec/containers/0/env/0/value", 1,
     "spec.template.spec.containers[0].env[0].value: got number, want null or string"),
    ("Deployment", "spec/template/spec/containers/0/resources/limits/memory", "500Mb",
     "spec.template.spec.containers[0].resources.limits.memory: '500Mb' is no quantity (like 500m, 2, 1Gi)"),
    ("Deployment", "spec/replicas", 1.5, "spec.replicas: got number, want null or integer"),
    ("Deployment", "spec/selector", None, "spec: missing property 'selector'"),
    ("Deployment", "metadata/labels/app.kubernetes.io~1name", True,
     "metadata.labels.app.kubernetes.io/name: got boolean, want null or string"),
    ("StatefulSet", "spec/volumeClaimTemplates/0/spec/storage", "1Gi",
     "spec.volumeClaimTemplates[0].spec: additional properties 'storage' not allowed"),
    ("CronJob", "spec/schedule", None, "spec: missing property 'schedule'"),
    ("CronJob", "spec/jobTemplate/spec/template/spec/restart", "Never",
     "spec.jobTemplate.spec.template.spec: additional properties 'restart' not allowed"),
    ("NetworkPolicy", "spec/ingress/0/ports/0/port", [80],
     "spec.ingress[0].ports[0].port: got array, want integer or string"),
    ("HorizontalPodAutoscaler", "spec/metrics/0/resource/target/averageUtilisation", 80,
     "spec.metrics[0].resource.target: additional properties 'averageUtilisation' not allowed"),
    ("PodDisruptionBudget", "spec/maxUnavailable", {"a": 1}, "spec.maxUnavailable: got object, want integer or string"),
    ("Ingress", "spec/rules/0/http/paths/0/pathType", None, "spec.rules[0].http.paths[0]: missing property 'pathType'"),
    ("ConfigMap", "metadata/name", None, "metadata: missing property 'name'"),
    ("Service", "metadata", None, ": missing property 'metadata'"),
    ("ScaledObject", "spec/triggers/0/metadata/targetQueryValue", 1,
     "spec.triggers[0].metadata.targetQueryValue: got number, want string"),
    ("ScaledObject", "spec/minReplicas", 1, "spec: additional properties 'minReplicas' not allowed"),
    ("TriggerAuthentication", "spec/secretTargetRef/0/parameter", None,
     "spec.secretTargetRef[0]: missing property 'parameter'"),
    ("SealedSecret", "spec/encryptedData/fernet-key", "not sealed!",
     "spec.encryptedData.fernet-key: 'not sealed!' does not match pattern '^[A-Za-z0-9+/]+={0,2}$'"),
    ("ExternalSecret", "spec/secretStoreRef/kind", "Vault",
     "spec.secretStoreRef.kind: value must be one of 'SecretStore', 'ClusterSecretStore'"),
    ("ServiceMonitor", "spec/endpoints/0/interval", "30 seconds", "spec.endpoints[0].interval: '30 seconds' does not"),
    ("PodMonitor", "spec/podMetricsEndpoints/0/bearerTokenFile", "a",
     "spec.podMetricsEndpoints[0]: additional properties 'bearerTokenFile' not allowed"),
    ("Application", "spec/syncPolicy/automated/pruned", True,
     "spec.syncPolicy.automated: additional properties 'pruned' not allowed"),
    ("Application", "spec/sources", [{"repoURL": "a"}], "spec: 'oneOf' failed, subschemas 0, 1 matched"),
    ("Application", "operation", {"sync": {}}, ": additional properties 'operation' not allowed"),
    ("AppProject", "spec/syncWindows", [{"kind": "sometimes", "schedule": "* * * * *", "duration": "1h"}],
     "spec.syncWindows[0].kind: value must be one of 'allow', 'deny'"),
]  # fmt: skip


@pytest.mark.parametrize("minor", ENDS)
def test_bad_manifests_are_refused_with_the_place_and_the_reason(minor: str) -> None:
    text = "---\n".join(changed(kind, path, value) for kind, path, value, _ in BAD)
    findings = check(text, kubernetes_minor=minor)
    assert [finding.document for finding in findings] == list(range(1, len(BAD) + 1))
    for message, (*_, expected) in zip(messages(findings), BAD, strict=True):
        assert message.startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("apiVersion: v1\nkind: Pond\nmetadata: {name: a}\n", "#1: Pond a: could not find schema for Pond"),
        ("apiVersion: apps/v2\nkind: Deployment\n", "#1: Deployment: could not find schema for Deployment"),
        ("apiVersion: autoscaling/v2beta2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n",
         "#1: HorizontalPodAutoscaler a: could not find schema for HorizontalPodAutoscaler"),
        ("kind: Deployment\n", "#1: Deployment: error while parsing: missing 'apiVersion' key"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, name: b}\n", 'key "name" already set in map'),
        ("a: b: c\n", "mapping values are not allowed in this context"),
    ],
)  # fmt: skip
def test_what_is_no_known_object_is_refused(text: str, expected: str) -> None:
    (finding,) = check(text, kubernetes_minor="1.31")
    assert expected in str(finding)


def test_a_kind_of_a_later_version_is_refused_before_it() -> None:
    text = "apiVersion: resource.k8s.io/v1\nkind: DeviceClass\nmetadata: {name: a}\nspec: {}\n"
    assert messages(check(text, kubernetes_minor="1.31")) == [": could not find schema for DeviceClass"]
    assert check(text, kubernetes_minor="1.34") == []


def test_files_are_told_by_name_and_large_ones_by_document(tmp_path: Path) -> None:
    good, bad, large = (tmp_path / name for name in ("good.yaml", "bad.yaml", "large.yaml"))
    good.write_text(GOOD, encoding="utf-8")
    bad.write_text(changed("Service", "spec/portz", 1), encoding="utf-8")
    # Over 2 MiB kubeconform itself would mix documents up; the wrong ones are far apart and both found.
    filler = yaml.safe_dump(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "x" * 500_000}}
    )
    wrong = changed("CronJob", "spec/schedul", 1)
    large.write_text("---\n".join([wrong, *[filler] * 8, wrong]), encoding="utf-8")
    findings = check([good, bad, large], kubernetes_minor="1.31")
    assert [(Path(finding.file).name, finding.document, finding.kind) for finding in findings] == [
        ("bad.yaml", 0, "Service"),
        ("large.yaml", 1, "CronJob"),
        ("large.yaml", 10, "CronJob"),
    ]


def test_a_folder_of_more_schemas(tmp_path: Path) -> None:
    text = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\nsize: 1\n"
    assert len(check(text, kubernetes_minor="1.31")) == 1
    schema = {
        "type": "object",
        "properties": {"apiVersion": {}, "kind": {}, "metadata": {}, "size": {"type": "integer"}},
    }
    (tmp_path / "example.com").mkdir()
    (tmp_path / "example.com" / "thing_v1.json").write_text(json.dumps(schema), encoding="utf-8")
    assert check(text, kubernetes_minor="1.31", extra_schemas=tmp_path) == []


def test_nothing_to_check_has_no_findings() -> None:
    assert check("", kubernetes_minor="1.31") == []
    assert check("---\n# nothing\n---\n", kubernetes_minor="1.31") == []
    assert check([], kubernetes_minor="1.31") == []


def test_a_version_without_schemas_is_a_problem() -> None:
    with pytest.raises(ToolError) as caught:
        check("", kubernetes_minor="1.20")
    assert str(caught.value).startswith("there are no schemas of Kubernetes 1.20\n  allowed: 1.31, 1.32, ")


def test_a_finding_becomes_a_problem() -> None:
    (finding,) = check(changed("Service", "spec/portz", 1), kubernetes_minor="1.31")
    assert str(finding.as_problem()) == "spec: Service webserver: additional properties 'portz' not allowed"


def test_schemas_need_no_network() -> None:
    """No schema points outside its own file."""
    for folder in (bundled("1.31"), bundled(ENDS[1]), resources.folder("schemas/custom")):
        files = list(folder.rglob("*.json"))
        assert files
        for file in files:
            assert all(reference.startswith("#/$defs/") for reference in references(json.loads(file.read_bytes()))), (
                file
            )


def references(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [found for item in schema for found in references(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
    return own + [found for item in schema.values() for found in references(item)]


def test_custom_schemas_are_strict_throughout() -> None:
    """Every object lists its fields and takes no other; free are only the values that Argo CD hands to a chart."""
    for file in resources.folder("schemas/custom").rglob("*.json"):
        schema = json.loads(file.read_bytes())
        group, name = file.parent.name, file.stem
        kind, _, version = name.rpartition("_")
        assert schema["properties"]["apiVersion"] == {"const": f"{group}/{version}"}
        assert schema["properties"]["kind"]["const"].lower() == kind
        assert open_objects(schema, "") <= {"/$defs/helm/properties/valuesObject"}


def open_objects(schema: Any, path: str) -> set[str]:
    if isinstance(schema, list):
        return {found for number, item in enumerate(schema) for found in open_objects(item, f"{path}/{number}")}
    if not isinstance(schema, dict):
        return set()
    own = {path} if schema.get("type") == "object" and "additionalProperties" not in schema else set()
    return own | {found for key, item in schema.items() for found in open_objects(item, f"{path}/{key}")}


def test_processes_that_bundle_at_once_do_not_disturb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARGIT_CACHE", str(tmp_path))
    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(bundled, ["1.31"] * 4))
    assert list((tmp_path / "schemas").iterdir()) == list(folders)
    assert (folders.pop() / "deployment-apps-v1.json").exists()
