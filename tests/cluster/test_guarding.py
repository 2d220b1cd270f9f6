"""The administrator's Secret of the bootstrap jobs, before a real API server: each way to it that whoever writes files,
makes pods or has rights in the cluster could go, and that what is right goes on."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from generator.airflow.chart import airflow_chart
from generator.dialect import Release
from tests.cluster.api import Api, ApiError, Object
from tests.cluster.harness import Cluster
from tests.cluster.small_fleet import Fleet, fleet
from tests.support.contexts import CONTEXTS

SECRET = "postgres-admin"
PODS = "/api/v1/namespaces/guard-daily/pods"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
RIGHTS = f"{RBAC}/namespaces/guard-daily"
KEPT = "only the bootstrap job has the Secret"
VARIABLE = {"name": "URL", "valueFrom": {"secretKeyRef": {"name": SECRET, "key": "connection"}}}
TRACKED = {"argocd.argoproj.io/tracking-id": "guard-daily:x/y:guard-daily/z"}


@pytest.fixture(scope="module")
def guarded(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A deployment that Argo CD brought to the cluster with the policies there, its bootstrap job too."""
    with fleet(cluster, tmp_path_factory.mktemp("guarded") / "gitops", "guard") as made:
        made.workspace("team")
        made.deployment("team", "daily")
        made.begin()
        yield made


@pytest.fixture(scope="module")
def api(guarded: Fleet) -> Api:
    """Whoever administers the cluster."""
    return guarded.api


def token_of(fleet: Fleet, namespace: str, account: str) -> Api:
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}}
    answer = fleet.api.call("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token", asked)
    return Api(fleet.cluster.api, answer["status"]["token"], fleet.cluster.ca)


@pytest.fixture(scope="module")
def argo(guarded: Fleet) -> Iterator[Api]:
    """Argo CD as it is in another cluster after `argocd cluster add`: an account of kube-system that may everything."""
    name = "argocd-manager"
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": "kube-system"}}
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": "kube-system"}],
    }
    for each in (account, binding):
        guarded.api.apply(each)
    yield token_of(guarded, "kube-system", name)
    guarded.api.delete(f"{RBAC}/clusterrolebindings/{name}")
    guarded.api.delete(f"/api/v1/namespaces/kube-system/serviceaccounts/{name}")


def made_by_the_job(api: Api) -> Object:
    (found,) = api.list(PODS, labelSelector="component=bootstrap")
    return found


@pytest.fixture
def own(api: Api) -> Object:
    """The bootstrap job's pod as its controller makes it."""
    found = copy.deepcopy(made_by_the_job(api))
    del found["spec"]["nodeName"], found["status"]
    metadata = found["metadata"]
    # One more of the same Job.
    kept = {"name": metadata["name"][:-5] + "zzzzz", "labels": metadata["labels"]}
    return {**found, "metadata": kept}


def try_pod(api: Api, pod: Object) -> Object:
    return api.call("POST", f"{PODS}?dryRun=All", pod)


def refused(words: str, call: Callable[..., Any], *arguments: Any, **more: Any) -> None:
    with pytest.raises(ApiError, match=words) as caught:
        call(*arguments, **more)
    assert caught.value.status == 403


def test_argo_cd_brought_a_job_whose_pod_has_the_secret(guarded: Fleet, api: Api, own: Object) -> None:
    jobs = guarded.listed("daily", "batch/v1/jobs")
    (job,) = [each for name, each in jobs.items() if "-bootstrap-" in name]
    assert job["status"]["succeeded"] == 1
    assert SECRET in str(made_by_the_job(api)["spec"])
    assert try_pod(api, own)["spec"]


def test_the_second_time_changes_nothing(guarded: Fleet, api: Api) -> None:
    def versions() -> dict[str, str]:
        return {path: api.there(path)["metadata"]["resourceVersion"] for path in guarded.policies()}

    before = versions()
    assert len(before) == 8
    guarded.bootstrap()
    assert versions() == before


def test_kubernetes_has_no_warning_about_an_expression(guarded: Fleet, api: Api) -> None:
    """It looks for fields that kinds do not have, where a rule names versions; of all kinds it knows no fields."""
    policies = [api.there(path) for path in guarded.policies() if "bindings" not in path]
    named = [
        each for each in policies
        if all("*" not in rule["apiVersions"] for rule in each["spec"]["matchConstraints"]["resourceRules"])
    ]  # fmt: skip
    assert [each["metadata"]["name"].rpartition(".")[2] for each in named] == ["exec", "pods", "rights"]
    for each in policies:
        status = each["status"]
        assert (status["observedGeneration"], status["typeChecking"]) == (each["metadata"]["generation"], {})


def test_a_dag_s_pods_do_not_run_as_the_bootstrap_job(guarded: Fleet, api: Api) -> None:
    rule = {"apiGroups": [""], "resources": ["pods"], "verbs": ["create"]}
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "any", "namespace": "guard-daily"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "any"},
        "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": "guard-daily"}],
    }
    for each in (role(rule), binding):
        api.apply(each)
    dag = token_of(guarded, "guard-daily", "default")
    refused("only the bootstrap job runs as its", try_pod, dag, plain(serviceAccountName="daily-bootstrap"))
    refused(KEPT, try_pod, dag, with_secret(SECRET)["a variable"])
    assert try_pod(dag, plain())["spec"]
    for plural in ("roles", "rolebindings"):
        api.delete(f"{RIGHTS}/{plural}/any")


@pytest.mark.parametrize("context", CONTEXTS)
def test_nothing_that_the_chart_makes_is_refused(argo: Api, context: Object) -> None:
    """With much switched on, as Argo CD applies it."""
    chart = airflow_chart()
    own = {"bootstrap": {**context.get("bootstrap", {}), "adminSecretName": SECRET}}
    files = chart.render(chart.effective({**context, **own}), Release("daily", "guard-daily"))
    made = [each for documents in files.values() for each in documents if argo.namespaced(each)]
    assert {"Job", "Role", "RoleBinding"} <= {each["kind"] for each in made}
    for each in made:
        each["metadata"].setdefault("annotations", {}).update(TRACKED)
        # What is there already is another one, and not of today's subject.
        each["metadata"]["name"] = f"tried-{each['metadata']['name']}"
        assert argo.apply(each, "guard-daily", dry_run=True)["kind"] == each["kind"]


def in_container(field: str, value: Any) -> Callable[[Object], None]:
    def change(pod: Object) -> None:
        pod["spec"]["containers"][0][field] = value

    return change


def in_spec(field: str, value: Any) -> Callable[[Object], None]:
    def change(pod: Object) -> None:
        pod["spec"][field] = value

    return change


def with_variable(variable: Object, *, first: bool = False) -> Callable[[Object], None]:
    def change(pod: Object) -> None:
        env = pod["spec"]["containers"][0]["env"]
        pod["spec"]["containers"][0]["env"] = [variable, *env] if first else [*env, variable]

    return change


def with_plan(old: str, new: str) -> Callable[[Object], None]:
    def change(pod: Object) -> None:
        (plan,) = [e for e in pod["spec"]["containers"][0]["env"] if e["name"] == "BOOTSTRAP_PLAN"]
        assert old in plan["value"]
        plan["value"] = plan["value"].replace(old, new, 1)

    return change


def of_variable(name: str, value: Object) -> Callable[[Object], None]:
    def change(pod: Object) -> None:
        env = pod["spec"]["containers"][0]["env"]
        pod["spec"]["containers"][0]["env"] = [{"name": name, **value} if e["name"] == name else e for e in env]

    return change


def of_volume(volume: Object) -> Callable[[Object], None]:
    """What is mounted at /tmp is this."""

    def change(pod: Object) -> None:
        mounted = {each["mountPath"]: each["name"] for each in pod["spec"]["containers"][0]["volumeMounts"]}
        volumes = [each for each in pod["spec"]["volumes"] if each["name"] != mounted["/tmp"]]
        pod["spec"]["volumes"] = [*volumes, {"name": mounted["/tmp"], **volume}]

    return change


def from_annotation(path: str, field: str) -> Object:
    return {"projected": {"sources": [{"downwardAPI": {"items": [{"path": path, "fieldRef": {"fieldPath": field}}]}}]}}


def with_mount(**more: Any) -> Callable[[Object], None]:
    def change(pod: Object) -> None:
        pod["spec"]["containers"][0]["volumeMounts"][0].update(more)

    return change


def with_another_container(pod: Object) -> None:
    first = pod["spec"]["containers"][0]
    pod["spec"]["containers"].append({**first, "name": "beside", "env": []})


def with_an_init_container(pod: Object) -> None:
    first = pod["spec"]["containers"][0]
    pod["spec"]["initContainers"] = [{**first, "name": "before", "env": []}]


def with_a_name(name: str) -> Callable[[Object], None]:
    def change(pod: Object) -> None:
        pod["metadata"]["name"] = name

    return change


PLAN_URL = '"secrets":{"x":{"k":{"url":"%s"}},'
NOT_THE_JOB_S = {
    "another image": in_container("image", "example.com/evil:1"),
    "the image with another tag": in_container("image", "stargit/bootstrapper:0.1.1"),
    "the image with a quote": in_container("image", "stargit/bootstrapper:0.1.0' || true || 'x"),
    "a command": in_container("command", ["sh", "-c", "env"]),
    "arguments": in_container("args", ["--help"]),
    "a hook": in_container("lifecycle", {"preStop": {"exec": {"command": ["env"]}}}),
    "a probe": in_container("startupProbe", {"exec": {"command": ["env"]}}),
    "a folder to start in": in_container("workingDir", "/tmp"),
    "a message read from elsewhere": in_container("terminationMessagePath", "/proc/1/environ"),
    "variables from a ConfigMap": in_container("envFrom", [{"configMapRef": {"name": "x"}}]),
    "a library to load": with_variable({"name": "LD_PRELOAD", "value": "/tmp/x.so"}),
    "Python's path": with_variable({"name": "PYTHONPATH", "value": "/tmp"}),
    "libpq's settings": with_variable({"name": "PGSSLMODE", "value": "disable"}),
    "an API server": with_variable({"name": "KUBERNETES_SERVICE_HOST", "value": "10.0.0.1"}),
    "the URL under another name": with_variable(VARIABLE),
    "the URL as the certificate, which goes into a Secret": with_variable({**VARIABLE, "name": "BOOTSTRAP_SERVER_CA"}),
    "a server of one's own beside it": with_variable({"name": "BOOTSTRAP_SERVER_URL", "value": "postgresql://a:b@c/d"}),
    "another key of the Secret": of_variable(
        "BOOTSTRAP_SERVER_URL", {"valueFrom": {"secretKeyRef": {"name": SECRET, "key": "other"}}}
    ),
    "a plan out of a ConfigMap": of_variable(
        "BOOTSTRAP_PLAN", {"valueFrom": {"configMapKeyRef": {"name": "x", "key": "plan"}}}
    ),
    "a plan that copies the URL": with_plan('"secrets":{', PLAN_URL % f"${{{SECRET}/connection}}"),
    "a plan that writes it in numbers": with_plan('"secrets":{', PLAN_URL % "${\\u0070ostgres-admin/connection}"),
    "a plan that Kubernetes fills in": with_plan('"secrets":{', PLAN_URL % "$(BOOTSTRAP_SERVER_URL)"),
    "a plan of another namespace": with_plan('"namespace":"guard-daily"', '"namespace":"guard-other"'),
    "the namespace elsewhere in the plan": with_plan(
        '"namespace":"guard-daily","release":"daily",',
        '"namespace":"guard-other","release":"other","rotate":{"words":{"namespace":"guard-daily","release":"daily"}},',
    ),
    "another container": with_another_container,
    "an init container": with_an_init_container,
    "processes of all containers": in_spec("shareProcessNamespace", True),
    "another address of the server": in_spec("hostAliases", [{"ip": "10.0.0.1", "hostnames": ["db.example.com"]}]),
    "another DNS": in_spec("dnsConfig", {"nameservers": ["10.0.0.1"]}),
    "a name in DNS": in_spec("subdomain", "x"),
    "another account": in_spec("serviceAccountName", "daily-scheduler"),
    "a login out of the Secret": in_spec("imagePullSecrets", [{"name": SECRET}]),
    "variables of the namespace's Services": in_spec("enableServiceLinks", True),
    "such variables, as is the default": in_spec("enableServiceLinks", None),
    "the program replaced": of_volume({"configMap": {"name": "x"}}),
    "a volume over the program": with_mount(mountPath="/usr/lib/python3"),
    "a path with the URL in it": with_mount(subPathExpr="$(BOOTSTRAP_SERVER_URL)"),
    "the Secret as files, too": of_volume({"secret": {"secretName": SECRET}}),
    "another authority of the API server": of_volume({"projected": {"sources": [{"configMap": {"name": "mine"}}]}}),
    "an authority out of the pod's annotations": of_volume(from_annotation("ca.crt", "metadata.annotations['x']")),
    "a namespace out of the pod's annotations": of_volume(from_annotation("namespace", "metadata.annotations['x']")),
    "a name into which one may look": with_a_name("other-abcde"),
}


@pytest.mark.parametrize("way", NOT_THE_JOB_S)
def test_a_pod_that_is_not_quite_the_job_s_is_refused_whoever_makes_it(
    api: Api, argo: Api, own: Object, way: str
) -> None:
    before = copy.deepcopy(own)
    NOT_THE_JOB_S[way](own)
    assert own != before
    if way == "another account":
        # Kubernetes' older name of the same.
        own["spec"].pop("serviceAccount", None)
    for caller in (api, argo):
        with pytest.raises(ApiError) as caught:
            try_pod(caller, own)
        assert caught.value.status == 403
        assert KEPT in str(caught.value)


COPIES = '"copies"%s{"x":{"keys":["a"],"namespace":"airflow","secret":"%s"}},'


@pytest.mark.parametrize("secret", ["registry", SECRET])
@pytest.mark.parametrize("behind", ["{", '"release":"daily",'])
@pytest.mark.parametrize("colon", [":", " : "])
def test_its_plan_has_no_copies_wherever_they_stand(
    api: Api, own: Object, secret: str, behind: str, colon: str
) -> None:
    with_plan(behind, behind + COPIES % (colon, secret))(own)
    refused("its plan is for its own namespace, and has no copies", try_pod, api, own)


def test_its_plan_may_make_what_is_called_copies(api: Api, own: Object) -> None:
    with_plan('"database":{', '"database":{"schemas":["copies"],')(own)
    assert try_pod(api, own)["spec"]


@pytest.mark.parametrize("way", ["another image", "a hook", "a plan that copies the URL", "another DNS"])
def test_such_a_job_is_refused_when_it_is_made(api: Api, argo: Api, way: str) -> None:
    (found,) = [
        each
        for each in api.list("/apis/batch/v1/namespaces/guard-daily/jobs")
        if "-bootstrap-" in each["metadata"]["name"]
    ]
    spec = {"template": {"spec": found["spec"]["template"]["spec"]}}
    job: Object = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "daily-bootstrap-0123456789", "namespace": "guard-daily"},
        "spec": copy.deepcopy(spec),
    }
    assert argo.apply(job, dry_run=True)["spec"]
    NOT_THE_JOB_S[way](job["spec"]["template"])
    refused(KEPT, argo.apply, job, dry_run=True)
    job["metadata"]["name"], job["spec"] = "any", copy.deepcopy(spec)
    refused("a Job '<release>-bootstrap-<hash>' and its pods", argo.apply, job, dry_run=True)


def plain(**spec: Any) -> Object:
    """A pod that the namespace takes."""
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
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "any"}, "spec": own}


def with_secret(name: str) -> dict[str, Object]:
    """Pods that have a Secret, in all ways that there are."""
    variable = {"name": "URL", "valueFrom": {"secretKeyRef": {"name": name, "key": "connection"}}}
    csi = {"driver": "x.example.com", "nodePublishSecretRef": {"name": name}}
    return {
        "a variable": plain(container={"env": [{"name": "PLAIN", "value": "x"}, variable]}),
        "all keys": plain(container={"envFrom": [{"configMapRef": {"name": "x"}}, {"secretRef": {"name": name}}]}),
        "before": plain(initContainers=[{"env": [variable]}]),
        "files": plain(volumes=[{"name": "a", "emptyDir": {}}, {"name": "it", "secret": {"secretName": name}}]),
        "projected": plain(volumes=[{"name": "it", "projected": {"sources": [{"secret": {"name": name}}]}}]),
        "csi": plain(volumes=[{"name": "it", "csi": csi}]),
        "azure": plain(volumes=[{"name": "it", "azureFile": {"secretName": name, "shareName": "x"}}]),
        "cephfs": plain(volumes=[{"name": "it", "cephfs": {"monitors": ["x"], "secretRef": {"name": name}}}]),
        "flex": plain(volumes=[{"name": "it", "flexVolume": {"driver": "a/b", "secretRef": {"name": name}}}]),
        "login": plain(imagePullSecrets=[{"name": name}]),
    }


@pytest.mark.parametrize("way", with_secret(""))
def test_no_other_pod_has_the_secret_whoever_makes_it(api: Api, argo: Api, way: str) -> None:
    # Pod Security refuses some volumes before; it lets templates of pods be made.
    make = template_of if way in ("azure", "cephfs", "flex") else try_pod
    for caller in (api, argo):
        refused(KEPT, make, caller, with_secret(SECRET)[way])
    assert make(argo, with_secret("daily-metadata")[way])["metadata"]


def template_of(api: Api, pod: Object) -> Object:
    head = {"name": "any", "namespace": "guard-daily"}
    template = {"apiVersion": "v1", "kind": "PodTemplate", "metadata": head, "template": {"spec": pod["spec"]}}
    return api.apply(template, dry_run=True)


def workloads(name: str) -> list[Object]:
    """What would make pods, though none runs: an operator may read the variables here."""
    pod = with_secret(name)["a variable"]["spec"]
    template = {"metadata": {"labels": {"a": "b"}}, "spec": pod}
    once = {"metadata": {}, "spec": {**pod, "restartPolicy": "Never"}}
    select = {"matchLabels": {"a": "b"}}
    bodies: list[tuple[str, str, Object]] = [
        ("apps/v1", "Deployment", {"spec": {"replicas": 0, "selector": select, "template": template}}),
        ("apps/v1", "StatefulSet", {"spec": {"serviceName": "x", "selector": select, "template": template}}),
        ("apps/v1", "ReplicaSet", {"spec": {"replicas": 0, "selector": select, "template": template}}),
        ("apps/v1", "DaemonSet", {"spec": {"selector": select, "template": template}}),
        ("v1", "ReplicationController", {"spec": {"selector": {"a": "b"}, "template": template}}),
        ("v1", "PodTemplate", {"template": template}),
        ("batch/v1", "CronJob", {"spec": {"schedule": "@daily", "jobTemplate": {"spec": {"template": once}}}}),
        ("batch/v1", "Job", {"spec": {"template": once}}),
    ]
    return [
        {"apiVersion": version, "kind": kind, "metadata": {"name": "any", "namespace": "guard-daily"}, **body}
        for version, kind, body in bodies
    ]


def test_no_workload_names_the_secret(argo: Api) -> None:
    for each in workloads(SECRET):
        refused(KEPT, argo.apply, each, dry_run=True)
    for each in workloads("daily-metadata"):
        assert argo.apply(each, dry_run=True)["kind"] == each["kind"]


def test_nobody_gets_into_the_bootstrap_job_s_pod(api: Api, argo: Api) -> None:
    name = made_by_the_job(api)["metadata"]["name"]
    for caller in (api, argo):
        for below in ("exec?command=env&stdout=true", "attach?stdout=true"):
            for method in ("GET", "POST"):
                refused("nobody looks into the bootstrap job's pod", caller.call, method, f"{PODS}/{name}/{below}")
    other = api.list(PODS, labelSelector="component=scheduler")[0]["metadata"]["name"]
    with pytest.raises(ApiError) as caught:
        api.call("POST", f"{PODS}/{other}/exec?command=env&stdout=true")
    assert "nobody looks" not in str(caught.value)


def test_no_debugging_container_has_the_secret_or_is_in_that_pod(api: Api) -> None:
    own = made_by_the_job(api)["metadata"]["name"]
    other = api.list(PODS, labelSelector="component=scheduler")[0]["metadata"]["name"]
    container = {k: v for k, v in plain()["spec"]["containers"][0].items() if k != "resources"}

    def debug(pod: str, **more: Any) -> Object:
        change = {"spec": {"ephemeralContainers": [{**container, "name": "debug", **more}]}}
        path = f"{PODS}/{pod}/ephemeralcontainers?dryRun=All"
        return api.call("PATCH", path, change, "application/strategic-merge-patch+json")

    assert debug(other)["spec"]["ephemeralContainers"]
    refused(KEPT, debug, other, env=[VARIABLE])
    refused(KEPT, debug, other, envFrom=[{"secretRef": {"name": SECRET}}])
    refused(KEPT, debug, own)


def test_another_image_is_not_put_into_the_pod_later(api: Api) -> None:
    path = f"{PODS}/{made_by_the_job(api)['metadata']['name']}?dryRun=All"
    change = {"spec": {"containers": [{"name": "bootstrap", "image": "example.com/evil:1"}]}}
    refused(KEPT, api.call, "PATCH", path, change, "application/strategic-merge-patch+json")
    assert api.call("PATCH", path, {"metadata": {"labels": {"a": "b"}}}, "application/merge-patch+json")["spec"]


def test_pods_from_before_the_policies_can_end(api: Api) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "guard-older"}}
    api.apply(namespace)
    try:
        pod = {**with_secret(SECRET)["a variable"], "metadata": {"name": "old", "finalizers": ["example.com/counts"]}}
        pods = "/api/v1/namespaces/guard-older/pods"
        api.until("the account of pods", "/api/v1/namespaces/guard-older/serviceaccounts", bool, 30)
        api.call("POST", pods, pod)
        api.apply({**namespace, "metadata": {"name": "guard-older", "labels": {"platform": "guard"}}})
        api.delete(f"{pods}/old")
        change = {"spec": {"containers": [{"name": "base", "image": "example.com/x:2"}]}}
        refused(KEPT, api.call, "PATCH", f"{pods}/old", change, "application/strategic-merge-patch+json")
        api.merge(f"{pods}/old", {"metadata": {"finalizers": None}})
        api.until("the pod is gone", pods, lambda found: not found, 60)
    finally:
        api.delete("/api/v1/namespaces/guard-older")


def role(*rules: Object, **metadata: Any) -> Object:
    head = {"name": "any", "namespace": "guard-daily", **metadata}
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": head, "rules": list(rules)}


def secrets(*verbs: str, **more: Any) -> Object:
    return {"apiGroups": [""], "resources": ["secrets"], "verbs": list(verbs), **more}


READERS = {
    "get": secrets("get"),
    "list": secrets("list"),
    "watch": secrets("watch"),
    "all verbs": secrets("*"),
    "patch, which is answered with it": secrets("patch"),
    "delete all, which is answered with them": secrets("deletecollection"),
    "by its name": secrets("get", resourceNames=["daily-metadata", SECRET]),
    "all kinds": {"apiGroups": [""], "resources": ["*"], "verbs": ["get"]},
    "all groups": {"apiGroups": ["*"], "resources": ["configmaps", "secrets"], "verbs": ["get"]},
    "everything": {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
    "to be somebody else": {"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["impersonate"]},
    "to give more": {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"], "verbs": ["escalate"]},
    "to bind more": {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"], "verbs": ["bind"]},
}


@pytest.mark.parametrize("right", READERS)
def test_no_file_gives_a_role_that_reads_the_secret(api: Api, argo: Api, right: str) -> None:
    refused("a role in a deployment's namespace", argo.apply, role(READERS[right]), dry_run=True)
    # Argo CD in its own cluster may be no service account; it marks what it applies.
    refused("a role in a deployment's", api.apply, role(READERS[right], annotations=TRACKED), dry_run=True)
    # What people do by hand is theirs.
    assert api.apply(role(READERS[right]), dry_run=True)["rules"]


def test_roles_that_read_other_secrets_or_none_are_made(argo: Api) -> None:
    allowed = [
        secrets("create"),
        secrets("get", "update", resourceNames=["daily-metadata"]),
        {"apiGroups": [""], "resources": ["pods", "pods/exec", "configmaps"], "verbs": ["*"]},
        {"apiGroups": ["apps"], "resources": ["*"], "verbs": ["*"]},
    ]
    assert argo.apply(role(*allowed), dry_run=True)["rules"]


def test_no_file_binds_a_cluster_role_that_reads_secrets(api: Api, argo: Api) -> None:
    def binding(kind: str, name: str, **metadata: Any) -> Object:
        return {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "any", "namespace": "guard-daily", **metadata},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": "guard-daily"}],
        }

    for name in ("edit", "admin", "cluster-admin", "system:openshift:scc:privileged"):
        refused("no ClusterRole", argo.apply, binding("ClusterRole", name), dry_run=True)
        refused("no ClusterRole", api.apply, binding("ClusterRole", name, annotations=TRACKED), dry_run=True)
        assert api.apply(binding("ClusterRole", name), dry_run=True)["roleRef"]
    for kind, name in (("ClusterRole", "view"), ("ClusterRole", "system:image-puller"), ("Role", "any")):
        assert argo.apply(binding(kind, name), dry_run=True)["roleRef"]


def other(version: str, kind: str, spec: Object, **metadata: Any) -> Object:
    head = {"name": "any", "namespace": "guard-daily", **metadata}
    return {"apiVersion": version, "kind": kind, "metadata": head, "spec": spec}


@pytest.fixture(scope="module")
def push_secrets(guarded: Fleet) -> Iterator[None]:
    """A kind of External Secrets that Stargit's own manifests do not use."""
    free = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": free}}}
    version = {"name": "v1alpha1", "served": True, "storage": True, "schema": schema}
    names = {"plural": "pushsecrets", "singular": "pushsecret", "kind": "PushSecret"}
    name = "pushsecrets.external-secrets.io"
    path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}"
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": name},
        "spec": {"group": "external-secrets.io", "scope": "Namespaced", "names": names, "versions": [version]},
    }
    guarded.api.apply(definition)
    guarded.api.until(
        "the kind is served",
        "/apis/apiregistration.k8s.io/v1/apiservices",
        lambda found: ("", "v1alpha1.external-secrets.io") in found,
        30,
    )
    yield
    guarded.api.delete(path)


def test_no_operator_reads_the_secret_for_whoever_writes_its_objects(api: Api, argo: Api, push_secrets: None) -> None:
    store = {"secretStoreRef": {"name": "mine", "kind": "SecretStore"}}
    target = {"name": "copy", "template": {"templateFrom": [{"secret": {"name": SECRET, "items": []}}]}}
    push, keda, prometheus = "external-secrets.io/v1alpha1", "keda.sh/v1alpha1", "monitoring.coreos.com/v1"
    endpoint = {"port": "x", "basicAuth": {"password": {"name": SECRET, "key": "connection"}}}
    backend = {"defaultBackend": {"service": {"name": "x", "port": {"number": 80}}}}
    nginx = {"nginx.ingress.kubernetes.io/auth-secret": f"guard-daily/{SECRET}"}
    reading = [
        other("external-secrets.io/v1", "ExternalSecret", {**store, "target": target}),
        other(push, "PushSecret", {"selector": {"secret": {"name": SECRET}}}),
        other(push, "PushSecret", {"selector": {"secret": {"selector": {"matchLabels": {}}}}}),
        other(keda, "TriggerAuthentication", {"secretTargetRef": [{"parameter": "a", "name": SECRET, "key": "b"}]}),
        other(prometheus, "ServiceMonitor", {"selector": {}, "endpoints": [endpoint]}),
        other("networking.k8s.io/v1", "Ingress", backend, annotations=nginx),
    ]
    for each in reading:
        for caller in (api, argo):
            refused("only the bootstrap job|by labels", caller.apply, each, dry_run=True)


def test_what_makes_the_secret_and_what_is_about_others_goes_on(argo: Api, push_secrets: None) -> None:
    store = {"secretStoreRef": {"name": "vault", "kind": "ClusterSecretStore"}}
    data = [{"secretKey": "connection", "remoteRef": {"key": SECRET}}]
    marks = {**TRACKED, "argocd.argoproj.io/tracking-id": f"guard-daily:a/B:guard-daily/{SECRET}"}
    sealed = {"encryptedData": {"connection": "AgA="}, "template": {"metadata": {"name": SECRET}}}
    secret = {"secretTargetRef": [{"parameter": "a", "name": "daily-metadata", "key": "b"}]}
    large = {**store, "target": {"template": {"data": {"a": "x" * 1_000_000}}}}
    push = "external-secrets.io/v1alpha1"
    longer = {"secretTargetRef": [{"parameter": "a", "name": f"{SECRET}s", "key": "b"}]}
    for each in (
        other(
            "external-secrets.io/v1", "ExternalSecret", {**store, "data": data, "target": {"name": SECRET}},
            name=SECRET, annotations=marks,
        ),
        other("external-secrets.io/v1", "ExternalSecret", large),
        other("bitnami.com/v1alpha1", "SealedSecret", sealed, name=SECRET, annotations=marks),
        other("keda.sh/v1alpha1", "TriggerAuthentication", secret),
        other("keda.sh/v1alpha1", "TriggerAuthentication", longer, name=SECRET, annotations=marks),
        other(push, "PushSecret", {"selector": {"secret": {"name": "daily-metadata"}}}),
        other(push, "PushSecret", {"selector": {"generatorRef": {"kind": "Password", "name": "x"}}}),
    ):  # fmt: skip
        assert argo.apply(each, dry_run=True)["spec"]


REFLECTED = {"reflector.v1.k8s.emberstack.com/reflection-allowed": "true"}


def external(target: Object, **metadata: Any) -> Object:
    spec = {"secretStoreRef": {"name": "vault", "kind": "ClusterSecretStore"}, "target": target}
    return other("external-secrets.io/v1", "ExternalSecret", spec, **metadata)


def sealed(template: Object, **metadata: Any) -> Object:
    spec = {"encryptedData": {"connection": "AgA="}, "template": template}
    return other("bitnami.com/v1alpha1", "SealedSecret", spec, **metadata)


MARKING = {
    "a template's annotations": external({"name": SECRET, "template": {"metadata": {"annotations": REFLECTED}}}),
    "those of a key more": external(
        {"name": SECRET, "creationPolicy": "Merge", "template": {"metadata": {"annotations": REFLECTED}}}
    ),
    "a template's labels": external({"name": SECRET, "template": {"metadata": {"labels": {"a": "b"}}}}),
    "by its own name": external({"template": {"metadata": {"annotations": REFLECTED}}}, name=SECRET),
    "out of a ConfigMap": external(
        {"name": SECRET, "template": {"templateFrom": [{"target": "Annotations", "literal": "a: b"}]}}
    ),
    "its own annotations, which are copied": external({"name": SECRET}, annotations=REFLECTED),
    "its own labels, which are copied": external({"name": SECRET}, labels={"a": "b"}),
    "a sealed one's annotations": sealed({"metadata": {"annotations": REFLECTED}}, name=SECRET),
    "a sealed one's labels": sealed({"metadata": {"labels": {"a": "b"}}}, name=SECRET),
}


@pytest.mark.parametrize("way", MARKING)
def test_what_makes_the_secret_writes_no_marks_on_it(api: Api, argo: Api, way: str) -> None:
    for caller in (api, argo):
        refused("is given no annotations or labels", caller.apply, MARKING[way], dry_run=True)


def test_marks_do_not_come_later_either(argo: Api) -> None:
    path = "/apis/external-secrets.io/v1/namespaces/guard-daily/externalsecrets/any"
    argo.apply(external({"name": SECRET}))
    try:
        for metadata in ({"labels": {"a": "b"}}, {"annotations": REFLECTED}):
            refused("is given no annotations or labels", argo.merge, path, {"metadata": metadata})
    finally:
        argo.delete(path)


def test_what_makes_the_secret_may_template_its_data_and_have_marks_of_its_own(argo: Api) -> None:
    seal = {"sealedsecrets.bitnami.com/managed": "true"}
    marks, labels = {**TRACKED, **REFLECTED}, {"a": "b"}
    data = {"data": {"connection": "{{ .url }}"}, "engineVersion": "v2", "type": "Opaque"}
    for each in (
        external({"name": SECRET, "template": data}, annotations=marks, labels=labels),
        # Of a template without metadata none are copied.
        external({"template": {}}, name=SECRET, annotations=marks, labels=labels),
        external({"name": "other", "template": {"metadata": {"annotations": REFLECTED}}}, labels=labels),
        sealed({"metadata": {"name": SECRET, "annotations": seal}, "type": "Opaque"}, name=SECRET, labels=labels),
        sealed({"metadata": {"annotations": REFLECTED}}, name="other"),
    ):
        assert argo.apply(each, dry_run=True)["spec"]
