"""Argo CD's objects as a whole, and what each setting changes in them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import jsonschema_rs
import pytest
import yaml

from generator.argocd import Facts, ObjectFacts, ObjectName, environment_objects, workspace_objects
from generator.desired import DesiredState, load
from generator.errors import ProblemsError
from generator.yaml import dump_all
from tests.desired.repositories import ENVIRONMENT, ENVIRONMENT_FILE, WORKSPACE, WORKSPACE_FILE, as_bytes

SCHEMAS = Path(__file__).parents[2] / "schemas" / "custom" / "argoproj.io"
GITOPS = "repository: https://git.example.com/platform/airflow.git\n"
WORKER = ObjectName("apps", "Deployment", "daily-worker")
#: What it removes of a job, `tests/cluster/test_migrating.py` shows.
UNFINISHED = json.dumps(
    'select(.status and all(.status.conditions[]?; .type != "Complete"))'
    ' | .metadata.annotations["stargit.dev/pods-wait-until"]'
)


def facts(release: str, **changes: Any) -> Facts:
    namespace = f"stargit-{release}"
    parts: dict[str, Any] = {
        "kinds": (("", "ConfigMap"), ("apps", "Deployment")),
        "cluster": (ObjectName("", "Namespace", namespace),),
        "autoscaled": (),
    }
    return Facts("dev", "etl", release, namespace, release.title(), ObjectFacts(**{**parts, **changes}))


def state(gitops: str = "", workspace: str = "") -> DesiredState:
    settings = "gitops:\n" + indent(GITOPS + dedent(gitops), "  ")
    files = {ENVIRONMENT_FILE: ENVIRONMENT + settings, WORKSPACE_FILE: WORKSPACE + dedent(workspace)}
    loaded = load(as_bytes(files))
    assert loaded.problems == ()
    return loaded.state


def argocd_objects(loaded: DesiredState, *deployments: Facts, platform: ObjectFacts | None = None) -> dict[str, Any]:
    """All of the one environment, whose workspaces have just these deployments."""
    found: dict[str, Any] = environment_objects(loaded.environments[0], platform)
    for workspace in loaded.workspaces:
        found |= workspace_objects(workspace, [each for each in deployments if each.workspace == workspace.name])
    return found


def made(gitops: str = "", workspace: str = "", *deployments: Facts, platform: ObjectFacts | None = None) -> Any:
    """The objects by file. Each meets the schema of its kind; each Application's project is there and permits it."""
    loaded = state(gitops, workspace)
    files = argocd_objects(loaded, *deployments, platform=platform)
    objects = [each for documents in files.values() for each in documents]
    for each in objects:
        schema = json.loads((SCHEMAS / f"{each['kind'].lower()}_v1alpha1.json").read_text())
        jsonschema_rs.validate(schema, each)
    projects = {each["metadata"]["name"]: each["spec"] for each in objects if each["kind"] == "AppProject"}
    for each in objects:
        if each["kind"] == "Application":
            spec = each["spec"]
            project = projects[spec["project"]]
            sources = spec.get("sources") or [spec["source"]]
            assert {source["repoURL"] for source in sources} <= set(project["sourceRepos"])
            assert spec["destination"] in project["destinations"]
    return files


def one(files: Any, kind: str, file: str = "workspaces/etl.yaml") -> Any:
    (found,) = [each for each in files[file] if each["kind"] == kind]
    return found


def test_without_gitops_there_are_none() -> None:
    loaded = load(as_bytes({ENVIRONMENT_FILE: ENVIRONMENT, WORKSPACE_FILE: WORKSPACE})).state
    assert argocd_objects(loaded, facts("daily")) == {}


def test_what_the_root_application_removes_is_waited_for_unless_namespaces_go_with_it() -> None:
    """Applications are gone before their project; but one namespace that can't end holds up nobody."""
    options = {
        removal: one(made(f"removal: {removal}\n"), "Application", "root.yaml") for removal in ("keep", "delete")
    }
    last = {key: "PruneLast=true" in each["spec"]["syncPolicy"]["syncOptions"] for key, each in options.items()}
    assert last == {"keep": False, "delete": True}


def test_the_root_application_manages_itself_and_never_removes_itself() -> None:
    assert dump_all(made()["root.yaml"]) == dedent(
        """\
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: AppProject
        metadata:
          name: dev
          namespace: argocd
          labels:
            app.kubernetes.io/managed-by: stargit
            app.kubernetes.io/part-of: dev
            stargit.dev/environment: dev
          annotations:
            argocd.argoproj.io/sync-options: Prune=false,ServerSideApply=true
            argocd.argoproj.io/sync-wave: "-2"
          finalizers:
          - resources-finalizer.argocd.argoproj.io
        spec:
          description: "dev: Argo CD's own objects"
          sourceRepos:
          - https://git.example.com/platform/airflow.git
          destinations:
          - server: https://kubernetes.default.svc
            namespace: argocd
          namespaceResourceWhitelist:
          - group: argoproj.io
            kind: AppProject
          - group: argoproj.io
            kind: Application
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata:
          name: dev
          namespace: argocd
          labels:
            app.kubernetes.io/managed-by: stargit
            app.kubernetes.io/part-of: dev
            stargit.dev/environment: dev
          annotations:
            argocd.argoproj.io/manifest-generate-paths: "."
            argocd.argoproj.io/sync-options: Prune=false,ServerSideApply=true
        spec:
          project: dev
          source:
            repoURL: https://git.example.com/platform/airflow.git
            targetRevision: HEAD
            path: rendered/dev/argocd
            directory:
              recurse: true
          destination:
            server: https://kubernetes.default.svc
            namespace: argocd
          syncPolicy:
            automated:
              prune: true
              selfHeal: true
            retry:
              limit: -1
              refresh: true
              backoff:
                duration: 10s
                factor: 2
                maxDuration: 1m
            syncOptions:
            - ApplyOutOfSyncOnly=true
            - FailOnSharedResource=true
            - PrunePropagationPolicy=background
            - Validate=false
          info:
          - name: Label
            value: dev
        """
    )


def test_a_workspace_is_a_project_and_its_deployments_are_applications() -> None:
    role = ObjectName("rbac.authorization.k8s.io", "ClusterRole", "odd*name")
    files = made(
        """\
        revision: refs/heads/main
        path: ./fleet/
        name: eu-dev
        namespace: argo
        cluster: dev-eu
        clusterKinds:
          - {group: rbac.authorization.k8s.io, kind: ClusterRole}
          - {group: kyverno.io, kind: ClusterPolicy}
        """,
        """\
        label: Extracts
        argocd:
          automated: false
          access:
            viewers: [etl, "partners: all"]
            operators: [etl-oncall]
          syncWindows:
            - kind: deny
              schedule: 0 22 * * MON-FRI
              duration: 8h
              timeZone: Europe/Berlin
              deployments: [daily]
              description: No changes while the nightly run is on
            - {kind: allow, schedule: "0 0 * * *", duration: 24h, manualSync: true}
        """,
        facts("hourly", kinds=(("kyverno.io", "ClusterPolicy"), ("", "ConfigMap")), cluster=(role,)),
        facts("daily", autoscaled=(WORKER,)),
    )
    assert list(files) == ["root.yaml", "workspaces/etl.yaml"]
    text = dump_all(files["workspaces/etl.yaml"]).replace(UNFINISHED, "...")
    whitelist = text.partition("  namespaceResourceWhitelist:\n")[2].partition("  clusterResourceWhitelist:\n")[0]
    assert (
        text.replace(whitelist, "  - ...\n")
        == dedent(
            """\
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: AppProject
        metadata:
          name: eu-dev-etl
          namespace: argo
          labels:
            app.kubernetes.io/managed-by: stargit
            app.kubernetes.io/part-of: eu-dev
            stargit.dev/environment: dev
            stargit.dev/workspace: etl
          annotations:
            argocd.argoproj.io/sync-options: PruneLast=true
            argocd.argoproj.io/sync-wave: "-2"
          finalizers:
          - resources-finalizer.argocd.argoproj.io
        spec:
          description: Extracts
          sourceRepos:
          - https://git.example.com/platform/airflow.git
          destinations:
          - name: dev-eu
            namespace: stargit-daily
          - name: dev-eu
            namespace: stargit-hourly
          namespaceResourceWhitelist:
          - ...
          clusterResourceWhitelist:
          - group: kyverno.io
            kind: ClusterPolicy
          - group: ""
            kind: Namespace
            name: stargit-daily
          - group: rbac.authorization.k8s.io
            kind: ClusterRole
            name: "odd\\\\*name"
          roles:
          - name: viewer
            description: Sees Applications and logs
            policies:
            - p, proj:eu-dev-etl:viewer, applications, get, eu-dev-etl/*, allow
            - p, proj:eu-dev-etl:viewer, logs, get, eu-dev-etl/*, allow
            groups:
            - etl
            - "partners: all"
          - name: operator
            description: Starts syncs, restarts workloads, deletes pods
            policies:
            - p, proj:eu-dev-etl:operator, applications, get, eu-dev-etl/*, allow
            - p, proj:eu-dev-etl:operator, logs, get, eu-dev-etl/*, allow
            - p, proj:eu-dev-etl:operator, applications, sync, eu-dev-etl/*, allow
            - p, proj:eu-dev-etl:operator, applications, action/*, eu-dev-etl/*, allow
            - p, proj:eu-dev-etl:operator, applications, delete/*/Pod/*, eu-dev-etl/*, allow
            groups:
            - etl-oncall
          syncWindows:
          - kind: deny
            schedule: "0 22 * * MON-FRI"
            duration: 8h
            timeZone: Europe/Berlin
            applications:
            - eu-dev-daily
            description: No changes while the nightly run is on
          - kind: allow
            schedule: "0 0 * * *"
            duration: 24h
            timeZone: UTC
            applications:
            - "*"
            manualSync: true
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata:
          name: eu-dev-daily
          namespace: argo
          labels:
            app.kubernetes.io/managed-by: stargit
            app.kubernetes.io/part-of: eu-dev
            stargit.dev/environment: dev
            stargit.dev/workspace: etl
            stargit.dev/release: daily
          annotations:
            argocd.argoproj.io/compare-options: ServerSideDiff=false
            argocd.argoproj.io/manifest-generate-paths: "."
        spec:
          project: eu-dev-etl
          source:
            repoURL: https://git.example.com/platform/airflow.git
            targetRevision: refs/heads/main
            path: fleet/rendered/dev/workspaces/etl/daily
          destination:
            name: dev-eu
            namespace: stargit-daily
          syncPolicy:
            retry:
              limit: -1
              refresh: true
              backoff:
                duration: 10s
                factor: 2
                maxDuration: 1m
            syncOptions:
            - ApplyOutOfSyncOnly=true
            - FailOnSharedResource=true
            - PruneLast=true
            - PrunePropagationPolicy=background
            - RespectIgnoreDifferences=true
            - Validate=false
          ignoreDifferences:
          - group: batch
            kind: Job
            jqPathExpressions:
            - ...
          - group: apps
            kind: Deployment
            name: daily-worker
            jsonPointers:
            - /spec/replicas
          info:
          - name: Label
            value: Daily
        ---
        """
        )
        + text.partition("value: Daily\n---\n")[2]
    )
    kinds = {(each["group"], each["kind"]) for each in yaml.safe_load(whitelist)}
    assert {("kyverno.io", "ClusterPolicy"), ("", "ConfigMap"), ("", "Pod"), ("keda.sh", "ScaledObject")} <= kinds
    assert not {("", "Secret"), ("", "Namespace"), ("rbac.authorization.k8s.io", "ClusterRole")} & kinds
    assert not any("*" in part for kind in kinds for part in kind)


def test_by_helm_the_packed_chart_gets_the_rendered_values_and_the_namespace_stays_a_manifest() -> None:
    gitops = """\
        path: fleet
        delivery: helm
        chart: {repository: "oci://registry.example.com/charts", version: 1.2.3}
        """
    found = made(gitops, "", facts("daily"))
    application = one(found, "Application")
    assert application["spec"]["sources"] == [
        {
            "repoURL": "registry.example.com/charts",
            "chart": "airflow",
            "targetRevision": "1.2.3",
            "helm": {"releaseName": "daily", "valueFiles": ["$values/fleet/rendered/dev/values/etl/daily.yaml"]},
        },
        {
            "repoURL": "https://git.example.com/platform/airflow.git",
            "targetRevision": "HEAD",
            "ref": "values",
            "path": "fleet/rendered/dev/workspaces/etl/daily",
            "directory": {"include": "namespace.yaml"},
        },
    ]
    assert "source" not in application["spec"]
    assert application["metadata"]["annotations"] == {
        "argocd.argoproj.io/compare-options": "ServerSideDiff=false",
        "argocd.argoproj.io/manifest-generate-paths": "/fleet/rendered/dev/values/etl/daily.yaml"
        ";/fleet/rendered/dev/workspaces/etl/daily/namespace.yaml",
    }
    assert one(found, "AppProject")["spec"]["sourceRepos"] == [
        "https://git.example.com/platform/airflow.git",
        "registry.example.com/charts",
    ]


def test_the_version_of_the_chart_is_that_of_this_stargit_unless_said() -> None:
    gitops = "delivery: helm\nchart: {repository: https://charts.example.com, name: our-airflow}\n"
    chart = one(made(gitops, "", facts("daily")), "Application")["spec"]["sources"][0]
    assert (chart["repoURL"], chart["chart"], chart["targetRevision"]) == (
        "https://charts.example.com",
        "our-airflow",
        "0.1.0",
    )


def test_what_is_removed_from_git_stays_in_the_cluster_unless_said() -> None:
    keep = made("", "", facts("daily"))
    assert "finalizers" not in one(keep, "Application")["metadata"]
    assert one(keep, "AppProject")["spec"]["clusterResourceWhitelist"] == [
        {"group": "", "kind": "Namespace", "name": "stargit-daily"}
    ]
    delete = made("removal: delete\n", "", facts("daily"))
    assert one(delete, "Application")["metadata"]["finalizers"] == ["resources-finalizer.argocd.argoproj.io"]
    # A namespace whose deployment is gone from git is still permitted, so Argo CD sees and deletes it.
    assert one(delete, "AppProject")["spec"]["clusterResourceWhitelist"] == [{"group": "", "kind": "Namespace"}]
    assert "finalizers" not in one(delete, "Application", "root.yaml")["metadata"]


def test_what_sleeps_waits_for_no_jobs() -> None:
    waits = {
        asleep: "ignoreDifferences" in one(made("", "", facts("daily", asleep=asleep)), "Application")["spec"]
        for asleep in (False, True)
    }
    assert waits == {False: True, True: False}


def test_a_sync_is_tried_for_ever_unless_a_deletion_would_wait_for_its_end() -> None:
    tried = {
        removal: [
            one(files, "Application", name)["spec"]["syncPolicy"]["retry"]["limit"]
            for name in ("root.yaml", "workspaces/etl.yaml")
        ]
        for removal in ("keep", "delete")
        for files in [made(f"removal: {removal}\n", "", facts("daily"))]
    }
    assert tried == {"keep": [-1, -1], "delete": [-1, 60]}


def test_the_platform_is_synced_by_hand_where_the_environment_says_so_and_never_deleted() -> None:
    nothing = ObjectFacts((), (), ())
    found = made("automated: false\nremoval: delete\n", "", platform=nothing)
    platform = one(found, "Application", "platform.yaml")
    assert "automated" not in platform["spec"]["syncPolicy"]
    assert "finalizers" not in platform["metadata"]


@pytest.mark.parametrize(
    ("environment", "workspace", "automated"),
    [
        ("", "", True),
        ("automated: false", "", False),
        ("", "automated: false", False),
        ("automated: false", "automated: true", True),
    ],
)
def test_a_workspace_may_be_synced_by_hand(environment: str, workspace: str, automated: bool) -> None:
    found = made(environment, f"argocd: {{{workspace}}}\n", facts("daily"))
    assert ("automated" in one(found, "Application")["spec"]["syncPolicy"]) is automated
    assert "automated" in one(found, "Application", "root.yaml")["spec"]["syncPolicy"]


def test_an_empty_workspace_has_a_project_that_permits_no_place() -> None:
    project = one(made(), "AppProject")["spec"]
    assert "destinations" not in project
    assert "clusterResourceWhitelist" not in project
    assert project["namespaceResourceWhitelist"]


def test_the_platform_is_an_application_of_its_own_before_the_deployments() -> None:
    what = ObjectFacts(
        kinds=(("", "Service"), ("apps", "Deployment")),
        cluster=(ObjectName("rbac.authorization.k8s.io", "ClusterRole", "stargit-commander"),),
        autoscaled=(ObjectName("apps", "Deployment", "stargit-houston"),),
    )
    found = made("", "", facts("daily"), platform=what)
    project, application = found["platform.yaml"]
    assert (project["metadata"]["name"], application["metadata"]["name"]) == ("dev-platform", "dev-platform")
    assert application["spec"]["source"]["path"] == "rendered/dev/platform"
    assert application["spec"]["destination"]["namespace"] == "stargit"
    assert [each["name"] for each in application["spec"]["ignoreDifferences"]] == ["stargit-houston"]
    assert project["spec"]["namespaceResourceWhitelist"] == [
        {"group": "", "kind": "Pod"},
        {"group": "", "kind": "Service"},
        {"group": "apps", "kind": "Deployment"},
        {"group": "apps", "kind": "ReplicaSet"},
    ]
    wave = "argocd.argoproj.io/sync-wave"
    waves = [(each["kind"], int(each["metadata"]["annotations"].get(wave, "0"))) for each in found["platform.yaml"]] + [
        (each["kind"], int(each["metadata"]["annotations"].get(wave, "0"))) for each in found["workspaces/etl.yaml"]
    ]
    assert waves == [("AppProject", -2), ("Application", -1), ("AppProject", -2), ("Application", 0)]


def test_the_order_of_what_is_given_does_not_matter() -> None:
    some = [facts("a"), facts("b"), facts("c")]
    assert made("", "", *some) == made("", "", *reversed(some))


def test_what_reaches_beyond_a_deployment_needs_the_environments_word() -> None:
    volume = ObjectName("", "PersistentVolume", "stargit-daily-dags")
    foreign = ObjectName("", "Namespace", "kube-system")
    own = ObjectName("", "Namespace", "stargit-daily")
    daily = facts("daily", cluster=(foreign, own, volume))
    loaded = state("clusterKinds: [{kind: PersistentVolume}]\n")
    with pytest.raises(ProblemsError) as raised:
        argocd_objects(loaded, daily)
    assert [str(each) for each in raised.value.problems] == [
        "environments/dev/workspaces/etl/deployments/daily.yaml:1:1: Namespace 'kube-system' is in no namespace, and so"
        " reaches beyond this deployment\n"
        "  allowed: its own Namespace, and the kinds that 'gitops.clusterKinds' of environment.yaml has\n"
        "  hint: whoever looks after the environment can add the kind there"
    ]
    found = made("clusterKinds: [{kind: PersistentVolume}]\n", "", facts("daily", cluster=(own, volume)))
    assert one(found, "AppProject")["spec"]["clusterResourceWhitelist"] == [
        {"group": "", "kind": "Namespace", "name": "stargit-daily"},
        {"group": "", "kind": "PersistentVolume", "name": "stargit-daily-dags"},
    ]


def test_lists_are_sorted_whatever_labels_and_namespaces_are() -> None:
    namespace = ObjectName("", "Namespace", "z-namespace")
    one_first = replace(facts("a", cluster=(namespace,)), label="Z", namespace=namespace.name)
    found = made("", "description: Extracts of the night.\n", replace(facts("b"), label="A"), one_first)
    project, *applications = found["workspaces/etl.yaml"]
    assert [each["metadata"]["name"] for each in applications] == ["dev-a", "dev-b"]
    assert [each["namespace"] for each in project["spec"]["destinations"]] == ["stargit-b", "z-namespace"]
    assert project["spec"]["description"] == "Extracts of the night."


def test_a_window_for_a_deployment_that_is_not_there_is_told() -> None:
    window = "{kind: deny, schedule: '0 1 * * *', duration: 1h, deployments: [daily, dayly]}"
    loaded = state("", f"argocd:\n  syncWindows:\n    - {window}\n")
    with pytest.raises(ProblemsError) as raised:
        argocd_objects(loaded, facts("daily"))
    assert [str(each) for each in raised.value.problems] == [
        f"{WORKSPACE_FILE}:5:78: argocd.syncWindows[0].deployments[1]:"
        " there is no deployment 'dayly' in this workspace\n"
        "  allowed: release names of the workspace's deployments\n"
        "  hint: did you mean 'daily'?"
    ]
