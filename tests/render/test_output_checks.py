"""Checks of rendered objects, and of the images in them."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from generator.airflow.chart import airflow_chart
from generator.charts import ChartSource
from generator.desired import load_repository
from generator.errors import ProblemsError
from generator.render import check_objects, render_deployment
from generator.render.images import images
from tests.desired import repositories
from tests.desired.repositories import DEPLOYMENT_FILE, ENVIRONMENT_FILE, PLAIN, WORKSPACE, WORKSPACE_FILE, deployment
from tests.render.tiny_chart import tiny_chart

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def made(kind: str, name: str, namespace: str | None = None, **more: object) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **more}


def told(*documents: Any) -> list[str]:
    return [str(problem) for problem in check_objects({"a.yaml": list(documents)}, "etl")]


def test_good_objects() -> None:
    assert (
        told(
            made("ConfigMap", "a.b", "etl"),
            made("ConfigMap", "a.c"),
            made("Secret", "empty", data={}),
            made("ClusterRole", "system:a", apiVersion="rbac.authorization.k8s.io/v1"),
            made("CronJob", "c" * 52),
            made("StatefulSet", "s" * 52),
            made("Service", "s" * 63),
            made("ConfigMap", "c" * 253),
            # The same name twice, but not the same object.
            made("ConfigMap", "a.b", "other"),
            made("Service", "a-b"),
        )
        == []
    )


@pytest.mark.parametrize(
    ("document", "lack"),
    [
        ({"kind": "A", "metadata": {"name": "x"}}, "has no apiVersion"),
        ({"apiVersion": "v1", "metadata": {}}, "has no kind and no metadata.name"),
        ({"apiVersion": "v1", "kind": "A", "metadata": None}, "has no metadata.name"),
        ({"apiVersion": "v1", "kind": "", "metadata": {"name": 5}}, "has no kind and no metadata.name"),
        (["a"], "is no map"),
        (None, "is no map"),
    ],
)
def test_what_is_no_object(document: Any, lack: str) -> None:
    assert told(document) == [f"an object of a.yaml {lack}\n  allowed: apiVersion, kind and metadata.name"]


@pytest.mark.parametrize("key", ["data", "stringData"])
def test_plain_secret(key: str) -> None:
    assert told(made("Secret", "password", **{key: {"a": "Yg=="}})) == [  # type: ignore[arg-type]
        "Secret 'password' has data, which would be in git for everyone to read\n"
        "  allowed: a SealedSecret, an ExternalSecret, or the name of a Secret that exists in the cluster"
    ]


PLAIN_SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"a": "b"}}
READABLE = "has data, which would be in git for everyone to read"


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (made("List", "l", items=[PLAIN_SECRET]), ["is a list of objects, which nothing looks into"]),
        (made("SecretList", "l", items=[]), ["is a list of objects, which nothing looks into"]),
        (made("Bundle", "l", items=[{"a": 1}]), ["is a list of objects, which nothing looks into"]),
        (made("secret", "l", stringData={"a": "b"}), [READABLE]),
        (made("Secret ", "l", stringData={"a": "b"}), [": its kind is not allowed in Kubernetes", READABLE]),
        (
            made("Secret", "l", metadata={"name": "l", "annotations": {LAST_APPLIED: '{"data":{"a":"Yg=="}}'}}),
            [READABLE],
        ),
        (
            made("Bundle", "l", apiVersion="example.com/v1", spec={"objects": [{"a": PLAIN_SECRET}]}),
            ["has a Secret with data in it, which would be in git for everyone to read"],
        ),
    ],
)
def test_disguised_secret(document: Any, found: list[str]) -> None:
    assert [line.partition("\n")[0] for line in told(document)] == [
        f"{document['kind']} 'l'{'' if each.startswith(':') else ' '}{each}" for each in found
    ]


def sealed(**spec: object) -> dict[str, Any]:
    return made("SealedSecret", "s", apiVersion="bitnami.com/v1alpha1", spec={"encryptedData": {"a": "AgA="}, **spec})


@pytest.mark.parametrize(
    "template", [{"data": {"a": "b"}}, {"stringData": {"a": "b"}}, {"metadata": {"annotations": {LAST_APPLIED: "{}"}}}]
)
def test_sealed_secret_with_something_readable(template: dict[str, Any]) -> None:
    assert told(sealed(template=template)) == [
        "SealedSecret 's' has data in its template that is not sealed and would be in git for everyone to read\n"
        "  allowed: spec.encryptedData, and in spec.template.data only texts with {{ }} that take from it"
    ]


def test_sealed_secret_as_it_should_be() -> None:
    assert told(sealed(template={"metadata": {"annotations": {"a": "b"}}, "data": {"url": "x://{{ .a }}@b"}})) == []


LETTERS = "small letters, digits and '-'"


@pytest.mark.parametrize(
    ("kind", "name", "allowed"),
    [
        ("Service", "1a", "a small letter, then small letters, digits and '-'"),
        ("Service", "a.b", "a small letter, then small letters, digits and '-'"),
        ("Job", "a_b", LETTERS),
        ("StatefulSet", "A", LETTERS),
        ("ConfigMap", "a..b", "small letters, digits, '-' and '.'"),
        ("ConfigMap", "a\n", "small letters, digits, '-' and '.'"),
        ("Role", "a/b", "no '/' and no '%'"),
    ],
)
def test_names_that_kubernetes_refuses(kind: str, name: str, allowed: str) -> None:
    assert told(made(kind, name)) == [f"{kind} '{name}': its name is not allowed in Kubernetes\n  allowed: {allowed}"]


@pytest.mark.parametrize(
    ("kind", "length"), [("CronJob", 52), ("StatefulSet", 52), ("Job", 63), ("Service", 63), ("ScaledObject", 63)]
)
def test_names_that_get_too_long(kind: str, length: int) -> None:
    name = "a" * (length + 1)
    assert told(made(kind, name)) == [
        f"{kind} '{name}': its name has {length + 1} characters\n  allowed: at most {length}\n"
        "  hint: shorten it, or the name of the release or worker queue that it is made of"
    ]


def test_namespaces_of_objects() -> None:
    assert told(made("ConfigMap", "a", "A B")) == [
        f"ConfigMap 'a': its namespace is not allowed in Kubernetes\n  allowed: {LETTERS}"
    ]


@pytest.mark.parametrize("namespace", [["etl"], {"a": "b"}, 5, None, True])
def test_namespaces_that_are_no_text(namespace: Any) -> None:
    assert told({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": namespace}}) == [
        "ConfigMap 'a': its namespace is no text\n  allowed: the name of a namespace\n"
        "  hint: leave it out: objects go to the deployment's own namespace"
    ]


RBAC = "rbac.authorization.k8s.io/v1"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (made("Namespace", "etl"), made("Namespace", "etl", "elsewhere")),
        (made("ClusterRole", "a", apiVersion=RBAC), made("ClusterRole", "a", "etl", apiVersion=RBAC)),
        (made("CronJob", "a", apiVersion="batch/v1"), made("CronJob", "a", apiVersion="batch/v1beta1")),
    ],
)
def test_the_same_object_in_other_words(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert told(one, other) == [
        f"{one['kind']} '{one['metadata']['name']}' is made twice, in a.yaml\n  allowed: one of each name"
    ]


def test_the_same_name_in_another_group() -> None:
    assert told(made("Service", "a"), made("Service", "a", apiVersion="serving.knative.dev/v1")) == []


def test_the_same_object_twice() -> None:
    objects = {"a.yaml": [made("ConfigMap", "a"), made("Service", "b")], "b.yaml": [made("ConfigMap", "a", "etl")]}
    assert [str(problem) for problem in check_objects(objects, "etl")] == [
        "ConfigMap 'a' is made twice, in a.yaml and b.yaml\n  allowed: one of each name"
    ]
    assert told(made("ConfigMap", "a"), made("ConfigMap", "a")) == [
        "ConfigMap 'a' is made twice, in a.yaml\n  allowed: one of each name"
    ]


def test_images_of_everything_that_runs() -> None:
    pod = {
        "containers": [{"image": "a"}, {"name": "without"}, "odd"],
        "initContainers": [{"image": "b:1"}],
        "volumes": [{"image": {"reference": "c@sha256:0"}}, {"emptyDir": {}}],
    }
    job = {"spec": {"jobTemplate": {"spec": {"template": {"spec": pod}}}}}
    data = {"data": {"image": "d"}, "image": "e"}
    assert sorted(images([job, data, {"spec": {"containers": None}}, None])) == ["a", "b:1", "c@sha256:0"]


def test_images_of_pods_that_airflow_makes() -> None:
    template = {"spec": {"containers": [{"image": "a:1"}], "initContainers": [{"image": "b"}]}}
    config = "[core]\nx = y\n[kubernetes_executor]\nworker_container_repository = c\nworker_container_tag = 1\n"
    data = {"airflow.cfg": config, "pod_template_file.yaml": json.dumps(template, indent=2), "other": "image: x"}
    variables = {"AIRFLOW__KUBERNETES_EXECUTOR__WORKER_CONTAINER_REPOSITORY": "d", "IMAGE": "x"}
    env = [{"name": "AIRFLOW__KUBERNETES__WORKER_CONTAINER_REPOSITORY", "value": "e"}, {"name": "IMAGE", "value": "x"}]
    documents = [
        made("ConfigMap", "a", data=data),
        made("ConfigMap", "b", data=variables),
        made("Pod", "c", spec={"containers": [{"image": "f", "env": env}]}),
        made("ConfigMap", "d", data={"pod_template_file.yaml": "{"}),
        made("ConfigMap", "e", data=["odd"]),
    ]
    assert sorted(images(documents)) == ["a:1", "b", "c", "d", "e", "f"]


def test_images_of_other_groups() -> None:
    knative = made("Service", "a", apiVersion="serving.knative.dev/v1")
    knative["spec"] = {"template": {"spec": {"containers": [{"image": "a"}]}}}
    templates = [{"container": {"image": "b"}}, {"script": {"image": "c"}, "sidecars": [{"image": "d"}]}]
    workflow = made("Workflow", "a", apiVersion="argoproj.io/v1alpha1", spec={"templates": templates})
    assert sorted(images([knative, workflow])) == ["a", "b", "c", "d"]


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> ChartSource:
    return tiny_chart(tmp_path_factory.mktemp("chart"))


KUBERNETES_EXECUTOR = """
values:
  airflowVersion: 3.1.0
  executor: KubernetesExecutor
  images: {pod_template: {repository: evil.example.com/a, tag: "1"}}
  config: {kubernetes_executor: {worker_container_repository: evil.example.com/b}}
  podTemplate:
    extraInitContainers:
      - {name: c, image: evil.example.com/c}
"""


def test_images_of_the_kubernetes_executor(tmp_path: Path) -> None:
    assert refused(tmp_path, airflow_chart(), deployment(KUBERNETES_EXECUTOR)) == [
        f"{DEPLOYMENT_FILE}:7:27 values.images.pod_template.repository evil.example.com/a:1",
        f"{DEPLOYMENT_FILE}:8:34 values.config.kubernetes_executor.worker_container_repository evil.example.com/b",
        f"{DEPLOYMENT_FILE}:11:19 values.podTemplate.extraInitContainers[0].image evil.example.com/c",
    ]


TEMPLATES = """
values:
  airflowVersion: 3.1.0
  executor: KubernetesExecutor
  extraConfigMaps:
    good:
      data:
        pod_template_file.yaml: |
          # People write it as YAML.
          spec:
            containers: [{name: base, image: evil.example.com/a}]
    broken:
      data:
        pod_template_file.yaml: |
          spec:
            containers: [
    text:
      data: {pod_template_file.yaml: "airflow"}
"""


def test_pod_templates_of_people_s_own(tmp_path: Path) -> None:
    files = {**deployment(TEMPLATES), WORKSPACE_FILE: f"{WORKSPACE}allowedImages: [registry.example.com/etl]\n"}
    (each,) = load_repository(repositories.write(tmp_path, files)).deployments
    with pytest.raises(ProblemsError) as found:
        render_deployment(each, airflow_chart())
    maps, key = "values.extraConfigMaps", '"pod_template_file.yaml"'
    assert [f"{one.place()} {one.path}: {one.message}" for one in found.value.problems] == [
        f"{DEPLOYMENT_FILE}:10:9 {maps}.good.data.{key}:"
        " the workspace 'etl' does not allow the image evil.example.com/a",
        f"{DEPLOYMENT_FILE}:16:9 {maps}.broken.data.{key}: pod_template_file.yaml in the ConfigMap 'broken' is no pod:"
        " line 3: while parsing a flow node: did not find expected node content",
        f"{DEPLOYMENT_FILE}:20:14 {maps}.text.data.{key}: pod_template_file.yaml in the ConfigMap 'text' is no pod:"
        " it is no map",
    ]


def refused(folder: Path, chart: ChartSource, files: dict[str, str]) -> list[str]:
    """Images that the workspace's list does not allow, and where they are written."""
    allowed = "allowedImages:\n  - registry.example.com:5000/etl\n  - quay.example.com/base/airflow\n"
    (each,) = load_repository(repositories.write(folder, {**files, WORKSPACE_FILE: WORKSPACE + allowed})).deployments
    try:
        render_deployment(each, chart)
    except ProblemsError as error:
        return [f"{problem.place()} {problem.path} {problem.message.split()[-1]}" for problem in error.problems]
    return []


@pytest.mark.parametrize(
    "repository",
    [
        "registry.example.com:5000/etl",
        "registry.example.com:5000/etl/airflow",
        "quay.example.com/base/airflow",
        # The chart's own choice.
        "apache/airflow",
    ],
)
def test_allowed_images(tmp_path: Path, chart: ChartSource, repository: str) -> None:
    assert refused(tmp_path, chart, deployment(f"values: {{defaultAirflowRepository: '{repository}'}}\n")) == []


@pytest.mark.parametrize(
    "repository",
    ["registry.example.com:5000/etl2", "registry.example.com/etl", "quay.example.com/base", "quay.example.com/base/a"],
)
def test_images_that_are_not_allowed(tmp_path: Path, chart: ChartSource, repository: str) -> None:
    files = deployment(f"values:\n  defaultAirflowRepository: '{repository}'\n")
    assert refused(tmp_path, chart, files) == [
        f"{DEPLOYMENT_FILE}:4:3 values.defaultAirflowRepository {repository}:latest"
    ]


def test_images_of_the_environment_are_always_allowed(tmp_path: Path, chart: ChartSource) -> None:
    files = {
        **PLAIN,
        ENVIRONMENT_FILE: repositories.ENVIRONMENT + "defaults: {defaultAirflowRepository: mirror.example.com/a}\n",
    }
    assert refused(tmp_path, chart, files) == []


def test_other_texts_of_the_platform_are_no_images(tmp_path: Path, chart: ChartSource) -> None:
    defaults = """
    defaults:
      labels: {note: busybox}
      images: {airflow: {pullPolicy: Always, tag: alpine}}
      webserver: {extraContainers: [{name: nginx, image: "mirror.example.com/proxy:1"}]}
    """
    containers = [
        {"name": f"c{number}", "image": image}
        for number, image in enumerate(
            ["busybox:evil", "IfNotPresent", "Always", "alpine:1", "nginx", "mirror.example.com/proxy:2"]
        )
    ]
    files = {
        **deployment(f"values: {{scheduler: {{extraContainers: {json.dumps(containers)}}}}}\n"),
        ENVIRONMENT_FILE: repositories.ENVIRONMENT + dedent(defaults),
    }
    told = sorted(line.split()[-1] for line in refused(tmp_path, chart, files))
    assert told == ["Always", "IfNotPresent", "alpine:1", "busybox:evil", "nginx"]


def test_each_image_is_told_where_it_is_written(tmp_path: Path, chart: ChartSource) -> None:
    files = deployment(
        dedent("""\
        values:
          scheduler:
            extraContainers:
              - {name: a, image: evil.example.com/a}
              - {name: b, image: "evil.example.com/b@sha256:0"}
              - {name: c, image: "registry.example.com:5000/etl/c:1"}
        """)
    )
    assert refused(tmp_path, chart, files) == [
        f"{DEPLOYMENT_FILE}:6:19 values.scheduler.extraContainers[0].image evil.example.com/a",
        f"{DEPLOYMENT_FILE}:7:19 values.scheduler.extraContainers[1].image evil.example.com/b@sha256:0",
    ]
