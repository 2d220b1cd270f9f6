"""What an administrator applies once: by real `kubectl`, once more, and with the rights that it gives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.argocd.health import of_jobs
from tests.cluster.api import APPLICATIONS, Api, ApiError, Object
from tests.cluster.harness import Cluster
from tests.cluster.small_fleet import Fleet, fleet

WRITING = ("create", "update", "patch", "delete")
#: Anybody who is known may ask what he may do (the role `system:basic-user` of Kubernetes).
ASKING = {"selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"}
SETTINGS = "/api/v1/namespaces/argocd/configmaps/argocd-cm"


@pytest.fixture(scope="module")
def installed(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("installed") / "gitops"
    # So the policies are about accounts of deployments alone; tests/cluster/test_guarding.py has those about everybody.
    with fleet(cluster, folder, "inst", bootstrapFrom="deployments") as made:
        made.workspace("team")
        made.deployment("team", "daily")
        # It is for the last test, and stands still meanwhile.
        made.deployment(
            "team", "broken", {"migrateDatabaseJob": {"podAnnotations": {"test.cluster/fate": "pull-error"}}}
        )
        made.begin(("inst", "inst-daily"))
        yield made


def versions(made: Fleet) -> dict[str, str]:
    """Of everything that is applied once: the version that each write makes another one. In an Application Argo CD
    writes a status every two minutes, so of that it is what people write."""
    found = {}
    for path in (
        "/api/v1/namespaces/inst",
        SETTINGS,
        "/api/v1/namespaces/inst/serviceaccounts/inst-commander",
        "/api/v1/namespaces/inst/serviceaccounts/inst-houston",
        "/apis/rbac.authorization.k8s.io/v1/clusterroles/stargit:inst:inst-commander:status",
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/stargit:inst:inst-commander:status",
        "/apis/rbac.authorization.k8s.io/v1/namespaces/argocd/roles/stargit:inst:inst-commander:status",
        "/apis/rbac.authorization.k8s.io/v1/namespaces/argocd/rolebindings/stargit:inst:inst-commander:status",
        "/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/inst",
        *made.policies(),
    ):
        found[path] = made.api.there(path)["metadata"]["resourceVersion"]
    application = made.api.there(f"{APPLICATIONS}/inst")
    named = {key: application["metadata"].get(key) for key in ("labels", "annotations", "finalizers")}
    (named["annotations"] or {}).pop("argocd.argoproj.io/refresh", None)
    found[f"{APPLICATIONS}/inst"] = json.dumps([application["spec"], named], sort_keys=True)
    return found


def test_the_second_time_changes_nothing_though_argo_cd_manages_it_by_now(installed: Fleet) -> None:
    before = versions(installed)
    said = installed.bootstrap()
    assert versions(installed) == before
    assert len(said.splitlines()) == len(before)
    assert all(line.endswith("serverside-applied") for line in said.splitlines())


def test_of_argo_cds_own_settings_only_its_fields_are_owned(installed: Fleet) -> None:
    settings = installed.api.there(SETTINGS)
    (owned,) = [each for each in settings["metadata"]["managedFields"] if each["manager"] == "stargit"]
    assert set(owned["fieldsV1"]["f:data"]) == {
        "f:application.resourceTrackingMethod",
        "f:resource.customizations.health.batch_Job",
    }
    installed.api.merge(SETTINGS, {"data": {"of.somebody.else": "stays"}})
    installed.bootstrap()
    assert installed.api.there(SETTINGS)["data"]["of.somebody.else"] == "stays"
    installed.api.merge(SETTINGS, {"data": {"of.somebody.else": None}})


def test_a_second_environment_in_the_cluster_leaves_the_first_as_it_is(
    installed: Fleet, cluster: Cluster, tmp_path: Path
) -> None:
    before = versions(installed)
    with fleet(cluster, tmp_path / "gitops", "inst-two") as second:
        second.workspace("team")
        second.begin()
        assert versions(installed) == before
        assert set(second.applications()) == {"inst-two"}
    assert versions(installed) == before


def test_another_repository_does_not_take_over_a_root_of_the_same_name(installed: Fleet) -> None:
    """Argo CD owns its own root by now, and Kubernetes gives no field to a second owner who wants it to be else."""
    before = versions(installed)
    text = installed.bootstrap_text()
    source = installed.api.there(f"{APPLICATIONS}/inst")["spec"]["source"]["repoURL"].encode()
    assert source in text
    done = installed.kubectl_apply(text.replace(source, b"https://git.example.com/another.git"))
    assert done.returncode != 0
    assert done.stderr.decode().count('conflict with "argocd-controller"') == 2
    assert ".spec.source.repoURL" in done.stderr.decode()
    assert versions(installed) == before


def caller(made: Fleet, account: str) -> Api:
    """The API as a service account of the namespace `inst` meets it, by a token that Kubernetes gives it."""
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}}
    answer = made.api.call("POST", f"/api/v1/namespaces/inst/serviceaccounts/{account}/token", asked)
    return Api(made.cluster.api, answer["status"]["token"], made.cluster.ca)


def rules(api: Api, namespace: str) -> list[tuple[str, str, str]]:
    """Verb, group and resource of what the caller may do in a namespace, as `kubectl auth can-i --list` shows it."""
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": namespace},
    }
    status = api.call("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", review)["status"]
    assert not status["incomplete"]
    return [
        (verb, group, resource)
        for rule in status["resourceRules"]
        for verb in rule["verbs"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        if resource not in ASKING
    ]


def may(api: Api, account: str, verb: str, group: str, resource: str, namespace: str = "") -> bool:
    """Whether a service account of the namespace `inst` may do that, as `kubectl auth can-i --as` asks."""
    name, _, below = resource.partition("/")
    what = {"verb": verb, "group": group, "resource": name, "subresource": below, "namespace": namespace}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": f"system:serviceaccount:inst:{account}",
            "groups": ["system:serviceaccounts", "system:serviceaccounts:inst", "system:authenticated"],
            "resourceAttributes": what,
        },
    }
    return bool(api.call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)["status"]["allowed"])


def resources(api: Api) -> list[tuple[str, str]]:
    """Group and name of all that the API server has, also what is behind a name: `pods/log`."""
    groups = [("", "/api/v1")]
    for group in api.there("/apis")["groups"]:
        groups += [(group["name"], f"/apis/{version['groupVersion']}") for version in group["versions"]]
    return sorted({(group, each["name"]) for group, path in groups for each in api.there(path)["resources"]})


@pytest.mark.parametrize("account", ["inst-commander", "inst-houston"])
def test_commander_and_houston_can_write_nothing(installed: Fleet, account: str) -> None:
    api = caller(installed, account)
    for namespace in ("default", "argocd", "inst", "inst-daily", "kube-system"):
        allowed = rules(api, namespace)
        assert {verb for verb, _, _ in allowed} <= {"get", "list", "watch"}
        assert bool(allowed) == (account == "inst-commander")
    everything = resources(installed.api)
    assert ("argoproj.io", "applications") in everything
    assert len(everything) > 80
    asked = [(verb, *each) for each in everything if each[1] not in ASKING for verb in WRITING]
    assert [each for each in asked if may(installed.api, account, *each)] == []


@pytest.mark.parametrize("account", ["inst-commander", "inst-houston"])
@pytest.mark.parametrize("what", ["secrets", "configmaps", "pods/log", "pods/exec", "serviceaccounts/token"])
def test_nothing_that_may_be_secret_can_be_read(installed: Fleet, account: str, what: str) -> None:
    for namespace in ("", "argocd", "inst", "inst-daily", "kube-system"):
        assert not any(may(installed.api, account, verb, "", what, namespace) for verb in ("get", "list", "watch"))


def test_commander_reads_what_tells_the_status_and_houston_does_not(installed: Fleet) -> None:
    wanted = [
        ("argoproj.io", "applications", "argocd"),
        ("argoproj.io", "appprojects", "argocd"),
        *(("", each, "inst-daily") for each in ("pods", "events")),
        *(("apps", each, "inst-daily") for each in ("deployments", "statefulsets")),
        ("batch", "jobs", "inst-daily"),
    ]
    for group, resource, namespace in wanted:
        for verb in ("get", "list", "watch"):
            assert may(installed.api, "inst-commander", verb, group, resource, namespace), resource
            assert not may(installed.api, "inst-houston", verb, group, resource, namespace), resource
    assert not may(installed.api, "inst-commander", "list", "argoproj.io", "applications", "inst-daily")


def test_a_token_of_commander_opens_as_much_as_that(installed: Fleet) -> None:
    commander = caller(installed, "inst-commander")
    assert "inst" in {each["metadata"]["name"] for each in commander.list(APPLICATIONS)}
    assert commander.list("/api/v1/namespaces/inst-daily/pods")
    for method, path, body in (
        ("GET", "/api/v1/namespaces/argocd/secrets/argocd-secret", None),
        ("PATCH", f"{APPLICATIONS}/inst", {"metadata": {"annotations": {"a": "b"}}}),
        ("DELETE", "/api/v1/namespaces/inst-daily", None),
    ):
        with pytest.raises(ApiError) as caught:
            commander.call(method, path, body, "application/merge-patch+json")
        assert caught.value.status == 403


def pod(**spec: Any) -> Object:
    """One that the namespace of a deployment takes."""
    container = {
        "name": "base",
        "image": "example.com/x:1",
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "resources": {each: {"cpu": "10m", "memory": "16Mi"} for each in ("requests", "limits")},
    }
    security = {"runAsNonRoot": True, "runAsUser": 50000, "seccompProfile": {"type": "RuntimeDefault"}}
    own = {"securityContext": security, "containers": [{**container, **spec.pop("container", {})}], **spec}
    if "initContainers" in own:
        own["initContainers"] = [{**container, "name": "init", **each} for each in own["initContainers"]]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "task-"}, "spec": own}


def with_secret(name: str) -> list[Object]:
    """Pods that have a Secret, in all ways that there are."""
    variable = {"name": "URL", "valueFrom": {"secretKeyRef": {"name": name, "key": "connection"}}}
    plain = {"name": "PLAIN", "value": "x"}
    return [
        pod(container={"env": [plain, variable]}),
        pod(container={"envFrom": [{"configMapRef": {"name": "x"}}, {"secretRef": {"name": name}}]}),
        pod(initContainers=[{"env": [variable]}]),
        pod(volumes=[{"name": "a", "emptyDir": {}}, {"name": "it", "secret": {"secretName": name}}]),
        pod(volumes=[{"name": "it", "projected": {"sources": [{"secret": {"name": name}}]}}]),
    ]


@pytest.fixture
def dag(installed: Fleet) -> Api:
    """A task of a DAG: an account of the deployment that makes pods, as with the Kubernetes executor."""
    group = "/apis/rbac.authorization.k8s.io/v1/namespaces/inst-daily"
    rule = {"apiGroups": [""], "resources": ["pods", "pods/exec"], "verbs": ["create", "get"]}
    role = {"metadata": {"name": "launcher"}, "rules": [rule]}
    binding = {
        "metadata": {"name": "launcher"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "launcher"},
        "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": "inst-daily"}],
    }
    for plural, body in (("roles", role), ("rolebindings", binding)):
        installed.api.delete(f"{group}/{plural}/launcher")
        installed.api.call("POST", f"{group}/{plural}", body)
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}}
    answer = installed.api.call("POST", "/api/v1/namespaces/inst-daily/serviceaccounts/default/token", asked)
    return Api(installed.cluster.api, answer["status"]["token"], installed.cluster.ca)


def test_a_dag_s_pods_do_not_get_the_administrator_s_secret(installed: Fleet, dag: Api) -> None:
    path = "/api/v1/namespaces/inst-daily/pods?dryRun=All"
    refused = [*with_secret("postgres-admin"), pod(serviceAccountName="daily-bootstrap")]
    for each in refused:
        with pytest.raises(ApiError, match="only the bootstrap job") as caught:
            dag.call("POST", path, each)
        assert caught.value.status == 403
        # Whoever administers the cluster may.
        assert installed.api.call("POST", path, each)["spec"]
    for each in [*with_secret("daily-metadata"), pod()]:
        assert dag.call("POST", path, each)["spec"]


def test_the_bootstrap_job_s_own_pod_has_it_and_nobody_of_the_deployment_looks_into_it(
    installed: Fleet, dag: Api
) -> None:
    pods = installed.api.list("/api/v1/namespaces/inst-daily/pods", labelSelector="component=bootstrap")
    assert pods, "the Job's controller makes it"
    name = pods[0]["metadata"]["name"]
    with pytest.raises(ApiError, match="nobody looks into the bootstrap job's pod") as caught:
        dag.call("POST", f"/api/v1/namespaces/inst-daily/pods/{name}/exec?command=env&stdout=true")
    assert caught.value.status == 403
    other = installed.api.list("/api/v1/namespaces/inst-daily/pods", labelSelector="component=scheduler")[0]
    with pytest.raises(ApiError) as caught:
        dag.call("POST", f"/api/v1/namespaces/inst-daily/pods/{other['metadata']['name']}/exec?command=env&stdout=true")
    assert "nobody looks" not in str(caught.value)


def test_a_commit_mends_a_job_whose_image_cannot_be_pulled(installed: Fleet) -> None:
    """Without the settings of Argo CD that are applied once, its sync would wait for the Job for ever."""
    application = f"{APPLICATIONS}/inst-broken"
    installed.until("the Job has no pod that runs", "/apis/batch/v1/namespaces/inst-broken/jobs", _waits)
    assert phase(installed.api.there(application)) == "Running"
    installed.api.merge(SETTINGS, {"data": {"resource.customizations.health.batch_Job": of_jobs(1)}})
    try:
        installed.deployment("team", "broken")
        installed.change()
    finally:
        installed.api.merge(SETTINGS, {"data": {"resource.customizations.health.batch_Job": of_jobs()}})
    jobs = installed.listed("broken", "batch/v1/jobs")
    assert len(jobs) == 2, "the Job that could not run is gone"
    assert all(each["status"].get("succeeded") == 1 for each in jobs.values())


def _waits(found: dict[Any, Object]) -> bool:
    jobs = [each for (_, name), each in found.items() if "migrations" in name]
    return any(each.get("status", {}).get("active") and not each["status"].get("ready") for each in jobs)


def phase(application: Object) -> str:
    return str(application["status"]["operationState"]["phase"])
