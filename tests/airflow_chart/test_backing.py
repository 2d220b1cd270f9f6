"""PgBouncer, Redis, Flower, StatsD exporter: their configuration and what stands around it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.airflow.catalog import catalog_json
from tests.airflow_chart.rendered import environment, pod_template, render

_PARTS = {
    "metadataConnection": {
        "host": "db.example.com",
        "port": 5433,
        "db": "meta",
        "passwordSecret": {"name": "db", "key": "pw"},
    },
    "resultBackendConnection": {"db": "results"},
}


def _pgbouncer(**more: Any) -> dict[str, Any]:
    return {"airflowVersion": "3.3.2", "executor": "CeleryExecutor", "pgbouncer": {"enabled": True, **more}}


class TestPgbouncer:
    def test_its_file_when_the_values_name_the_server(self) -> None:
        values = _pgbouncer(
            sslmode="verify-full",
            sslSecretName="certificates",
            extraIni={"max_client_conn": 500, "query_wait_timeout": 60},
            extraIniMetadata={"connect_query": "select 'a'\nhost=evil", "pool_size": 3},
        )
        file = render({**values, "data": _PARTS}).one("ConfigMap", "pgbouncer-config")["data"]["pgbouncer.ini"]
        assert file == (
            "[databases]\n"
            "demo-metadata = pool_size=10 connect_query='select ''a'' host=evil' pool_size='3'"
            " host=db.example.com port=5433 dbname=meta\n"
            "demo-result-backend = pool_size=5 host=db.example.com port=5433 dbname=results\n"
            "\n"
            "[pgbouncer]\n"
            "listen_addr = *\n"
            "listen_port = 6543\n"
            "unix_socket_dir =\n"
            "auth_type = scram-sha-256\n"
            "auth_file = /etc/pgbouncer/users.txt\n"
            "stats_users = stats\n"
            "pool_mode = transaction\n"
            "max_client_conn = 100\n"
            "ignore_startup_parameters = extra_float_digits\n"
            "max_prepared_statements = 200\n"
            "log_connections = 0\n"
            "log_disconnections = 0\n"
            "verbose = 0\n"
            "server_tls_sslmode = verify-full\n"
            "server_tls_ciphers = normal\n"
            "server_tls_ca_file = /etc/pgbouncer/root.crt\n"
            "server_tls_cert_file = /etc/pgbouncer/server.crt\n"
            "server_tls_key_file = /etc/pgbouncer/server.key\n"
            "max_client_conn = 500\n"
            "query_wait_timeout = 60\n"
        )

    def test_the_server_that_only_the_cluster_knows_is_filled_in_there(self) -> None:
        rendered = render(_pgbouncer())
        file = rendered.one("ConfigMap", "pgbouncer-config")["data"]["pgbouncer.ini"]
        assert file.startswith("%include /etc/pgbouncer-databases/databases.ini\n\n[pgbouncer]\n")
        init = rendered.pod("Deployment", "pgbouncer")["initContainers"][0]
        assert environment(init)["DATABASES"] == (
            "[databases]\n"
            "demo-metadata = pool_size=10 host=$(DATABASE_HOST) port=$(DATABASE_PORT) dbname=$(DATABASE_NAME)\n"
            "demo-result-backend = pool_size=5 host=$(DATABASE_HOST) port=$(DATABASE_PORT) dbname=$(DATABASE_NAME)\n"
        )
        assert [one["name"] for one in init["env"]] == ["DATABASE_HOST", "DATABASE_PORT", "DATABASE_NAME", "DATABASES"]

    def test_restarts_when_its_file_changes(self) -> None:
        before, after = (
            pod_template(render(_pgbouncer(maxClientConn=number)).one("Deployment", "pgbouncer"))["metadata"]
            for number in (100, 101)
        )
        assert before["annotations"] != after["annotations"]

    def test_a_configuration_of_people_s_own_takes_the_place_of_the_chart_s(self) -> None:
        rendered = render(_pgbouncer(configSecretName="mine"))
        assert not rendered.has("ConfigMap", "pgbouncer-config")
        pod = rendered.pod("Deployment", "pgbouncer")
        assert "initContainers" not in pod
        assert [source["secret"]["name"] for source in pod["volumes"][0]["projected"]["sources"]] == ["mine"]

    def test_without_the_exporter_nothing_is_scraped(self) -> None:
        service = render(_pgbouncer(metricsExporterSidecar={"enabled": False})).one("Service", "pgbouncer")
        assert [port["name"] for port in service["spec"]["ports"]] == ["pgbouncer"]
        assert "prometheus.io/scrape" not in service["metadata"]["annotations"]


class TestStatsd:
    def test_people_s_mappings_come_first_and_may_replace_the_chart_s(self) -> None:
        own = {"match": "a.*", "name": "a"}
        chart = catalog_json()["statsdMappings"]
        for values, expected in (({"extraMappings": [own]}, [own, *chart]), ({"overrideMappings": [own]}, [own])):
            file = render({"statsd": values}).one("ConfigMap", "statsd")["data"]["mappings.yml"]
            assert json.loads(file) == {"mappings": expected}


class TestFlower:
    def test_asks_for_a_password_when_there_is_one(self) -> None:
        values = {"executor": "CeleryExecutor", "flower": {"enabled": True, "secretName": "login"}}
        variable = environment(render(values).container("Deployment", "flower"))["AIRFLOW__CELERY__FLOWER_BASIC_AUTH"]
        assert variable == {"secretKeyRef": {"name": "login", "key": "basicAuth"}}

    @pytest.mark.parametrize("version", ["2.10.0", "3.1.0"])
    def test_has_no_secret_but_broker_database_and_results(self, version: str) -> None:
        rendered = render(
            {
                "airflowVersion": version,
                "executor": "CeleryExecutor",
                "flower": {"enabled": True},
                "cloudRole": {"awsRoleArn": "arn:aws:iam::123456789012:role/airflow", "azureClientId": "a-b"},
                "variables": {"plain": {"A": "b"}, "sealed": {"encryptedData": {"S": "AgA="}}},
                "secret": [
                    {"envName": "TOKEN", "secretName": "mine", "secretKey": "token"},
                    {"envName": "AIRFLOW__CELERY__SSL_KEY", "secretName": "mine", "secretKey": "ssl"},
                ],
            }
        )
        container = rendered.container("Deployment", "flower")
        assert "envFrom" not in container
        secrets = {name for name, source in environment(container).items() if isinstance(source, dict)}
        database = {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"}
        assert secrets - database == {"AIRFLOW__CELERY__BROKER_URL", "AIRFLOW__CELERY__SSL_KEY"}
        account = rendered.one("ServiceAccount", "flower")["metadata"].get("annotations", {})
        assert not [key for key in account if "amazonaws" in key or "azure" in key]
        labels = pod_template(rendered.one("Deployment", "flower"))["metadata"]["labels"]
        assert "azure.workload.identity/use" not in labels

    def test_takes_people_s_variables_when_they_tell_the_broker(self) -> None:
        values = {
            "executor": "CeleryExecutor",
            "flower": {"enabled": True},
            "enableBuiltInSecretEnvVars": {"AIRFLOW__CELERY__BROKER_URL": False},
            "extraEnvFrom": [{"secretRef": {"name": "broker"}}],
        }
        container = render(values).container("Deployment", "flower")
        assert container["envFrom"] == [{"secretRef": {"name": "broker"}}]


class TestRedis:
    def test_sleeps_but_keeps_its_volume(self) -> None:
        redis = render({"executor": "CeleryExecutor", "hibernate": True}).one("StatefulSet", "redis")
        assert redis["spec"]["replicas"] == 0
        assert redis["spec"]["volumeClaimTemplates"][0]["apiVersion"] == "v1"
