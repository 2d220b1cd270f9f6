"""What a person is told about wrong files: the whole message with file, line and column."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from generator.airflow.chart import airflow_chart
from generator.desired import check_state, deployment_values, load
from generator.desired.document import checked_document
from generator.errors import Problem, ProblemsError
from tests.desired.repositories import (
    DEPLOYMENT,
    DEPLOYMENT_FILE,
    ENVIRONMENT,
    ENVIRONMENT_FILE,
    PLAIN,
    WORKSPACE,
    WORKSPACE_FILE,
    as_bytes,
    deployment,
    environment,
    workspace,
)

D, W, E = DEPLOYMENT_FILE, WORKSPACE_FILE, ENVIRONMENT_FILE
FOLDER = D.rpartition("/")[0]
EXECUTORS = (
    "LocalExecutor, CeleryExecutor, KubernetesExecutor, {}CeleryExecutor,KubernetesExecutor,"
    " KubernetesExecutor,CeleryExecutor, LocalExecutor,KubernetesExecutor, KubernetesExecutor,LocalExecutor,"
    " CeleryExecutor,LocalExecutor, LocalExecutor,CeleryExecutor"
)
EXECUTORS_OF_3 = EXECUTORS.format("")
ALL_EXECUTORS = EXECUTORS.format("LocalKubernetesExecutor, CeleryKubernetesExecutor, ")
PLACES = (
    "environments/<environment>/environment.yaml, environments/<environment>/workspaces/<workspace>/workspace.yaml"
    " or environments/<environment>/workspaces/<workspace>/deployments/<release>.yaml"
)


def told(files: Mapping[str, str]) -> str:
    """All that is said about the files."""
    chart = airflow_chart()
    loaded = load(as_bytes(files))
    problems: list[Problem] = [*loaded.problems, *check_state(loaded.state)]
    for each in loaded.state.deployments:
        try:
            deployment_values(each, chart)
        except ProblemsError as error:
            problems.extend(error.problems)
    return str(ProblemsError(problems))


KEYS = {
    "unknown key of the file": (
        "valuse: {}",
        f"""\
        {D}:3:1: valuse: there is no such setting
          allowed: alertEmails, apiVersion, deletedAt, description, kind, label, namespace, runtimeVersion, values
          hint: did you mean 'values'?""",
    ),
    "unknown setting deep inside": (
        "values: {dags: {gitSinc: {enabled: true}}}",
        f"""\
        {D}:3:17: values.dags.gitSinc: there is no such setting
          allowed: bundle, gitSync, mountPath, persistence
          hint: did you mean 'gitSync'?""",
    ),
    "unknown setting with nothing behind it": (
        "values:\n  schedular:",
        f"""\
        {D}:4:3: values.schedular: there is no such setting
          hint: did you mean 'scheduler'?""",
    ),
    "setting of the official chart that is another here": (
        "values:\n  webserverSecretKey: abc",
        f"""\
        {D}:4:3: values.webserverSecretKey: there is no such setting
          hint: values are kept in git, so nothing secret stands in them:"""
        """ name a Secret in webserverSecretKeySecretName""",
    ),
    "key of a map in the wrong form": (
        "values:\n  extraConfigMaps:\n    My_Settings: {}",
        f"""\
        {D}:5:5: values.extraConfigMaps.My_Settings: the key "My_Settings" does not have the right form
          allowed: The name of a Kubernetes object: small letters, digits and `-`, in parts joined by dots""",
    ),
    "key with a dot in it": (
        "values:\n  quotas:\n    requests.cpu: many",
        f"""\
        {D}:5:5: values.quotas."requests.cpu": "many" does not have the right form
          allowed: An amount as Kubernetes writes it, such as `500m`, `2Gi` or `4`""",
    ),
    "the same key twice": (
        "values:\n  executor: LocalExecutor\n  executor: CeleryExecutor",
        f"""\
        {D}:5:3: values.executor: the key 'executor' again; line 4 has it already
          hint: keep one of them""",
    ),
}

VALUES = {
    "text where a number belongs": (
        "values:\n  scheduler:\n    replicas: three",
        f"""\
        {D}:5:5: values.scheduler.replicas: "three" is text
          allowed: a whole number from 0 to 1000""",
    ),
    "a number where text belongs": (
        "values:\n  defaultAirflowTag: 3.1",
        f"""\
        {D}:4:3: values.defaultAirflowTag: 3.1 is a number
          allowed: The tag of a container image: at most 128 letters, digits, `_`, `.` and `-`
          hint: put it in quotes: "3.1\"""",
    ),
    "a number out of range": (
        "values:\n  workers:\n    concurrency: 0",
        f"""\
        {D}:5:5: values.workers.concurrency: 0 is not allowed
          allowed: a whole number from 1 to 1000000""",
    ),
    "an amount that is none": (
        "values:\n  scheduler:\n    resources:\n      limits:\n        memory: 2GB",
        f"""\
        {D}:7:9: values.scheduler.resources.limits.memory: "2GB" does not have the right form
          allowed: An amount as Kubernetes writes it, such as `500m`, `2Gi` or `4`""",
    ),
    "a word that is nearly one of the list": (
        "values:\n  executor: CeleryExecuter",
        f"""\
        {D}:4:3: values.executor: "CeleryExecuter" is not allowed
          allowed: {ALL_EXECUTORS}
          hint: did you mean 'CeleryExecutor'?""",
    ),
    "a map where a list belongs": (
        "values:\n  env:\n    REGION: eu",
        f"""\
        {D}:4:3: values.env: {{"REGION": "eu"}} is a map
          allowed: a list""",
    ),
    "an item without what it needs": (
        "values:\n  workers:\n    queues:\n      - name: heavy\n      - replicas: 2",
        f"""\
        {D}:7:9: values.workers.queues[1].name: is missing
          hint: write it; it has no default""",
    ),
    "wrong inside an item": (
        "values:\n  workers:\n    queues:\n      - name: heavy\n        keda:\n          maxReplicaCount: many",
        f"""\
        {D}:8:11: values.workers.queues[0].keda.maxReplicaCount: "many" is text
          allowed: a whole number from 1 to 1000000""",
    ),
    "a boolean of YAML 1.1": (
        "values:\n  hibernate: yes",
        f"""\
        {D}:4:14: values.hibernate: yes is a boolean to some programs and text to others
          hint: write "yes" if it is text, or true if not""",
    ),
    "an e-mail address that is none": (
        "alertEmails:\n  - ops@example.com\n  - ops",
        f"""\
        {D}:5:5: alertEmails[1]: "ops" does not have the right form
          allowed: An e-mail address""",
    ),
    "a label that is no text": (
        "label: 2026",
        f"""\
        {D}:3:1: label: 2026 is a number
          allowed: One line of at most 120 characters, for people
          hint: put it in quotes: "2026\"""",
    ),
}

RULES = {
    "an executor that this Airflow lacks": (
        "runtimeVersion: 3.1-2\nvalues:\n  executor: LocalKubernetesExecutor",
        f"""\
        {D}:5:3: values.executor: Airflow 3.1 has no executor LocalKubernetesExecutor
          allowed: {EXECUTORS_OF_3}""",
    ),
    "an Airflow that is too old": (
        "values:\n  airflowVersion: 2.5.0",
        f"""\
        {D}:4:3: values.airflowVersion: Airflow 2.5.0 is not supported
          allowed: 2.7 to 2.11, and 3.0 to 3.3""",
    ),
    "a runtime that nobody knows": (
        "runtimeVersion: 8.1.0",
        f"""\
        {D}:3:1: runtimeVersion: nothing is known of runtime 8.1.0
          allowed: versions of the lines 9.x.y, 10.x.y, 11.x.y, 12.x.y, 13.x.y, 3.0, 3.1, 3.2, 3.3
          hint: values.airflowVersion and an image can be set instead""",
    ),
    "a runtime and a version of Airflow": (
        "runtimeVersion: 12.1.0\nvalues:\n  airflowVersion: 2.10.4",
        f"""\
        {D}:5:3: values.airflowVersion: cannot go together with runtimeVersion
          allowed: one of the two
          hint: the version of Airflow follows from that of the runtime""",
    ),
    "a setting that another one needs and nobody wrote": (
        "values:\n  dags:\n    gitSync:\n      enabled: true",
        f"{D}:5:5: values.dags.gitSync.repo: is needed: git-sync is enabled",
    ),
    "a setting that the chart's defaults decided": (
        "values:\n  bootstrap:\n    enabled: false\n  executor: LocalExecutor",
        f"""\
        {D}:3:1: values.apiSecretKeySecretName: is needed: there is no bootstrap job that would make it
        {D}:3:1: values.data.metadataSecretName: nothing says where the database is
          allowed: one of data.metadataSecretName, data.metadataConnection.host and bootstrap.enabled
        {D}:3:1: values.fernetKeySecretName: is needed: there is no bootstrap job that would make it
        {D}:3:1: values.jwtSecretName: is needed: there is no bootstrap job that would make it""",
    ),
    "what an item gets from outside of its list": (
        "values:\n  workers:\n    keda: {enabled: true}\n    queues:\n      - name: a\n        hpa: {enabled: true}",
        f"""\
        {D}:7:9: values.workers.queues[0].keda.enabled: cannot go together with workers.queues[0].hpa.enabled
          allowed: one of the two""",
    ),
    "a Secret in the open": (
        "values:\n  extraObjects:\n    - {apiVersion: v1, kind: Secret, metadata: {name: x}, stringData: {a: b}}",
        f"""\
        {D}:5:7: values.extraObjects[0]: a Secret with data would be kept in git for everyone to read
          allowed: a SealedSecret, an ExternalSecret, or variables.sealed""",
    ),
    "a fact that Stargit fills in": (
        "values:\n  platform:\n    release: mine",
        f"""\
        {D}:4:3: values.platform: is set by Stargit: the release from 'platform' in environment.yaml,"""
        """ the workspace from the folder
          hint: remove it""",
    ),
    "the platform's own namespace": (
        "namespace: stargit",
        f"""\
        {D}:3:1: namespace: the namespace 'stargit' is that of the platform
          allowed: one of its own""",
    ),
    "a namespace of Kubernetes": (
        "namespace: kube-system",
        f"""\
        {D}:3:1: namespace: the namespace 'kube-system' is that of Kubernetes itself
          allowed: one of its own""",
    ),
    "a namespace of a service of the cluster": (
        "namespace: cert-manager",
        f"""\
        {D}:3:1: namespace: the environment lets no deployment have the namespace 'cert-manager'
          allowed: stargit-*
          hint: whoever looks after the environment can add it to 'deploymentNamespaces' of environment.yaml""",
    ),
}


@pytest.mark.parametrize("name", [*KEYS, *VALUES, *RULES])
def test_wrong_deployment(name: str) -> None:
    text, message = {**KEYS, **VALUES, **RULES}[name]
    assert told({**PLAIN, D: f"{DEPLOYMENT}{text}\n"}) == dedent(message)


FILES = {
    "indented by a tab": (
        deployment("values:\n\texecutor: LocalExecutor\n"),
        f"{D}:4:1: a tab where a value or a key should be\n  hint: indent with spaces",
    ),
    "nothing but comments": (
        {**PLAIN, D: "# to do\n"},
        f"{D}:1:1: is empty\n  allowed: a map with 'apiVersion: stargit.dev/v1' and 'kind: Deployment'",
    ),
    "a list": (
        {**PLAIN, W: "- kind: Workspace\n"},
        f"{W}:1:1: is no map\n  allowed: a map with 'apiVersion: stargit.dev/v1' and 'kind: Workspace'",
    ),
    "a file of another kind": (
        {**PLAIN, D: WORKSPACE},
        f"""\
        {D}:2:1: kind: "Workspace" is not allowed
          allowed: Deployment
          hint: the place of a file says what it describes; is this file in the wrong folder?""",
    ),
    "no kind": (
        {**PLAIN, D: "apiVersion: stargit.dev/v1\n"},
        f"{D}:1:1: kind: is missing\n  hint: write 'kind: Deployment'",
    ),
    "another version of the format": (
        {**PLAIN, W: WORKSPACE.replace("v1", "v2")},
        f"""\
        {W}:1:1: apiVersion: "stargit.dev/v2" is not allowed
          allowed: stargit.dev/v1
          hint: did you mean 'stargit.dev/v1'?""",
    ),
    "a version of Kubernetes without quotes": (
        {**PLAIN, E: ENVIRONMENT.replace('"1.34"', "1.34")},
        f"""\
        {E}:4:3: kubernetes.minorVersion: 1.34 is a number
          allowed: text
          hint: put it in quotes: "1.34\"""",
    ),
    "no cluster": (
        {**PLAIN, E: "apiVersion: stargit.dev/v1\nkind: Environment\n"},
        f"{E}:1:1: kubernetes: is missing\n  hint: write it; it has no default",
    ),
    "a label of namespaces that is taken": (
        environment("namespaceLabels:\n  workspace: all\n"),
        f"""\
        {E}:6:3: namespaceLabels.workspace: is set by Stargit
          allowed: any other label
          hint: remove it""",
    ),
    "null where the chart needs a value": (
        workspace("defaults:\n  scheduler:\n    replicas:\n"),
        f"""\
        {W}:5:5: defaults.scheduler.replicas: is missing
          hint: null is not allowed here: leave the key out to get its default""",
    ),
    "a default of the environment that does not fit": (
        {**environment("defaults:\n  executor: CeleryKubernetesExecutor\n"), **deployment("runtimeVersion: 3.0-1\n"), E:
         ENVIRONMENT + "defaults:\n  executor: CeleryKubernetesExecutor\n"},
        f"""\
        {E}:6:3: defaults.executor: Airflow 3.0 has no executor CeleryKubernetesExecutor
          allowed: {EXECUTORS_OF_3}
          hint: CeleryExecutor,KubernetesExecutor takes its place""",
    ),
    "a cluster that can't do it": (
        {**deployment(f"values:\n  dags: {{bundle: {{enabled: true, mode: imageVolume, repository: a/b,"
                      f" digest: 'sha256:{'0' * 64}'}}}}\n"), E: ENVIRONMENT.replace("1.34", "1.32")},
        f"""\
        {D}:4:34: values.dags.bundle.mode: Kubernetes 1.32 can't mount images
          allowed: copy, or a cluster of Kubernetes 1.33 or later""",
    ),
}  # fmt: skip

NAMES = {
    "two deployments in one namespace": (
        {**deployment("namespace: shared\n"), f"{FOLDER}/other.yaml": DEPLOYMENT + "namespace: shared\n"},
        f"""\
        {FOLDER}/other.yaml:3:1: namespace: the namespace 'shared' is also that of {D}
          allowed: each deployment of an environment has a namespace of its own""",
    ),
    "two deployments of one name": (
        {
            **PLAIN,
            "environments/dev/workspaces/ml/workspace.yaml": WORKSPACE,
            "environments/dev/workspaces/ml/deployments/daily.yaml": DEPLOYMENT,
        },
        f"""\
        environments/dev/workspaces/ml/deployments/daily.yaml:1:1: the release name 'daily' is also that of {D}
          allowed: each deployment of an environment has a release name of its own""",
    ),
    "a namespace that gets too long": (
        environment(f"platform:\n  namespace: {'n' * 60}\n"),
        f"""\
        {D}:1:1: namespace: the namespace '{"n" * 60}-daily' has 66 characters
          allowed: at most 63
          hint: set 'namespace', or give the deployment a shorter name""",
    ),
    "a release with capitals": (
        {**PLAIN, f"{FOLDER}/Daily_2.yaml": DEPLOYMENT},
        f"""\
        {FOLDER}/Daily_2.yaml: 'Daily_2' is no name of a release
          allowed: a small letter, then small letters, digits and '-' between them""",
    ),
    "a release that begins with a digit": (
        {**PLAIN, f"{FOLDER}/2daily.yaml": DEPLOYMENT},
        f"""\
        {FOLDER}/2daily.yaml: '2daily' is no name of a release
          allowed: a small letter, then small letters, digits and '-' between them""",
    ),
    "a release of too many letters": (
        {**PLAIN, f"{FOLDER}/{'a' * 30}.yaml": DEPLOYMENT},
        f"""\
        {FOLDER}/{"a" * 30}.yaml: '{"a" * 30}' is no name of a release
          allowed: at most 29 characters: Kubernetes takes 63 for '<release>-run-airflow-migrations-<hash>',"""
        """ the longest name that is made of it""",
    ),
    "a workspace with a dot": (
        {**PLAIN, "environments/dev/workspaces/e.t/workspace.yaml": WORKSPACE},
        """\
        environments/dev/workspaces/e.t/workspace.yaml: 'e.t' is no name of a workspace
          allowed: small letters, digits and '-' between them, at most 63 characters""",
    ),
    "a path that climbs out": (
        {**PLAIN, "environments/../environment.yaml": ENVIRONMENT},
        """\
        environments/../environment.yaml: '..' is no name of an environment
          allowed: small letters, digits and '-' between them, at most 63 characters""",
    ),
    "a workspace without an environment": (
        {W: WORKSPACE, D: DEPLOYMENT},
        f"""\
        {E}: is missing, but there are files of an environment 'dev'
          hint: write the file, or move the others""",
    ),
    "a deployment without a workspace": (
        {E: ENVIRONMENT, D: DEPLOYMENT},
        f"""\
        {W}: is missing, but there are files of a workspace 'etl'
          hint: write the file, or move the others""",
    ),
    "a folder with a typo": (
        {**PLAIN, "environments/dev/workspace/etl/deployments/x.yaml": DEPLOYMENT},
        f"""\
        environments/dev/workspace/etl/deployments/x.yaml: is in a place that Stargit does not read
          allowed: {PLACES}
          hint: did you mean 'workspaces'?""",
    ),
    "another ending": (
        {**PLAIN, f"{FOLDER}/x.yml": DEPLOYMENT},
        f"""\
        {FOLDER}/x.yml: is in a place that Stargit does not read
          allowed: {PLACES}
          hint: files end in .yaml""",
    ),
    "a file where none belongs": (
        {**PLAIN, "environments/values.yaml": DEPLOYMENT},
        f"""\
        environments/values.yaml: is in a place that Stargit does not read
          allowed: {PLACES}""",
    ),
}


@pytest.mark.parametrize("name", [*FILES, *NAMES])
def test_wrong_repository(name: str) -> None:
    files, message = {**FILES, **NAMES}[name]
    assert told(files) == dedent(message)


def test_file_that_is_no_utf8() -> None:
    loaded = load({**as_bytes(PLAIN), D: DEPLOYMENT.encode() + b"label: caf\xe9\n"})
    assert str(ProblemsError(loaded.problems)) == (
        f"{D}:3:11: byte 0xe9 is not UTF-8\n  allowed: UTF-8\n  hint: save the file as UTF-8"
    )


def test_all_files_are_told_in_one_go() -> None:
    files = {
        **environment("defalts: {}\n"),
        W: WORKSPACE + "defaults:\n  scheduler:\n    replicas: -1\n",
        D: DEPLOYMENT + "label: 5\nvalues:\n  triggerer:\n    replicas: two\n  gid: root\n",
        f"{FOLDER}/X.yaml": DEPLOYMENT,
    }
    assert [line for line in told(files).splitlines() if not line.startswith(" ")] == [
        f"{E}:5:1: defalts: there is no such setting",
        f"{FOLDER}/X.yaml: 'X' is no name of a release",
        f"{D}:3:1: label: 5 is a number",
        f'{D}:6:5: values.triggerer.replicas: "two" is text',
        f'{D}:7:3: values.gid: "root" is text',
        f"{W}:5:5: defaults.scheduler.replicas: -1 is not allowed",
    ]


def test_nothing_is_wrong_with_the_least_repository() -> None:
    assert told(PLAIN) == ""


def test_sections_with_nothing_but_comments() -> None:
    files = {
        **PLAIN,
        E: ENVIRONMENT + "defaults:\n  # nothing yet\n",
        W: WORKSPACE + "defaults:\n",
        D: DEPLOYMENT + "values: # none\n",
    }
    assert told(files) == ""


@pytest.mark.parametrize("value", ["1", "1.50", '"a b"'])
def test_a_file_with_very_many_problems(value: str) -> None:
    """It takes no longer to tell of them than to read the file a few times."""
    labels = "".join(f"    k{number}: {value}\n" for number in range(5_000))
    text = f"apiVersion: stargit.dev/v1\nkind: Deployment\nvalues:\n  labels:\n{labels}"
    file = "environments/dev/workspaces/team/deployments/daily.yaml"
    with pytest.raises(ProblemsError) as caught:
        checked_document(text.encode(), file, "Deployment")
    told = [str(problem) for problem in caught.value.problems]
    assert told[0] == f"{file}:1:1: has 100 problems or more; what else there is, is not told"
    assert told[1].startswith(f"{file}:5:5: values.labels.k0: {value} is")


def test_no_deployment_is_in_the_namespace_of_argo_cd() -> None:
    """What it made there, Argo CD would do."""
    gitops = "gitops: {repository: https://git.example.com/a.git, namespace: cd}\n"
    file = "environments/dev/environment.yaml"
    files = {**PLAIN, D: f"{DEPLOYMENT}namespace: cd\n"}
    assert told(files) == ""
    assert told({**files, file: f"{PLAIN[file]}{gitops}"}) == dedent(
        f"""\
        {D}:3:1: namespace: the namespace 'cd' is that of Argo CD
          allowed: one of its own"""
    )
