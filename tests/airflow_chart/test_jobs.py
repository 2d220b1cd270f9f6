"""Jobs that run once, jobs that run again and again, and what the bootstrap job is told to make."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.airflow.chart import airflow_chart
from generator.dialect import Release
from tests.airflow_chart.rendered import Rendered, environment, pod_template, render, wave
from tests.support.contexts import CONTEXTS

_CONNECTION = {"metadataConnection": {"host": "db.example.com", "passwordSecret": {"name": "db", "key": "pw"}}}


def _plan(rendered: Rendered) -> Any:
    return json.loads(
        environment(rendered.one("Job", "bootstrap")["spec"]["template"]["spec"]["containers"][0])["BOOTSTRAP_PLAN"]
    )


def _named_secrets(rendered: Rendered) -> set[str]:
    """Secrets of the chart's own names that pods refer to, but those of the bootstrap job itself."""
    found: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            for key in ("secretKeyRef", "secret"):
                reference = node.get(key)
                if isinstance(reference, dict) and not reference.get("optional"):
                    found.add(reference.get("name") or reference["secretName"])
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    for workload in rendered.workloads():
        walk(pod_template(workload))
    return {name for name in found if name.startswith("demo-")}


class TestNames:
    @pytest.mark.parametrize("context", range(len(CONTEXTS)))
    def test_are_short_enough_under_the_longest_name_of_a_release(self, context: int) -> None:
        chart = airflow_chart()
        files = chart.render(chart.effective(CONTEXTS[context]), Release("r" * 29, "airflow"))
        limits = {"Job": 63, "CronJob": 52, "Service": 63}
        names = {
            (one["kind"], one["metadata"]["name"]) for docs in files.values() for one in docs if one["kind"] in limits
        }
        assert [name for kind, name in names if len(name) > limits[kind]] == []

    @pytest.mark.parametrize(
        ("release", "message"),
        [("r" * 30, "the release's name has more than 29 characters"), ("a.b", "the release's name has a dot")],
    )
    def test_a_release_s_name_that_would_break_them_is_refused(self, release: str, message: str) -> None:
        chart = airflow_chart()
        with pytest.raises(Exception, match=message):
            chart.render(chart.effective({}), Release(release, "airflow"))


class TestMigrations:
    def test_go_past_pgbouncer_which_starts_after_them(self) -> None:
        rendered = render({"pgbouncer": {"enabled": True}, "data": _CONNECTION})
        job = rendered.one("Job", "run-airflow-migrations")
        url = environment(pod_template(job)["spec"]["containers"][0])["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
        assert "@db.example.com:5432/airflow" in url
        assert wave(job) < wave(rendered.one("Deployment", "pgbouncer"))


class TestFirstUser:
    def test_is_made_after_the_pages_are_there(self) -> None:
        rendered = render({"createUserJob": {"enabled": True}})
        assert wave(rendered.one("Job", "create-user")) > wave(rendered.one("Deployment", "api-server"))

    def test_what_people_write_stays_what_they_write(self) -> None:
        user = {"username": "-u", "firstName": "$(HOME) $$", "lastName": '"; rm -rf /'}
        args = render({"createUserJob": {"enabled": True, "defaultUser": user}}).container("Job", "create-user")["args"]
        assert args[4:] == [
            "--role=Admin",
            "--username=-u",
            "--email=admin@example.com",
            "--firstname=$$(HOME) $$$$",
            '--lastname="; rm -rf /',
            "--password=$(DEFAULT_USER_PASSWORD)",
        ]


class TestCleanUp:
    @pytest.mark.parametrize("executor", ["CeleryExecutor", "LocalExecutor", "CeleryExecutor,KubernetesExecutor"])
    def test_of_pods_with_any_executor(self, executor: str) -> None:
        # KubernetesPodOperator makes pods in all of them.
        rendered = render({"cleanup": {"enabled": True}, "executor": executor})
        assert rendered.container("CronJob", "cleanup")["args"][-1].endswith("--namespace=airflow-demo")
        assert rendered.one("Role", "cleanup")["rules"] == [
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "delete"]}
        ]

    def test_of_the_database_is_told_all_that_is_set(self) -> None:
        cleanup = {
            "enabled": True,
            "retentionDays": 7,
            "tables": ["log", "xcom"],
            "skipArchive": False,
            "batchSize": 10,
            "dryRun": True,
        }
        assert render({"databaseCleanup": cleanup}).container("CronJob", "database-cleanup")["args"][-1] == (
            "exec airflow db clean --yes --clean-before-timestamp"
            " \"$(date --utc --date='-7 days' '+%Y-%m-%dT%H:%M:%S+00:00')\""
            " --tables log,xcom --batch-size 10 --dry-run"
        )

    @pytest.mark.parametrize("hibernate", [True, False])
    def test_sleeps_with_the_deployment(self, hibernate: bool) -> None:
        values = {"hibernate": hibernate, "databaseCleanup": {"enabled": True}}
        assert render(values).one("CronJob", "database-cleanup")["spec"]["suspend"] is hibernate


class TestBootstrap:
    @pytest.mark.parametrize("context", range(len(CONTEXTS)))
    def test_makes_every_secret_of_the_chart_that_a_pod_needs(self, context: int) -> None:
        values = CONTEXTS[context]
        if not values.get("bootstrap", {}).get("enabled", True):
            assert _named_secrets(render(values)) <= {"demo-env", "demo-env-external"}
            return
        rendered = render(values)
        plan = _plan(rendered)
        made = {f"demo-{suffix}" for suffix in plan["secrets"]} | ({"demo-metadata"} if "database" in plan else set())
        assert _named_secrets(rendered) - {"demo-env", "demo-env-external"} <= made

    def test_has_rights_on_the_secrets_of_its_plan_alone(self) -> None:
        values = {
            "executor": "CeleryExecutor",
            "redis": {"passwordSecretName": "mine"},
            "data": _CONNECTION,
            "pgbouncer": {"enabled": True, "metricsExporterSidecar": {"statsSecretName": "stats"}},
        }
        rendered = render(values)
        own = sorted(f"demo-{suffix}" for suffix in _plan(rendered)["secrets"])
        assert own == [
            "demo-api-secret-key",
            "demo-broker-url",
            "demo-fernet-key",
            "demo-jwt-secret",
            "demo-pgbouncer-users",
        ]
        assert rendered.one("Role", "bootstrap")["rules"] == [
            {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]},
            {"apiGroups": [""], "resources": ["events"], "verbs": ["create"]},
            {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "update"], "resourceNames": own},
            {
                "apiGroups": [""],
                "resources": ["secrets"],
                "verbs": ["get"],
                "resourceNames": ["mine", "db", "stats"],
            },
        ]

    def test_is_told_who_may_use_pgbouncer(self) -> None:
        connection = {**_CONNECTION["metadataConnection"], "user": "etl"}
        result = {"userSecret": {"name": "results", "key": "user"}}
        values = {
            "data": {"metadataConnection": connection, "resultBackendConnection": result},
            "pgbouncer": {"enabled": True},
        }
        assert _plan(render(values))["secrets"]["pgbouncer-users"] == {
            "users.txt": {
                "users": [
                    {"name": "etl", "password": "${db/pw}"},
                    {"name": "${results/user}", "password": "${db/pw}"},
                    {"name": "stats", "verifier": "${demo-pgbouncer-stats/verifier}"},
                ]
            }
        }

    @pytest.mark.parametrize(
        ("kind", "key"), [("scram-sha-256", "verifier"), ("md5", "verifier"), ("plain", "password")]
    )
    def test_gives_pgbouncer_verifiers_unless_clients_send_passwords(self, kind: str, key: str) -> None:
        values = {"pgbouncer": {"enabled": True, "authType": kind, "metricsExporterSidecar": {"enabled": False}}}
        users = _plan(render(values))["secrets"]["pgbouncer-users"]["users.txt"]["users"]
        assert users == [{"name": "demo_airflow", key: "${demo-metadata/" + key + "}"}]

    def test_is_told_of_taking_over_and_schemas_when_asked(self) -> None:
        assert _plan(render())["database"] == {"name": "demo_airflow", "role": "demo_airflow"}
        values = {"bootstrap": {"database": "old", "role": "airflow", "schemas": ["celery"], "takeOver": True}}
        assert _plan(render(values))["database"] == {
            "name": "old",
            "role": "airflow",
            "schemas": ["celery"],
            "takeOver": True,
        }

    def test_is_told_of_rotation_when_asked(self) -> None:
        assert "rotate" not in _plan(render())
        rotate = {"fernetKey": "a", "jwtSecret": "b", "dropOldFernetKeys": "a"}
        assert _plan(render({"bootstrap": {"rotate": rotate}}))["rotate"] == {
            "words": {"fernet-key": "a", "jwt-secret": "b"},
            "dropOldFernetKeys": "a",
        }

    def test_is_given_the_authority_of_the_server_when_there_is_one(self) -> None:
        assert "BOOTSTRAP_SERVER_CA" not in environment(render().container("Job", "bootstrap"))
        given = render({"bootstrap": {"adminCaKey": "ca.crt"}}).container("Job", "bootstrap")
        variable = next(one for one in given["env"] if one["name"] == "BOOTSTRAP_SERVER_CA")
        assert variable["valueFrom"]["secretKeyRef"] == {"name": "stargit-bootstrap", "key": "ca.crt"}

    def test_sees_the_server_s_administrator_only_to_make_a_database(self) -> None:
        assert "BOOTSTRAP_SERVER_URL" in environment(render().container("Job", "bootstrap"))
        given = render({"data": _CONNECTION})
        assert "database" not in _plan(given)
        assert "BOOTSTRAP_SERVER_URL" not in environment(given.container("Job", "bootstrap"))

    def test_runs_again_only_for_another_plan(self) -> None:
        name = render().one("Job", "bootstrap")["metadata"]["name"]
        assert render({"scheduler": {"replicas": 2}}).one("Job", "bootstrap")["metadata"]["name"] == name
        assert render({"fernetKeySecretName": "mine"}).one("Job", "bootstrap")["metadata"]["name"] != name
