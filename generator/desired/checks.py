"""Checks of desired state as a whole: names that meet, versions, settings that belong to Stargit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from generator.airflow import RUNTIMES, airflow_of_runtime
from generator.desired.deletion import is_moment
from generator.desired.layers import KeyPath
from generator.desired.names import LABEL_LENGTH
from generator.desired.namespaces import allowed_names, is_allowed, whose
from generator.desired.state import Deployment, DesiredState, Environment, Workspace
from generator.errors import Problem

#: Labels that Stargit gives to namespaces, on which policies and dashboards rely.
NAMESPACE_LABELS = ("platform", "release", "workspace")
#: The label by which Kubernetes refuses pods in a namespace, and its levels, the strictest last.
POD_SECURITY = "pod-security.kubernetes.io/enforce"
POD_SECURITY_LEVELS = ("privileged", "baseline", "restricted")
#: The last part of the names of the platform's Application and AppProject.
PLATFORM = "platform"


def check_state(state: DesiredState) -> list[Problem]:
    """Everything that is wrong between files. Each problem is told at the later file."""
    return [
        *check_names(state.deployments),
        *(problem for each in state.deployments for problem in check_deployment(each)),
        *(problem for each in state.environments for problem in check_environment(each)),
        *(problem for each in state.workspaces for problem in check_workspace(each)),
    ]


def check_names(deployments: Sequence[Deployment]) -> Iterator[Problem]:
    """Deployments of one environment that have the same release name or namespace; ``deployments`` are sorted."""
    yield from _met_twice(deployments, "release name", lambda each: each.name, ())
    yield from _met_twice(deployments, "namespace", lambda each: each.namespace, ("namespace",))


def _met_twice(
    deployments: Sequence[Deployment], what: str, name: Callable[[Deployment], str], at: KeyPath
) -> Iterator[Problem]:
    seen: dict[tuple[str, str], Deployment] = {}
    for deployment in deployments:
        first = seen.setdefault((deployment.environment.name, name(deployment)), deployment)
        if first is not deployment and not (at and first.name == deployment.name):
            yield _problem(
                deployment,
                f"the {what} '{name(deployment)}' is also that of {first.file}",
                at,
                f"each deployment of an environment has a {what} of its own",
            )


def check_deployment(deployment: Deployment) -> Iterator[Problem]:
    """What is wrong with a deployment beyond its file's schema and its values."""
    settings = deployment.settings
    namespace = deployment.namespace
    if len(namespace) > LABEL_LENGTH:
        yield _problem(
            deployment,
            f"the namespace '{namespace}' has {len(namespace)} characters",
            ("namespace",),
            f"at most {LABEL_LENGTH}",
            "set 'namespace', or give the deployment a shorter name",
        )
    elif owner := whose(namespace, deployment.environment):
        yield _problem(deployment, f"the namespace '{namespace}' is that of {owner}", ("namespace",), "one of its own")
    elif not is_allowed(namespace, deployment.environment):
        yield _problem(
            deployment,
            f"the environment lets no deployment have the namespace '{namespace}'",
            ("namespace",),
            ", ".join(allowed_names(deployment.environment)),
            "whoever looks after the environment can add it to 'deploymentNamespaces' of environment.yaml",
        )
    if settings.runtimeVersion is not None:
        if airflow_of_runtime(settings.runtimeVersion) is None:
            lines = ", ".join(line if "." in line else f"{line}.x.y" for line in RUNTIMES)
            yield _problem(
                deployment,
                f"nothing is known of runtime {settings.runtimeVersion}",
                ("runtimeVersion",),
                f"versions of the lines {lines}",
                "values.airflowVersion and an image can be set instead",
            )
        if settings.values.get("airflowVersion") is not None:
            yield _problem(
                deployment,
                "cannot go together with runtimeVersion",
                ("values", "airflowVersion"),
                "one of the two",
                "the version of Airflow follows from that of the runtime",
            )
    yield from _moment_problems(deployment)
    yield from _reserved(deployment, deployment.environment, "release")
    yield from _platform_problems(deployment, "values", settings.values)


def check_environment(environment: Environment) -> Iterator[Problem]:
    """What is wrong with an environment beyond its file's schema."""
    yield from _moment_problems(environment)
    for label in NAMESPACE_LABELS:
        if label in environment.settings.namespaceLabels:
            yield _problem(environment, "is set by Stargit", ("namespaceLabels", label), "any other label", "remove it")
    level = environment.settings.namespaceLabels.get(POD_SECURITY)
    if level is not None and level not in POD_SECURITY_LEVELS:
        yield _problem(
            environment,
            f"{level} is no level of Pod Security",
            ("namespaceLabels", POD_SECURITY),
            ", ".join(POD_SECURITY_LEVELS),
        )
    gitops = environment.settings.gitops
    if gitops is not None and gitops.delivery == "helm" and gitops.chart is None:
        yield _problem(
            environment,
            "needs the packed chart",
            ("gitops", "delivery"),
            "manifests, or helm with 'chart'",
            "write 'chart:' with the 'repository:' that it is published in",
        )
    yield from _platform_problems(environment, "defaults", environment.settings.defaults)


def check_workspace(workspace: Workspace) -> Iterator[Problem]:
    """What is wrong with a workspace beyond its file's schema."""
    yield from _moment_problems(workspace)
    yield from _reserved(workspace, workspace.environment, "workspace")
    yield from _platform_problems(workspace, "defaults", workspace.settings.defaults)


def check_new_in(owner: Environment | Workspace) -> Iterator[Problem]:
    """Why nothing new can be made in an environment or a workspace: it is deleted, or what is around it."""
    for each in (owner, owner.environment) if isinstance(owner, Workspace) else (owner,):
        if each.settings.deletedAt is not None:
            yield _problem(
                each,
                f"the {each.settings.kind.lower()} '{each.name}' is deleted, and so would be what is made in it",
                ("deletedAt",),
                hint="remove this line before",
            )


def _moment_problems(owner: Environment | Workspace | Deployment) -> Iterator[Problem]:
    text = owner.settings.deletedAt
    if text is not None and not is_moment(text):
        allowed = 'a time in UTC, in quotes: "2026-11-28T21:00:00Z"'
        yield _problem(owner, f"{text[:10]} is no day of the calendar", ("deletedAt",), allowed)


def _reserved(owner: Workspace | Deployment, environment: Environment, what: str) -> Iterator[Problem]:
    if environment.settings.gitops is not None and owner.name == PLATFORM:
        yield _problem(
            owner,
            f"'{PLATFORM}' is how the platform itself is called in Argo CD",
            (),
            f"any other name of a {what}",
        )


def _platform_problems(
    owner: Environment | Workspace | Deployment, key: str, values: Mapping[str, Any]
) -> Iterator[Problem]:
    if "platform" in values:
        yield _problem(
            owner,
            "is set by Stargit: the release from 'platform' in environment.yaml, the workspace from the folder",
            (key, "platform"),
            hint="remove it",
        )


def _problem(
    owner: Environment | Workspace | Deployment, message: str, path: KeyPath, allowed: str = "", hint: str = ""
) -> Problem:
    return Problem(
        message,
        file=owner.file,
        position=owner.document.position(path),
        path=".".join(str(part) for part in path),
        allowed=allowed,
        hint=hint,
    )
