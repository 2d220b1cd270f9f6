"""What users of the official chart ask for under GitOps, and that it is granted; docs/wishes.md names these tests."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest

from generator.airflow.chart import airflow_chart
from generator.errors import ProblemsError
from generator.yaml import read
from tests.airflow_chart.rendered import Rendered, containers, environment, pod_template, render, wave
from tests.importer.imports import imported
from tests.support.contexts import CONTEXTS

_DATABASE = {"host": "db.example.com", "passwordSecret": {"name": "db", "key": "password"}}


def _refusal(values: dict[str, Any]) -> str:
    with pytest.raises(ProblemsError) as caught:
        airflow_chart().effective(values)
    return str(caught.value)


def _annotations(rendered: Rendered) -> str:
    return " ".join(str(one["metadata"].get("annotations", {})) for one in rendered.objects)


def _bootstrap_plan(rendered: Rendered) -> dict[str, Any]:
    """What the bootstrap job is told to make, once (docs/bootstrap-contract.md)."""
    (container,) = containers(rendered.one("Job", "bootstrap"))
    plan: dict[str, Any] = json.loads(environment(container)["BOOTSTRAP_PLAN"])
    return plan


class TestMigrations:
    """Wishes 1-3."""

    def test_run_before_every_pod_that_needs_them_on_the_first_sync_too(self) -> None:
        rendered = render()
        job = rendered.one("Job", "run-airflow-migrations")
        assert wave(rendered.one("Job", "bootstrap")) < wave(job)
        for name in ("scheduler", "api-server", "dag-processor"):
            assert wave(job) < wave(rendered.one("Deployment", name))

    def test_argo_cd_is_told_to_wait_until_they_are_complete(self) -> None:
        mark = "stargit.dev/pods-wait-until"
        jobs = [one["metadata"] for one in render().of("Job") if mark in one["metadata"]["annotations"]]
        assert {one["labels"]["component"] for one in jobs} == {"bootstrap", "run-airflow-migrations"}

    def test_sleep_changes_no_job_for_each_wave_would_cost_two_seconds(self) -> None:
        assert render({"hibernate": True}).of("Job") == render().of("Job")

    @pytest.mark.parametrize("number", range(len(CONTEXTS)))
    def test_no_object_is_a_hook(self, number: int) -> None:
        assert "hook" not in _annotations(render(CONTEXTS[number]))

    def test_a_changed_image_makes_a_new_job_instead_of_changing_one(self) -> None:
        before = render({"airflowVersion": "3.3.1"}).one("Job", "run-airflow-migrations")
        after = render({"airflowVersion": "3.3.2"}).one("Job", "run-airflow-migrations")
        assert before["metadata"]["name"] != after["metadata"]["name"]

    @pytest.mark.parametrize(
        "job",
        [{"resources": {"limits": {"memory": "2Gi"}}}, {"env": [{"name": "A", "value": "b"}]}, {"backoffLimit": 1}],
    )
    def test_no_change_touches_a_field_of_a_job_that_kubernetes_forbids_to_change(self, job: dict[str, Any]) -> None:
        before = render().one("Job", "run-airflow-migrations")
        after = render({"migrateDatabaseJob": job}).one("Job", "run-airflow-migrations")
        changed = {key for key in before["spec"] if before["spec"][key] != after["spec"].get(key)}
        assert before["metadata"]["name"] != after["metadata"]["name"] or changed <= {
            "backoffLimit",
            "parallelism",
            "suspend",
        }

    def test_stay_the_same_job_when_something_else_changes(self) -> None:
        before = render().one("Job", "run-airflow-migrations")
        after = render({"scheduler": {"replicas": 3}, "config": {"core": {"parallelism": 99}}, "env": []})
        assert after.one("Job", "run-airflow-migrations") == before

    def test_stay_in_the_cluster_when_they_are_done(self) -> None:
        assert "ttlSecondsAfterFinished" not in render().one("Job", "run-airflow-migrations")["spec"]

    def test_pods_wait_for_them(self) -> None:
        names = [one["name"] for one in render().pod("Deployment", "scheduler")["initContainers"]]
        assert "wait-for-airflow-migrations" in names


class TestSecrets:
    """Wishes 4-7."""

    @pytest.mark.parametrize("number", range(len(CONTEXTS)))
    def test_no_secret_is_rendered(self, number: int) -> None:
        assert render(CONTEXTS[number]).of("Secret") == []

    @pytest.mark.parametrize("number", range(len(CONTEXTS)))
    def test_two_renders_are_the_same(self, number: int) -> None:
        assert render(CONTEXTS[number]) == render(CONTEXTS[number])

    @pytest.mark.parametrize(
        ("version", "variable", "secret", "setting"),
        [
            ("3.3.2", "AIRFLOW__CORE__FERNET_KEY", "demo-fernet-key", "fernetKeySecretName"),
            ("2.11.0", "AIRFLOW__WEBSERVER__SECRET_KEY", "demo-webserver-secret-key", "webserverSecretKeySecretName"),
            ("3.3.2", "AIRFLOW__API__SECRET_KEY", "demo-api-secret-key", "apiSecretKeySecretName"),
            ("3.3.2", "AIRFLOW__API_AUTH__JWT_SECRET", "demo-jwt-secret", "jwtSecretName"),
        ],
    )
    def test_a_key_has_one_name_or_the_one_given(self, version: str, variable: str, secret: str, setting: str) -> None:
        made = environment(render({"airflowVersion": version}).container("Deployment", "scheduler"))
        given = environment(render({"airflowVersion": version, setting: "mine"}).container("Deployment", "scheduler"))
        assert made[variable]["secretKeyRef"]["name"] == secret
        assert given[variable]["secretKeyRef"]["name"] == "mine"

    @pytest.mark.parametrize("given", [None, "mine"])
    def test_workers_and_redis_share_one_password(self, given: str | None) -> None:
        rendered = render({"executor": "CeleryExecutor", "redis": {"passwordSecretName": given}})
        redis = environment(rendered.container("StatefulSet", "redis"))["REDIS_PASSWORD"]["secretKeyRef"]
        broker = environment(rendered.container("Deployment", "worker"))["AIRFLOW__CELERY__BROKER_URL"]["secretKeyRef"]
        assert redis == {"name": given or "demo-redis-password", "key": "password"}
        assert broker == {"name": "demo-broker-url", "key": "connection"}
        # The URL is put together in the cluster, once, from what stands under the key that Redis reads.
        plan = _bootstrap_plan(rendered)["secrets"]
        assert plan["broker-url"] == {
            "connection": {"url": f"redis://:${{{redis['name']}/{redis['key']}}}@demo-redis:6379/0"}
        }
        assert plan.get("redis-password") == (None if given else {"password": {"generate": "password"}})

    @pytest.mark.parametrize(
        "change",
        [
            {"airflowVersion": "3.3.1"},
            {"defaultAirflowTag": "3.3.2-1"},
            {"redis": {"uid": 1000}},
            {"workers": {"replicas": 9}},
            {"config": {"core": {"parallelism": 9}}},
        ],
    )
    def test_no_change_touches_the_password_or_the_broker_s_url(self, change: dict[str, Any]) -> None:
        before, after = render(), render(change)
        for kind, name in (("StatefulSet", "redis"), ("Deployment", "worker")):
            found = [
                [one for one in environment(each.container(kind, name)).items() if isinstance(one[1], dict)]
                for each in (before, after)
            ]
            assert found[0] == found[1]
        for secret in ("redis-password", "broker-url"):
            assert _bootstrap_plan(before)["secrets"][secret] == _bootstrap_plan(after)["secrets"][secret]

    def test_a_literal_key_is_refused(self) -> None:
        assert _refusal({"fernetKey": "abc"}).startswith("fernetKey: there is no such setting")

    def test_the_first_user_s_password_is_a_reference(self) -> None:
        secret = {"name": "ann-login", "key": "word"}
        user = {"enabled": True, "defaultUser": {"username": "ann", "passwordSecret": secret}}
        job = render({"airflowVersion": "2.11.0", "createUserJob": user}).one("Job", "create-user")
        references = [one.get("valueFrom") for container in containers(job) for one in container["env"]]
        assert {"secretKeyRef": secret} in references

    def test_a_literal_password_is_refused_with_what_to_write(self) -> None:
        assert _refusal({"createUserJob": {"defaultUser": {"password": "x"}}}) == (
            "createUserJob.defaultUser.password: there is no such setting\n"
            "  hint: values are kept in git, so nothing secret stands in them: refer to one in"
            " createUserJob.defaultUser.passwordSecret"
        )

    def test_a_changed_user_makes_a_new_job(self) -> None:
        before, after = (
            render({"createUserJob": {"enabled": True, "defaultUser": {"username": name}}}).one("Job", "create-user")
            for name in ("ann", "bob")
        )
        assert before["metadata"]["name"] != after["metadata"]["name"]


class TestDatabase:
    """Wishes 8 and 12."""

    def test_a_password_from_a_secret_goes_through_pgbouncer(self) -> None:
        rendered = render({"data": {"metadataConnection": _DATABASE}, "pgbouncer": {"enabled": True}})
        url = environment(rendered.container("Deployment", "scheduler"))["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
        assert url.startswith("postgresql://")
        assert url.partition("@")[2].startswith("demo-pgbouncer")
        assert url.partition(":6543/")[2].startswith("demo-metadata")
        assert "$(" in url  # the password comes from the Secret, in the pod

    def test_user_and_password_come_from_keys_of_secrets(self) -> None:
        data = {"metadataConnection": {**_DATABASE, "userSecret": {"name": "db", "key": "user"}}}
        env = environment(render({"data": data, "pgbouncer": {"enabled": False}}).container("Deployment", "scheduler"))
        sources = [one["secretKeyRef"] for one in env.values() if isinstance(one, dict) and "secretKeyRef" in one]
        assert {"name": "db", "key": "user"} in sources
        assert {"name": "db", "key": "password"} in sources

    def test_a_whole_url_cannot_go_through_pgbouncer(self) -> None:
        found = _refusal({"data": {"metadataSecretName": "url"}, "pgbouncer": {"enabled": True}})
        assert found.startswith(
            "data.metadataSecretName: holds a whole URL, with which Airflow would go past PgBouncer"
        )
        assert "set data.metadataConnection.host, .db, .user and .passwordSecret instead" in found

    def test_the_host_is_a_value_and_never_a_secret_s(self) -> None:
        found = _refusal({"data": {"metadataConnection": {**_DATABASE, "hostSecret": {"name": "db", "key": "host"}}}})
        assert found.startswith("data.metadataConnection.hostSecret: there is no such setting")

    def test_there_is_no_bundled_postgresql(self) -> None:
        assert "postgresql: there is no such setting" in _refusal({"postgresql": {"enabled": True}})


class TestStorage:
    """Wishes 9 and 10."""

    def test_claims_spell_out_their_defaults(self) -> None:
        values = {"workers": {"persistence": {"enabled": True}}, "triggerer": {"persistence": {"enabled": True}}}
        claims = [
            claim for one in render(values).of("StatefulSet") for claim in one["spec"].get("volumeClaimTemplates", [])
        ]
        assert len(claims) >= 2
        for claim in claims:
            assert (claim["apiVersion"], claim["kind"]) == ("v1", "PersistentVolumeClaim")
            assert claim["spec"]["volumeMode"] == "Filesystem"

    def test_the_log_volume_takes_any_access_mode_or_a_claim_of_people_s_own(self) -> None:
        own = render({"logs": {"persistence": {"enabled": True, "accessMode": "ReadWriteOnce"}}})
        assert own.one("PersistentVolumeClaim", "logs")["spec"]["accessModes"] == ["ReadWriteOnce"]
        given = render({"logs": {"persistence": {"enabled": True, "existingClaim": "mine"}}})
        assert given.of("PersistentVolumeClaim") == []
        assert "'claimName': 'mine'" in str(given.pod("Deployment", "scheduler")["volumes"])

    def test_the_log_volume_can_be_switched_on_later(self) -> None:
        # Kubernetes forbids changes of a StatefulSet's claims, Service name and selector; a workload of another kind
        # is another object.
        for values in ({}, {"triggerer": {"persistence": {"enabled": True}}}, {"executor": "LocalExecutor"}):
            before = render(values)
            after = render({**values, "logs": {"persistence": {"enabled": True}}})
            kept = {one["metadata"]["name"]: one["spec"] for one in after.of("StatefulSet")}
            for one in before.of("StatefulSet"):
                name = one["metadata"]["name"]
                if name not in kept:
                    assert name in [other["metadata"]["name"] for other in after.of("Deployment")]
                    continue
                for field in ("volumeClaimTemplates", "serviceName", "selector"):
                    assert one["spec"].get(field) == kept[name].get(field), f"{name} {field}"

    @pytest.mark.parametrize("executor", ["CeleryExecutor", "LocalExecutor"])
    def test_the_log_volume_of_all_takes_the_place_of_each_pod_s_own(self, executor: str) -> None:
        # Log files of a worker that was scaled away must be where the pages read them.
        on: dict[str, Any] = {"persistence": {"enabled": True}}
        found = render(
            {"executor": executor, "logs": on, "workers": {**on, "queues": [{"name": "heavy"}]}, "triggerer": on}
        )
        names = ["worker", "worker-heavy"] if executor == "CeleryExecutor" else []
        for name in ("scheduler", "triggerer", *names):
            volumes = {one["name"]: one for one in found.pod("Deployment", name)["volumes"]}
            assert volumes["logs"] == {"name": "logs", "persistentVolumeClaim": {"claimName": "demo-logs"}}
        assert [one["metadata"]["name"] for one in found.of("StatefulSet") if "redis" not in str(one["metadata"])] == []

    def test_more_volumes_of_workers_stay_beside_the_log_volume_of_all(self) -> None:
        on: dict[str, Any] = {"persistence": {"enabled": True}}
        cache = {"metadata": {"name": "cache"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
        found = render({"logs": on, "workers": {**on, "volumeClaimTemplates": [cache]}}).one("StatefulSet", "worker")
        assert found["spec"]["volumeClaimTemplates"] == [cache]
        volumes = {one["name"]: one for one in pod_template(found)["spec"]["volumes"]}
        assert volumes["logs"]["persistentVolumeClaim"] == {"claimName": "demo-logs"}


class TestSchema:
    """Wish 11."""

    def test_a_misspelt_top_level_key_is_refused_with_the_right_one(self) -> None:
        assert _refusal({"shceduler": {}}).endswith("hint: did you mean 'scheduler'?")

    @pytest.mark.parametrize(
        ("values", "passed"),
        [
            (
                {"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}}]},
                {"configMapKeyRef": {"name": "a", "key": "b"}},
            ),
            (
                {"scheduler": {"extraInitContainers": [{"name": "a", "image": "b", "restartPolicy": "Always"}]}},
                {"name": "a", "image": "b", "restartPolicy": "Always"},
            ),
            (
                {"scheduler": {"extraVolumes": [{"name": "a", "image": {"reference": "b", "pullPolicy": "Always"}}]}},
                {"name": "a", "image": {"reference": "b", "pullPolicy": "Always"}},
            ),
            ({"scheduler": {"affinity": {"notYetKnown": {"a": 1}}}}, {"notYetKnown": {"a": 1}}),
            ({"workers": {"keda": {"enabled": True, "advanced": {"a": {"b": 1}}}}}, {"a": {"b": 1}}),
        ],
    )
    def test_fields_of_kubernetes_pass_through_however_new_they_are(
        self, values: dict[str, Any], passed: dict[str, Any]
    ) -> None:
        assert str(passed) in str(render(values).objects)


class TestRenames:
    """Settings that another release of the official chart has under another name."""

    @pytest.mark.parametrize(
        ("values", "told"),
        [
            (
                {"workers": {"celery": {"replicas": 3}}},
                "workers.celery: {}\n  hint: the same settings are under workers",
            ),
            ({"workers": {"celery": {"sets": []}}}, "workers.celery: {}\n  hint: the same settings are under workers"),
            ({"workers": {"kubernetes": {"command": []}}}, "workers.kubernetes: {}\n  hint: podTemplate"),
            ({"webserver": {"defaultUser": {}}}, "webserver.defaultUser: {}\n  hint: createUserJob.defaultUser"),
            ({"webserver": {"extraNetworkPolicies": []}}, "webserver.extraNetworkPolicies: {}\n  hint: networkPolicy."),
            ({"dags": {"gitSync": {"wait": 5}}}, "dags.gitSync.wait: {}\n  hint: dags.gitSync.period"),
            ({"ingress": {"web": {"host": "a"}}}, "ingress.web.host: {}\n  hint: ingress.*.hosts"),
            ({"securityContext": {}}, "securityContext: {}\n  hint: securityContexts.pod and"),
        ],
        ids=lambda each: "" if isinstance(each, str) else str(each),
    )
    def test_each_is_refused_with_its_name_here(self, values: dict[str, Any], told: str) -> None:
        assert _refusal(values).startswith(told.format("there is no such setting"))

    @pytest.mark.parametrize(
        ("text", "moved"),
        [
            ("workers: {celery: {replicas: 3}}", {"workers": {"replicas": 3}}),
            (
                "workers: {celery: {persistence: {size: 5Gi}}}",
                {"workers": {"persistence": {"size": "5Gi", "enabled": True}}},
            ),
            ("workers: {kubernetes: {nodeSelector: {a: b}}}", {"podTemplate": {"nodeSelector": {"a": "b"}}}),
            ("webserver: {replicas: 3}", {"apiServer": {"replicas": 3}}),
            ("apiServer: {replicas: 3}", {"apiServer": {"replicas": 3}}),
        ],
    )
    def test_an_import_maps_them(self, text: str, moved: dict[str, Any]) -> None:
        found = imported(f"airflowVersion: 3.1.0\ndata: {{metadataSecretName: db}}\n{text}\n")
        values = read(found.text, file="").value["values"]
        for group, said in moved.items():
            # Volumes for log files, which the official chart has by default, are written down beside.
            there = {key: value for key, value in values[group].items() if key in said}
            assert there == said
        assert "celery" not in str(values)

    def test_an_import_for_airflow_2_keeps_the_webserver(self) -> None:
        found = imported("airflowVersion: 2.11.0\ndata: {metadataSecretName: db}\nwebserver: {replicas: 3}\n")
        values = read(found.text, file="").value["values"]
        assert (values["webserver"], values.get("apiServer")) == ({"replicas": 3}, None)


class TestObjects:
    """Wishes 13 and 14, extra objects."""

    def test_annotations_reach_every_object(self) -> None:
        for values in CONTEXTS:
            rendered = render({**values, "annotations": {"example.com/a": "b"}})
            missing = [
                f"{one['kind']}/{one['metadata']['name']}"
                for one in rendered.objects
                if one["metadata"].get("annotations", {}).get("example.com/a") != "b"
            ]
            assert missing == []

    def test_labels_reach_every_object_and_pod(self) -> None:
        for values in CONTEXTS:
            rendered = render({**values, "labels": {"example.com/a": "b"}})
            assert [
                one["metadata"]["name"]
                for one in rendered.objects
                if one["metadata"]["labels"].get("example.com/a") != "b"
            ] == []
            for one in rendered.workloads():
                assert pod_template(one)["metadata"]["labels"]["example.com/a"] == "b"

    @pytest.mark.parametrize(
        ("values", "kind", "name"),
        [
            ({"workers": {"keda": {"enabled": True}}}, "Deployment", "worker"),
            ({"workers": {"hpa": {"enabled": True}}}, "Deployment", "worker"),
            ({"workers": {"queues": [{"name": "heavy", "keda": {"enabled": True}}]}}, "Deployment", "worker-heavy"),
            ({"triggerer": {"keda": {"enabled": True}}}, "Deployment", "triggerer"),
            ({"apiServer": {"hpa": {"enabled": True}}}, "Deployment", "api-server"),
            ({"airflowVersion": "2.11.0", "webserver": {"hpa": {"enabled": True}}}, "Deployment", "webserver"),
        ],
    )
    def test_git_says_no_replicas_where_an_autoscaler_does(self, values: dict[str, Any], kind: str, name: str) -> None:
        assert "replicas" not in render(values).one(kind, name)["spec"]

    def test_objects_of_people_s_own_come_along(self) -> None:
        extra = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "mine"}, "data": {"a": "{{ b }}"}}
        found = next(
            one for one in render({"extraObjects": [extra]}).of("ConfigMap") if one["metadata"]["name"] == "mine"
        )
        assert found["data"] == {"a": "{{ b }}"}

    def test_a_secret_among_them_is_refused(self) -> None:
        extra = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine"}, "stringData": {"a": "b"}}
        assert "a Secret with data would be kept in git" in _refusal({"extraObjects": [extra]})

    def test_what_a_queue_does_not_say_is_as_in_workers(self) -> None:
        shared = {"nodeSelector": {"pool": "all"}, "tolerations": [{"key": "spot"}], "au": 7}
        rendered = render({"workers": {**shared, "queues": [{"name": "heavy", "nodeSelector": {"pool": "big"}}]}})
        base, heavy = (rendered.pod("Deployment", name) for name in ("worker", "worker-heavy"))
        assert (base["nodeSelector"], heavy["nodeSelector"]) == ({"pool": "all"}, {"pool": "big"})
        assert base["tolerations"] == heavy["tolerations"] == [{"key": "spot"}]
        assert base["containers"][0]["resources"] == heavy["containers"][0]["resources"]

    def test_queues_have_workers_of_their_own(self) -> None:
        queues = [
            {"name": "heavy", "au": 30, "replicas": 3, "nodeSelector": {"pool": "big"}},
            {"name": "gpu", "queue": "gpu,ml"},
        ]
        rendered = render({"workers": {"queues": queues}})
        heavy = rendered.one("Deployment", "worker-heavy")
        assert heavy["spec"]["replicas"] == 3
        assert pod_template(heavy)["spec"]["nodeSelector"] == {"pool": "big"}
        assert rendered.container("Deployment", "worker-heavy")["resources"]["limits"]["cpu"] in ("3000m", "3")
        assert "gpu,ml" in str(rendered.container("Deployment", "worker-gpu"))
        assert rendered.has("Deployment", "worker")


class TestGitSync:
    """Wish 15."""

    _VALUES: ClassVar[dict[str, Any]] = {
        "dags": {"gitSync": {"enabled": True, "repo": "https://git.example.com/d.git", "credentialsSecret": "token"}}
    }

    def test_the_dag_processor_has_the_sidecar(self) -> None:
        assert "git-sync" in [
            one["name"] for one in render(self._VALUES).pod("Deployment", "dag-processor")["containers"]
        ]

    def test_a_rotated_token_reaches_the_sidecar_without_a_restart(self) -> None:
        sidecar = render(self._VALUES).container("Deployment", "dag-processor", "git-sync")
        assert "GITSYNC_PASSWORD_FILE" in environment(sidecar)
        assert "GITSYNC_PASSWORD" not in environment(sidecar)

    def test_the_keys_of_the_secret_may_have_any_name(self) -> None:
        keys = {"credentialsPasswordKey": "our-word", "credentialsUsernameKey": "our-login"}
        values = {"dags": {"gitSync": {**self._VALUES["dags"]["gitSync"], **keys}}}
        pod = render(values).pod("Deployment", "dag-processor")
        sidecar = next(one for one in pod["containers"] if one["name"] == "git-sync")
        user = environment(sidecar)["GITSYNC_USERNAME"]["secretKeyRef"]
        assert (user["name"], user["key"]) == ("token", "our-login")
        volume = next(one for one in pod["volumes"] if one.get("secret", {}).get("secretName") == "token")
        assert [item["key"] for item in volume["secret"]["items"]] == ["our-word"]


class TestRestrictedPods:
    """OpenShift and restricted namespaces."""

    @pytest.mark.parametrize("number", range(len(CONTEXTS)))
    def test_every_pod_meets_the_restricted_standard_with_a_read_only_root(self, number: int) -> None:
        for one in render(CONTEXTS[number]).workloads():
            spec = pod_template(one)["spec"]
            assert spec["securityContext"]["runAsNonRoot"] is True
            assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
            assert not any("hostPath" in volume for volume in spec.get("volumes", []))
            for container in containers(one):
                context = container["securityContext"]
                assert context["allowPrivilegeEscalation"] is False, container["name"]
                assert context["capabilities"] == {"drop": ["ALL"]}, container["name"]
                assert context["readOnlyRootFilesystem"] is True, container["name"]

    def test_openshift_chooses_users_itself(self) -> None:
        rendered = render(
            {
                "uid": None,
                "gid": None,
                "executor": "CeleryExecutor",
                "flower": {"enabled": True},
                "dags": {"gitSync": {"enabled": True, "uid": None, "repo": "https://git.example.com/dags.git"}},
                "pgbouncer": {"enabled": True, "uid": None},
                "redis": {"uid": None},
                "statsd": {"uid": None},
            }
        )
        workloads = rendered.workloads()
        assert {"redis", "statsd", "pgbouncer", "scheduler"} <= {
            one["metadata"]["labels"]["component"] for one in workloads
        }
        for one in workloads:
            assert "runAsUser" not in str(one), one["metadata"]["name"]
            assert "'fsGroup'" not in str(one), one["metadata"]["name"]

    @pytest.mark.parametrize("number", range(len(CONTEXTS)))
    def test_every_long_running_container_has_probes_and_resources(self, number: int) -> None:
        for one in render(CONTEXTS[number]).workloads():
            if one["kind"] in ("Job", "CronJob"):
                continue
            for container in pod_template(one)["spec"]["containers"]:
                place = f"{one['metadata']['name']}/{container['name']}"
                assert {"livenessProbe", "readinessProbe", "startupProbe"} <= container.keys(), place
                assert container["resources"].get("requests"), place
                assert container["resources"].get("limits"), place
