# ruff: noqa: E501  (messages stand as they are printed)
"""Settings that are fine by themselves and lead to objects that are not."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from tests.desired.repositories import (
    DEPLOYMENT_FILE,
    ENVIRONMENT_FILE,
    WORKSPACE,
    WORKSPACE_FILE,
    deployment,
)
from tests.engine.broken.repositories import Broken, check

D, W, E = DEPLOYMENT_FILE, WORKSPACE_FILE, ENVIRONMENT_FILE
SECRET = "{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {password: hunter2}}"


def _extra(*objects: str, before: str = "") -> dict[str, str]:
    """A deployment with objects of its own; the first is in line 6 when nothing is before."""
    return deployment(
        "values:\n" + indent(before, "  ") + "  extraObjects:\n" + "".join(f"    - {each}\n" for each in objects)
    )


def _allowed(text: str) -> dict[str, str]:
    return {
        **deployment("values:\n" + indent(text, "  ")),
        W: WORKSPACE + "allowedImages: [registry.example.com/etl]\n",
    }


OBJECTS = {
    "an object without a kind": Broken(
        _extra("{apiVersion: v1, metadata: {name: a}}"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0].kind: is needed: every Kubernetes object has it
        """,
    ),
    "an object without anything": Broken(
        _extra("{}"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0].apiVersion: is needed: every Kubernetes object has it
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0].kind: is needed: every Kubernetes object has it
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0].metadata.name: is needed: every Kubernetes object has it
        """,
    ),
    "text where an object belongs": Broken(
        _extra("config.yaml"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0]: "config.yaml" is text
          allowed: a map
        """,
    ),
    "objects that are text, as the official chart has them": Broken(
        deployment("values:\n  extraObjects:\n    - |\n      apiVersion: v1\n      kind: ConfigMap\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0]: "apiVersion: v1\\nkind: ConfigMap\\n" is text
          allowed: a map
        """,
    ),
    "a name that is a number": Broken(
        _extra("{apiVersion: v1, kind: ConfigMap, metadata: {name: 5}}"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:52: values.extraObjects[0].metadata.name: is needed: every Kubernetes object has it
        """,
    ),
    "a name that Kubernetes refuses": Broken(
        _extra("{apiVersion: v1, kind: ConfigMap, metadata: {name: My_Config}}"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0]: ConfigMap 'My_Config': its name is not allowed in Kubernetes
          allowed: small letters, digits, '-' and '.'
        """,
    ),
    "a name of 300 characters": Broken(
        _extra(f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {'n' * 300}}}}}"),
        f"""\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0]: ConfigMap '{"n" * 63}…': its name has 300 characters
          allowed: at most 253
          hint: shorten it, or the name of the release or worker queue that it is made of
        """,
    ),
    "a name with a template": Broken(
        _extra('{apiVersion: v1, kind: ConfigMap, metadata: {name: "{{ .Release.Name }}-a"}}'),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0]: ConfigMap '{{ .Release.Name }}-a': its name is not allowed in Kubernetes
          allowed: small letters, digits, '-' and '.'
        """,
    ),
    "a kind with a blank": Broken(
        _extra("{apiVersion: v1, kind: Config Map, metadata: {name: a}}"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0]: Config Map 'a': its kind is not allowed in Kubernetes
          allowed: letters, digits and '-'
        """,
    ),
    "a namespace that is a list": Broken(
        _extra("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: [b]}}"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0]: ConfigMap 'a': its namespace is no text
          allowed: the name of a namespace
          hint: leave it out: objects go to the deployment's own namespace
        """,
    ),
    "an object twice": Broken(
        _extra(*["{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"] * 2),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:6:7: values.extraObjects[1]: ConfigMap 'a' is made twice, in extra-objects.yaml
          allowed: one of each name
        """,
    ),
    "an object of the chart again": Broken(
        _extra("{apiVersion: v1, kind: Service, metadata: {name: daily-statsd}}"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0]: Service 'daily-statsd' is made twice, in extra-objects.yaml and statsd.yaml
          allowed: one of each name
        """,
    ),
    "the namespace again": Broken(
        _extra("{apiVersion: v1, kind: Namespace, metadata: {name: stargit-daily}}"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0]: Namespace 'stargit-daily' is made twice, in namespace.yaml and extra-objects.yaml
          allowed: one of each name
        """,
    ),
}

SECRETS = {
    "a Secret": Broken(
        _extra(SECRET),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0]: a Secret with data would be kept in git for everyone to read
          allowed: a SealedSecret, an ExternalSecret, or variables.sealed
        """,
    ),
    "a Secret among others": Broken(
        _extra("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}", SECRET),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:6:7: values.extraObjects[1]: a Secret with data would be kept in git for everyone to read
          allowed: a SealedSecret, an ExternalSecret, or variables.sealed
        """,
    ),
    "a Secret in a List": Broken(
        _extra(f"{{apiVersion: v1, kind: List, metadata: {{name: l}}, items: [{SECRET}]}}"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0]: is a list of objects, which nothing looks into
          allowed: one object in each item of extraObjects
          hint: write its objects one by one
        """,
    ),
    "a Secret in another object": Broken(
        _extra(f"{{apiVersion: example.com/v1, kind: Bundle, metadata: {{name: b}}, spec: {{objects: [{SECRET}]}}}}"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0]: Bundle 'b' has a Secret with data in it, which would be in git for everyone to read
          allowed: a SealedSecret, an ExternalSecret, or the name of a Secret that exists in the cluster
        """,
    ),
    "a Secret in small letters": Broken(
        _extra(SECRET.replace("Secret", "secret")),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0]: secret 's' has data, which would be in git for everyone to read
          allowed: a SealedSecret, an ExternalSecret, or the name of a Secret that exists in the cluster
        """,
    ),
    "a SealedSecret with a readable template": Broken(
        _extra(
            "{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: s}, spec: {encryptedData: {a: AgA=}, template: {data: {password: hunter2}}}}"
        ),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.extraObjects[0]: SealedSecret 's' has data in its template that is not sealed and would be in git for everyone to read
          allowed: spec.encryptedData, and in spec.template.data only texts with {{ }} that take from it
        """,
    ),
}

PODS = {
    "an image that the workspace does not allow": Broken(
        _allowed("images:\n  airflow:\n    repository: docker.io/somebody/airflow\n    tag: latest\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:6:7: values.images.airflow.repository: the workspace 'etl' does not allow the image docker.io/somebody/airflow:latest
          allowed: registry.example.com/etl
          hint: allowedImages in environments/dev/workspaces/etl/workspace.yaml
        """,
    ),
    "an image of a container of one's own": Broken(
        _allowed("scheduler:\n  extraContainers:\n    - name: sidecar\n      image: evil.example.com/miner:1\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:7:9: values.scheduler.extraContainers[0].image: the workspace 'etl' does not allow the image evil.example.com/miner:1
          allowed: registry.example.com/etl
          hint: allowedImages in environments/dev/workspaces/etl/workspace.yaml
        """,
    ),
    "an image that only begins like an allowed one": Broken(
        _allowed("defaultAirflowRepository: registry.example.com/etl-evil\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.defaultAirflowRepository: the workspace 'etl' does not allow the image registry.example.com/etl-evil:3.3.2
          allowed: registry.example.com/etl
          hint: allowedImages in environments/dev/workspaces/etl/workspace.yaml
        """,
    ),
    "a container of a name that is taken": Broken(
        deployment("values:\n  scheduler:\n    extraContainers:\n      - {name: scheduler, image: a}\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:6:9: values.scheduler.extraContainers[0]: Deployment 'daily-scheduler': container 'scheduler' is there 2 times
          allowed: one of each name
          hint: choose another name for yours: where you have only one, the chart itself has a container of this name
        """,
    ),
    "a mount of no volume": Broken(
        deployment("values:\n  scheduler:\n    extraVolumeMounts:\n      - {name: data, mountPath: /data}\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:6:9: values.scheduler.extraVolumeMounts[0]: Deployment 'daily-scheduler': the container 'scheduler' mounts the volume 'data' at /data, and there is no such volume; the same in the container 'wait-for-airflow-migrations'
          allowed: config, logs, tmp
          hint: add the volume to extraVolumes of the same component, or correct the name in the mount
        """,
    ),
    "a volume twice": Broken(
        deployment(
            "values:\n  scheduler:\n    extraVolumes:\n      - {name: data, emptyDir: {}}\n      - {name: data, emptyDir: {}}\n"
        ),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:7:9: values.scheduler.extraVolumes[1]: Deployment 'daily-scheduler': volume 'data' is there 2 times
          allowed: one of each name
          hint: choose another name for yours: where you have only one, the chart itself has a volume of this name
        """,
    ),
    "a pod template that can't be read": Broken(
        deployment(
            "values:\n  executor: KubernetesExecutor\n  extraConfigMaps:\n    mine:\n      data:\n        pod_template_file.yaml: |\n          spec: [\n"
        ),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:8:9: values.extraConfigMaps.mine.data."pod_template_file.yaml": pod_template_file.yaml in the ConfigMap 'mine' is no pod: line 2: while parsing a flow node: did not find expected node content
          allowed: a pod as YAML or JSON
          hint: the chart makes a template itself: podTemplate has its settings
        """,
    ),
}

TABLE = {**OBJECTS, **SECRETS, **PODS}


@pytest.mark.parametrize("name", TABLE)
def test_objects(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(TABLE[name], tmp_path, capsys)
