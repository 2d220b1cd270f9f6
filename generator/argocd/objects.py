"""All of Argo CD's objects of an environment: the root Application, AppProjects, Applications."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence

from generator.airflow.chart import airflow_chart
from generator.argocd import names, projects
from generator.argocd.applications import SYNC_OPTIONS, Object, Source, application, destination, directory, metadata
from generator.argocd.facts import Facts, ObjectFacts
from generator.argocd.kinds import CHART_KINDS, CHILD_KINDS
from generator.desired import IN_CLUSTER, PLATFORM, Environment, GitOps, Workspace
from generator.errors import Position, Problem, ProblemsError, did_you_mean
from generator.yaml import dotted

_ROOT_FILE = "root.yaml"
_PLATFORM_FILE = "platform.yaml"
_FOLDER = "argocd"

# Waves of the root Application: nobody may be in a project that is not there, nobody uses a platform before it is.
_PROJECTS, _SERVICES, _DEPLOYMENTS = -2, -1, 0
_API = "argoproj.io"
# The root Application manages itself and its project, but may not remove them. Whoever applies them once does so on the
# server's side; where Argo CD did otherwise, kubectl would take over all that Argo CD wrote there, and drop its mark.
_STAYS = {SYNC_OPTIONS: "Prune=false,ServerSideApply=true"}
# A project goes when nobody is in it: so after the Applications that go, and after those that move to another one.
_GOES_LAST = {SYNC_OPTIONS: "PruneLast=true"}


def environment_objects(environment: Environment, platform: ObjectFacts | None = None) -> dict[str, list[Object]]:
    """What an environment has once, by file name below ``rendered/<environment>/argocd``: the root Application, and one
    for the platform. None without ``gitops`` in environment.yaml.

    ``platform`` are the facts of what is in ``rendered/<environment>/platform``, if anything.
    """
    gitops = environment.settings.gitops
    if gitops is None:
        return {}
    made = _Made(environment, gitops)
    files = {_ROOT_FILE: made.root()}
    if platform is not None:
        files[_PLATFORM_FILE] = made.platform(platform)
    return files


def workspace_objects(
    workspace: Workspace, deployments: Sequence[Facts], releases: Collection[str] | None = None
) -> dict[str, list[Object]]:
    """A workspace's project and its deployments' Applications, as ``environment_objects`` gives an environment's.

    ``deployments`` are the facts of all that are in it, in any order; ``releases`` are their names, for when nothing is
    known of some. Raises ``ProblemsError`` when the workspace names deployments that it has not, or a deployment makes
    objects outside of namespaces that the environment doesn't allow.
    """
    gitops = workspace.environment.settings.gitops
    if gitops is None:
        return {}
    deployments = sorted(deployments, key=lambda each: each.release)
    known = [each.release for each in deployments] if releases is None else releases
    problems = [*unknown_releases(workspace, known), *_far_reaching(gitops, workspace, deployments)]
    if problems:
        raise ProblemsError(problems)
    made = _Made(workspace.environment, gitops)
    return {f"workspaces/{workspace.name}.yaml": made.workspace(workspace, deployments)}


class _Made:
    """Objects of one environment."""

    def __init__(self, environment: Environment, gitops: GitOps) -> None:
        self._environment = environment
        self._gitops = gitops
        self._root = names.gitops_name(environment.name, gitops)

    def root(self) -> list[Object]:
        gitops, root = self._gitops, self._root
        home: Object = {"server": IN_CLUSTER, "namespace": gitops.namespace}
        project = projects.project(
            metadata(root, gitops, self._labels(), _PROJECTS, _STAYS),
            description=f"{self._environment.label}: Argo CD's own objects",
            repositories=[gitops.repository],
            destinations=[home],
            kinds=[(_API, "AppProject"), (_API, "Application")],
            cluster=[],
        )
        folder = names.rendered_path(self._environment, gitops, _FOLDER)
        return [
            project,
            application(
                metadata(root, gitops, self._labels(), _DEPLOYMENTS, _STAYS),
                root,
                directory(gitops, folder, recurse=True),
                home,
                label=self._environment.label,
                automated=True,
                # Applications go at once, and then their project, which waits for them for minutes else. Where
                # namespaces go with them, one that can't end would hold up all that is new.
                prune_last=gitops.removal == "delete",
            ),
        ]

    def platform(self, facts: ObjectFacts) -> list[Object]:
        gitops, name = self._gitops, names.part_name(self._root, PLATFORM)
        namespace = self._environment.settings.platform.namespace
        project = projects.project(
            metadata(name, gitops, self._labels(), _PROJECTS, _GOES_LAST),
            description=f"{self._environment.label}: the platform",
            repositories=[gitops.repository],
            destinations=projects.namespaces(gitops, [namespace]),
            kinds=[*facts.kinds, *CHILD_KINDS],
            cluster=[projects.named_object(each) for each in facts.cluster],
        )
        return [
            project,
            application(
                metadata(name, gitops, self._labels(), _SERVICES),
                name,
                directory(gitops, names.rendered_path(self._environment, gitops, PLATFORM)),
                destination(gitops, namespace),
                label=f"{self._environment.label}: the platform",
                automated=gitops.automated,
                autoscaled=facts.autoscaled,
            ),
        ]

    def workspace(self, workspace: Workspace, deployments: Sequence[Facts]) -> list[Object]:
        gitops, settings = self._gitops, workspace.settings
        name = names.part_name(self._root, workspace.name)
        project = projects.project(
            metadata(name, gitops, self._labels(workspace=workspace.name), _PROJECTS, _GOES_LAST),
            description=settings.description.strip() or workspace.label,
            repositories=[gitops.repository, *([_chart_source(gitops)["repoURL"]] if _by_helm(gitops) else [])],
            destinations=projects.namespaces(gitops, (each.namespace for each in deployments)),
            kinds=[*CHART_KINDS, *CHILD_KINDS, *(kind for each in deployments for kind in each.objects.kinds)],
            cluster=projects.cluster_objects(gitops, deployments),
        )
        if roles := projects.roles(name, settings.argocd.access):
            project["spec"]["roles"] = roles
        if windows := projects.sync_windows(settings.argocd.syncWindows, self._root):
            project["spec"]["syncWindows"] = windows
        automated = settings.argocd.automated
        return [
            project,
            *(
                self._deployment(name, each, gitops.automated if automated is None else automated)
                for each in deployments
            ),
        ]

    def _deployment(self, project: str, facts: Facts, automated: bool) -> Object:
        gitops = self._gitops
        labels = self._labels(workspace=facts.workspace, release=facts.release)
        return application(
            metadata(names.part_name(self._root, facts.release), gitops, labels, _DEPLOYMENTS),
            project,
            self._packed(facts) if _by_helm(gitops) else directory(gitops, self._folder(facts)),
            destination(gitops, facts.namespace),
            label=facts.label,
            automated=automated,
            cascade=gitops.removal == "delete",
            jobs_first=not facts.objects.asleep,
            autoscaled=facts.objects.autoscaled,
        )

    def _packed(self, facts: Facts) -> Source:
        """The packed chart with the effective values, and the Namespace, which is beside the chart."""
        gitops, folder = self._gitops, self._folder(facts)
        values = names.rendered_path(self._environment, gitops, "values", facts.workspace, f"{facts.release}.yaml")
        chart: Object = {
            **_chart_source(gitops),
            "helm": {"releaseName": facts.release, "valueFiles": [f"$values/{values}"]},
        }
        beside: Object = {
            "repoURL": gitops.repository,
            "targetRevision": gitops.revision,
            "ref": "values",
            "path": folder,
            "directory": {"include": "namespace.yaml"},
        }
        return Source([chart, beside], f"/{values};/{folder}/namespace.yaml")

    def _folder(self, facts: Facts) -> str:
        return names.rendered_path(self._environment, self._gitops, "workspaces", facts.workspace, facts.release)

    def _labels(self, **more: str) -> Mapping[str, str]:
        return names.labels(self._environment, self._root, **more)


def unknown_releases(workspace: Workspace, known: Collection[str]) -> Iterator[Problem]:
    """Releases of sync windows that are not in the workspace; ``known`` are those that are."""
    for row, window in enumerate(workspace.settings.argocd.syncWindows):
        for column, release in enumerate(window.deployments):
            if release not in known:
                path = ("argocd", "syncWindows", row, "deployments", column)
                yield Problem(
                    f"there is no deployment '{release}' in this workspace",
                    file=workspace.file,
                    position=workspace.document.position(path),
                    path=dotted(path),
                    allowed="release names of the workspace's deployments",
                    hint=did_you_mean(release, known),
                )


def _far_reaching(gitops: GitOps, workspace: Workspace, deployments: Sequence[Facts]) -> Iterator[Problem]:
    """Objects outside of namespaces that the environment doesn't allow."""
    allowed = projects.allowed_kinds(gitops)
    for facts in deployments:
        for each in facts.objects.cluster:
            if not projects.is_own(facts, each) and (each.group, each.kind) not in allowed:
                yield Problem(
                    f"{each.kind} '{each.name}' is in no namespace, and so reaches beyond this deployment",
                    file=posixpath.join(posixpath.dirname(workspace.file), "deployments", f"{facts.release}.yaml"),
                    position=Position(1),
                    allowed="its own Namespace, and the kinds that 'gitops.clusterKinds' of environment.yaml has",
                    hint="whoever looks after the environment can add the kind there",
                )


def _by_helm(gitops: GitOps) -> bool:
    return gitops.delivery == "helm"


def _chart_source(gitops: GitOps) -> Object:
    """The packed chart. Argo CD writes registries without ``oci://`` where a chart is named beside them."""
    chart = gitops.chart
    if chart is None:
        raise ValueError("delivery by Helm without a chart; the checks of desired state refuse it")
    return {
        "repoURL": chart.repository.removeprefix("oci://"),
        "chart": chart.name,
        "targetRevision": chart.version or airflow_chart().metadata.version,
    }
