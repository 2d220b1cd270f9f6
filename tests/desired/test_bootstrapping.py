"""What only the environment says of bootstrap jobs: told at the line that says it, before a commit."""

from __future__ import annotations

from textwrap import indent
from typing import Any

import pytest

from generator.airflow.chart import airflow_chart
from generator.desired import BootstrapJob, deployment_values, load
from generator.dialect import Release
from generator.errors import Problem, ProblemsError
from tests.desired.repositories import DEPLOYMENT_FILE, ENVIRONMENT_FILE, PLAIN, WORKSPACE_FILE, as_bytes

GITOPS = "gitops:\n  repository: https://git.example.com/airflow.git\n"
ENVIRONMENTS = """\
bootstrap: {adminSecretName: postgres-admin, adminCaKey: ca.crt}
images: {bootstrap: {repository: registry.example.com/bootstrapper}}
"""


def problems(
    values: str = "", *, workspace: str = "", environment: str = ENVIRONMENTS, gitops: str = GITOPS
) -> list[Problem]:
    files = dict(PLAIN)
    for file, key, text in (
        (ENVIRONMENT_FILE, "defaults", environment),
        (WORKSPACE_FILE, "defaults", workspace),
        (DEPLOYMENT_FILE, "values", values),
    ):
        files[file] += f"{key}:\n{indent(text.strip(), '  ')}\n" if text else ""
    files[ENVIRONMENT_FILE] += gitops
    loaded = load(as_bytes(files))
    assert loaded.problems == ()
    try:
        deployment_values(loaded.state.deployments[0], airflow_chart())
    except ProblemsError as error:
        return list(error.problems)
    return []


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ("bootstrap: {adminSecretName: mine}", "bootstrap.adminSecretName"),
        ("bootstrap: {adminSecretName: null}", "bootstrap.adminSecretName"),
        ("bootstrap: {adminSecretKey: other}", "bootstrap.adminSecretKey"),
        ("bootstrap: {adminCaKey: connection}", "bootstrap.adminCaKey"),
        ("bootstrap: {adminCaKey: null}", "bootstrap.adminCaKey"),
        ("images: {bootstrap: {repository: example.com/evil}}", "images.bootstrap"),
        ("images: {bootstrap: {tag: '2'}}", "images.bootstrap"),
        (f"images: {{bootstrap: {{digest: 'sha256:{'0' * 64}'}}}}", "images.bootstrap"),
        ("bootstrap: {command: [env]}", "bootstrap.command"),
        ("bootstrap: {args: [--help]}", "bootstrap.args"),
        ("bootstrap: {env: [{name: PYTHONPATH, value: /tmp}]}", "bootstrap.env"),
        ("bootstrap: {hostAliases: [{ip: 10.0.0.1, hostnames: [db]}]}", "bootstrap.hostAliases"),
        ("bootstrap: {extraContainers: [{name: a, image: b}]}", "bootstrap.extraContainers"),
        ("bootstrap: {extraInitContainers: [{name: a, image: b}]}", "bootstrap.extraInitContainers"),
        ("bootstrap: {extraVolumes: [{name: a, configMap: {name: b}}]}", "bootstrap.extraVolumes"),
        ("bootstrap: {extraVolumeMounts: [{name: a, mountPath: /usr}]}", "bootstrap.extraVolumeMounts"),
        ("bootstrap: {containerLifecycleHooks: {preStop: {sleep: {}}}}", "bootstrap.containerLifecycleHooks"),
        ("bootstrap: {serviceAccount: {name: mine}}", "bootstrap.serviceAccount.name"),
    ],
)  # fmt: skip
def test_a_file_below_does_not_say_it(values: str, path: str) -> None:
    for file, key, found in (
        (DEPLOYMENT_FILE, "values", problems(values)),
        (WORKSPACE_FILE, "defaults", problems(workspace=values)),
    ):
        (problem,) = found
        assert (problem.file, problem.path) == (file, f"{key}.{path}")
        assert problem.position is not None
        assert problem.position.line > 3


def test_the_secret_itself_is_no_object_of_a_deployment() -> None:
    secret = "extraObjects:\n  - {{apiVersion: v1, kind: Secret, metadata: {{name: {}, annotations: {{a: b}}}}}}".format
    (problem,) = problems(secret("postgres-admin"))
    assert (problem.file, problem.path) == (DEPLOYMENT_FILE, "values.extraObjects[0].metadata.name")
    assert problem.message == "'postgres-admin' is the administrator's Secret, and not the deployment's"
    assert problems(secret("other")) == []


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ("fernetKeySecretName: postgres-admin", "fernetKeySecretName"),
        ("imagePullSecrets: [{name: postgres-admin}]", "imagePullSecrets[0].name"),
        ("secret: [{envName: A, secretName: postgres-admin, secretKey: b}]", "secret[0].secretName"),
        ("data: {metadataSecretName: postgres-admin}", "data.metadataSecretName"),
        (
            "data: {metadataConnection: {host: db, user: a, db: b, passwordSecret: {name: postgres-admin, key: b}}}",
            "data.metadataConnection.passwordSecret.name",
        ),
        (
            "scheduler: {env: [{name: A, valueFrom: {secretKeyRef: {name: postgres-admin, key: b}}}]}",
            "scheduler.env[0].valueFrom.secretKeyRef.name",
        ),
        (
            "triggerer: {extraVolumes: [{name: a, secret: {secretName: postgres-admin}}]}",
            "triggerer.extraVolumes[0].secret.secretName",
        ),
        (
            "scheduler: {extraVolumes: [{name: a, projected: {sources: [{secret: {name: postgres-admin}}]}}]}",
            "scheduler.extraVolumes[0].projected.sources[0].secret.name",
        ),
        (
            "scheduler: {extraContainers: [{name: a, image: b, envFrom: [{secretRef: {name: postgres-admin}}]}]}",
            "scheduler.extraContainers[0].envFrom[0].secretRef.name",
        ),
    ],
)
def test_no_setting_gives_the_secret_to_others(values: str, path: str) -> None:
    for file, key, found in (
        (DEPLOYMENT_FILE, "values", problems(values)),
        (WORKSPACE_FILE, "defaults", problems(workspace=values)),
        (ENVIRONMENT_FILE, "defaults", problems(environment=f"{ENVIRONMENTS}{values}")),
    ):
        (problem,) = found
        assert (problem.file, problem.path) == (file, f"{key}.{path}")
        assert problem.message == "'postgres-admin' is the administrator's Secret, which only the bootstrap job has"
    assert problems(values.replace("postgres-admin", "other")) == []
    assert problems(values, gitops=GITOPS + "  bootstrapFrom: deployments\n") == []


def test_a_job_that_makes_no_database_does_not_have_the_secret_either() -> None:
    variable = "bootstrap: {env: [{name: A, valueFrom: {secretKeyRef: {name: postgres-admin, key: b}}}]}"
    (problem,) = problems(f"{variable}\ndata: {{metadataSecretName: theirs}}")
    assert problem.path == "values.bootstrap.env[0].valueFrom.secretKeyRef.name"


def test_the_message_says_what_there_is_and_what_may_be() -> None:
    (problem,) = problems("images: {bootstrap: {tag: '2'}}")
    assert problem.message == (
        "is for the environment alone to say, and makes it 'registry.example.com/bootstrapper:2' here"
    )
    assert problem.allowed == ("what 'defaults' of environment.yaml lead to: 'registry.example.com/bootstrapper:0.1.0'")
    assert "gitops.bootstrapFrom: deployments" in problem.hint


@pytest.mark.parametrize(
    "values",
    [
        "bootstrap: {adminSecretName: postgres-admin, database: mine, takeOver: true}",
        "images: {bootstrap: {repository: registry.example.com/bootstrapper, pullPolicy: Always}}",
        "bootstrap: {serviceAccount: {name: own-bootstrap}}",
        "bootstrap: {nodeSelector: {a: b}, resources: {limits: {cpu: '1'}}, podAnnotations: {a: b}}",
        # Called so, and no Secret's name.
        "bootstrap: {role: postgres-admin, rotate: {jwtSecret: postgres-admin}}",
        "scheduler: {env: [{name: A, value: postgres-admin}], labels: {name: postgres-admin}}",
        "bootstrap: {adminSecretName: mine}\nfernetKeySecretName: mine\ndata: {metadataSecretName: theirs}",
        # The job does not have the Secret.
        "bootstrap: {adminSecretName: mine, env: [{name: A, value: b}]}\ndata: {metadataSecretName: theirs}",
        "bootstrap: {env: [{name: A, value: b}]}\n"
        "data: {metadataConnection: {host: db, user: a, db: b, passwordSecret: {name: a, key: b}}}",
    ],
)
def test_what_harms_nobody_may_be_said(values: str) -> None:
    assert problems(values) == []


@pytest.mark.parametrize("gitops", ["", GITOPS + "  bootstrapFrom: deployments\n"])
def test_without_the_policies_every_file_may_say_it(gitops: str) -> None:
    assert problems("bootstrap: {adminSecretName: mine, command: [env]}", gitops=gitops) == []


def test_what_policies_refuse_is_told_of_the_environment_too() -> None:
    (problem,) = problems(environment="bootstrap: {env: [{name: HTTPS_PROXY, value: x}]}")
    assert (problem.file, problem.path) == (ENVIRONMENT_FILE, "defaults.bootstrap.env")


@pytest.mark.parametrize(
    "defaults",
    [
        {},
        {"bootstrap": {"adminSecretName": "a", "adminSecretKey": "b", "adminCaKey": "c"}},
        {"images": {"bootstrap": {"repository": "localhost:5000/a/b", "tag": "1"}}},
        {"images": {"bootstrap": {"repository": "example.com/a", "tag": "1", "digest": "sha256:" + "0" * 64}}},
    ],
)
def test_it_is_what_the_chart_writes(defaults: dict[str, Any]) -> None:
    chart = airflow_chart()
    files = chart.render(chart.effective(defaults), Release("daily", "airflow-daily"))
    (job,) = [each for each in files["bootstrap.yaml"] if each["kind"] == "Job"]
    (container,) = job["spec"]["template"]["spec"]["containers"]
    env = {each["name"]: each.get("valueFrom", {}).get("secretKeyRef") for each in container["env"]}
    found = BootstrapJob.of(defaults)
    assert container["image"] == found.image
    assert env["BOOTSTRAP_SERVER_URL"] == {"name": found.secret, "key": found.key}
    authority = {"name": found.secret, "key": found.authority} if found.authority else None
    assert env.get("BOOTSTRAP_SERVER_CA") == authority
