"""The first text of environment.yaml, workspace.yaml and a deployment."""

from __future__ import annotations

from collections.abc import Sequence

from generator.airflow import AirflowValues
from generator.desired import KUBERNETES_MINORS, wrong_name, wrong_release
from generator.desired.files import API_VERSION
from generator.errors import Problem, ProblemsError
from generator.worktree import DESIRED, RENDERED
from generator.yaml import inline

#: What is taken when nobody says which Kubernetes the cluster has: neither the newest nor nearly out of support.
KUBERNETES = KUBERNETES_MINORS[len(KUBERNETES_MINORS) // 2]
AIRFLOW = str(AirflowValues.model_fields["airflowVersion"].default)
EXECUTOR = str(AirflowValues.model_fields["executor"].default)


def new_environment(
    name: str, *, label: str = "", kubernetes: str = "", base_domain: str = "", repository: str = ""
) -> dict[str, str]:
    """The file of an environment.

    ``kubernetes`` is the cluster's minor version, ``base_domain`` that below which Airflows have their pages,
    ``repository`` the URL from which Argo CD reads. Raises ``ProblemsError`` for a name that cannot be one.
    """
    _refuse("an environment", name, wrong_name(name))
    domain = base_domain or f"airflow.{name}.example.com"
    ingress = [
        "  # People find the pages of their Airflows at deployments.<baseDomain>/<release>/airflow.",
        "  ingress:",
        f"    baseDomain: {inline(domain)}",
        "    web:",
        "      enabled: true",
        "    apiServer:",
        "      enabled: true",
    ]
    gitops = [
        f"# Argo CD brings {RENDERED}/ to the cluster; 'stargit bootstrap {name}' writes what is applied once.",
        "gitops:",
        f"  repository: {inline(repository or 'https://git.example.com/platform/airflow.git')}",
        "  revision: refs/heads/main",
    ]
    lines = [
        *_head("Environment", "../../schemas/environment.json", label),
        "kubernetes:",
        "  # Version of the cluster, in quotes ('kubectl version' tells it).",
        f'  minorVersion: "{kubernetes or KUBERNETES}"',
        "",
        "platform:",
        "  # Each deployment has a namespace of its own: airflow-<release>.",
        "  namespace: airflow",
        f"  release: {inline(name)}",
        "",
        "# Namespaces that deployments may name: what others run in the cluster is not theirs to take.",
        "deploymentNamespaces:",
        "  - airflow-*",
        "",
        *(gitops if repository else [gitops[0].replace("brings", "can bring"), *_off(gitops[1:], 0)]),
        "",
        "# Settings of all Airflows here. A workspace or a deployment may say else.",
        "defaults:",
        "  # A job makes the database of each Airflow, and its keys. The URL of the PostgreSQL server, with a role",
        "  # that may make databases, is in this Secret, which somebody puts into each namespace.",
        "  # Its image is yours to build (bootstrapper/Containerfile) and to name (images.bootstrap.repository).",
        "  # Without it: 'enabled: false' here, and in each deployment the names of Secrets that you make.",
        "  bootstrap:",
        "    adminSecretName: postgres-admin",
        "",
        *(ingress if base_domain else [ingress[0], *_off(ingress[1:], 2)]),
    ]
    return {f"{DESIRED}/{name}/environment.yaml": _text(lines)}


def new_workspace(
    environment: str, name: str, *, label: str = "", description: str = "", allowed_images: Sequence[str] = ()
) -> dict[str, str]:
    """The file of a workspace. Raises ``ProblemsError`` for names that cannot be."""
    _refuse("an environment", environment, wrong_name(environment))
    _refuse("a workspace", name, wrong_name(name))
    images = ["allowedImages:", *(f"  - {inline(image)}" for image in allowed_images)]
    example = ["allowedImages:", f"  - registry.example.com/{name}"]
    lines = [
        *_head("Workspace", "../../../../schemas/workspace.json", label, description),
        "# Registries, or groups or repositories in them, from which deployments may run images. Without this: all.",
        *(images if allowed_images else _off(example, 0)),
        "",
        "# Settings of all Airflows of this team. A deployment may say else.",
        "defaults:",
        *(["  labels:", f"    team: {inline(name)}"]),
    ]
    return {f"{DESIRED}/{environment}/workspaces/{name}/workspace.yaml": _text(lines)}


def new_deployment(
    environment: str,
    workspace: str,
    name: str,
    *,
    label: str = "",
    description: str = "",
    executor: str = "",
    airflow_version: str = "",
    runtime_version: str = "",
    image: str = "",
) -> dict[str, str]:
    """The file of a deployment.

    With a ``runtime_version`` the version of Airflow follows from it. ``image`` may have a tag. Raises
    ``ProblemsError`` for names that cannot be, and for versions that do not go together.
    """
    _refuse("an environment", environment, wrong_name(environment))
    _refuse("a workspace", workspace, wrong_name(workspace))
    _refuse("a release", name, wrong_release(name))
    if airflow_version and runtime_version:
        hint = "the version of Airflow follows from that of the runtime"
        raise ProblemsError([Problem("there is a version of Airflow and one of the runtime", hint=hint)])
    lines = [
        *_head("Deployment", "../../../../../schemas/deployment.json", label, description),
        "# Who is told when something is wrong.",
        *_off(["alertEmails:", f"  - {workspace}@example.com"], 0),
        "",
        *([f"runtimeVersion: {inline(runtime_version)}", ""] if runtime_version else []),
        "# Names are those of the official Airflow chart; editors complete and explain them.",
        "values:",
        *([] if runtime_version else [f"  airflowVersion: {inline(airflow_version or AIRFLOW)}"]),
        f"  executor: {inline(executor or EXECUTOR)}",
        "",
        "  # The image with your packages and, if you like, your DAGs.",
        *_image(image, workspace, name),
        "",
        "  # DAGs from a git repository, looked at again and again.",
        *_off(
            [
                "  dags:",
                "    gitSync:",
                "      enabled: true",
                f"      repo: https://git.example.com/{workspace}/{name}.git",
                "      ref: main",
                "      subPath: dags",
            ],
            2,
        ),
        "",
        "  # Environment variables of all components. What is secret is sealed or fetched from a store.",
        *_off(["  variables:", "    plain:", "      AIRFLOW_VAR_GREETING: hello"], 2),
    ]
    return {f"{DESIRED}/{environment}/workspaces/{workspace}/deployments/{name}.yaml": _text(lines)}


def _head(kind: str, schema: str, label: str, description: str = "") -> list[str]:
    return [
        f"# yaml-language-server: $schema={schema}",
        f"apiVersion: {API_VERSION}",
        f"kind: {kind}",
        *([f"label: {inline(label)}"] if label else []),
        *([f"description: {inline(description)}"] if description else []),
        "",
    ]


def _image(image: str, workspace: str, name: str) -> list[str]:
    repository, tag = image, ""
    # A colon before a slash belongs to a registry's port.
    if ":" in image.rpartition("/")[2]:
        repository, _, tag = image.rpartition(":")
    lines = [
        f"  defaultAirflowRepository: {inline(repository or f'registry.example.com/{workspace}/{name}')}",
        f"  defaultAirflowTag: {inline(tag or 'release-1')}",
    ]
    if not image:
        return _off(lines, 2)
    return lines if tag else lines[:1]


def _off(lines: Sequence[str], column: int) -> list[str]:
    """Lines that can be put to use by taking the ``# `` away that each has in this column."""
    return [f"{line[:column]}# {line[column:]}" for line in lines]


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


def _refuse(what: str, name: str, allowed: str) -> None:
    if allowed:
        raise ProblemsError([Problem(f"'{name}' is no name of {what}", allowed=allowed)])
