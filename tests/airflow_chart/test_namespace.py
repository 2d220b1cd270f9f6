"""What stands around the components: ingress, quota and limits, the policy that denies, variables."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.airflow_chart.rendered import render, wave


def _ingress(route: dict[str, Any], **ingress: Any) -> dict[str, Any]:
    return {"ingress": {**ingress, "apiServer": {"enabled": True, **route}}}


class TestIngress:
    def test_a_page_under_the_platform_s_host_with_a_login_before_it(self) -> None:
        login: dict[str, Any] = {
            "enabled": True,
            "url": "http://stargit-houston.stargit.svc.cluster.local:8871/v1/authorization",
            "signinUrl": "https://app.example.com/login",
        }
        one = render(_ingress({}, baseDomain="example.com", tlsSecretName="wildcard", auth=login)).one(
            "Ingress", "ingress"
        )
        assert one["metadata"]["annotations"] == {
            "nginx.ingress.kubernetes.io/auth-url": login["url"],
            "nginx.ingress.kubernetes.io/auth-signin": login["signinUrl"],
            "nginx.ingress.kubernetes.io/auth-response-headers": "authorization, username, email",
            "argocd.argoproj.io/sync-wave": "2",
        }
        backend = {"service": {"name": "demo-api-server", "port": {"name": "api-server"}}}
        assert one["spec"] == {
            "rules": [
                {
                    "host": "deployments.example.com",
                    "http": {"paths": [{"path": "/demo/airflow", "pathType": "Prefix", "backend": backend}]},
                }
            ],
            "tls": [{"hosts": ["deployments.example.com"], "secretName": "wildcard"}],
        }

    def test_hosts_say_themselves_whether_they_are_encrypted(self) -> None:
        hosts: list[dict[str, Any]] = [
            {"name": "a.example.com"},
            {"name": "b.example.com", "tls": {"secretName": "b"}},
            {"name": "c.example.com", "tls": {"enabled": False}},
            {"name": "d.example.com", "tls": {"enabled": True}},
        ]
        spec = render(_ingress({"hosts": hosts})).one("Ingress", "ingress")["spec"]
        assert [rule["host"] for rule in spec["rules"]] == [host["name"] for host in hosts]
        assert {rule["http"]["paths"][0]["path"] for rule in spec["rules"]} == {"/"}
        assert spec["tls"] == [{"hosts": ["b.example.com"], "secretName": "b"}, {"hosts": ["d.example.com"]}]

    @pytest.mark.parametrize(("version", "service"), [("2.11.0", "demo-webserver"), ("3.3.2", "demo-api-server")])
    def test_leads_to_the_page_of_the_version(self, version: str, service: str) -> None:
        both: dict[str, Any] = {"web": {"enabled": True}, "apiServer": {"enabled": True}}
        rendered = render({"airflowVersion": version, "ingress": {"baseDomain": "example.com", **both}})
        [one] = rendered.of("Ingress")
        assert one["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"] == service


class TestCapacity:
    # Of CPU, a log groomer is limited to a unit, and git-sync to two.
    _SIZES: ClassVar[dict[str, Any]] = {
        "scheduler": {"au": 4, "replicas": 2},
        "apiServer": {"au": 3},
        "dagProcessor": {"au": 2},
        "triggerer": {"enabled": False},
        "statsd": {"au": 1},
        "executor": "LocalExecutor",
    }

    def test_the_quota_is_twice_what_pods_need_and_the_units_for_tasks(self) -> None:
        values = {**self._SIZES, "capacity": {"quota": True, "extraAu": 10}, "quotas": {"pods": 20}}
        # Three pods have a log groomer.
        units = 2 * (4 * 2 + 3 + 2 + 1) + 10
        assert render(values).one("ResourceQuota", "resource-quota")["spec"]["hard"] == {
            "requests.cpu": f"{units * 100 + 2 * 3 * 10}m",
            "requests.memory": f"{units * 384 + 2 * 3 * 32}Mi",
            "limits.cpu": f"{units * 100 + 2 * 3 * 100}m",
            "limits.memory": f"{units * 384 + 2 * 3 * 128}Mi",
            "pods": 20,
        }

    def test_people_s_quotas_win(self) -> None:
        values = {"capacity": {"quota": True}, "quotas": {"requests.cpu": "99"}}
        assert render(values).one("ResourceQuota", "resource-quota")["spec"]["hard"]["requests.cpu"] == "99"

    def test_scaled_workers_count_with_their_greatest_number(self) -> None:
        workers: dict[str, Any] = {"au": 10, "replicas": 1}
        base = {"executor": "CeleryExecutor", "capacity": {"quota": True}, "workers": workers}
        scaled = {**base, "workers": {**workers, "keda": {"enabled": True, "maxReplicaCount": 4}}}
        milli = [
            int(render(one).one("ResourceQuota", "resource-quota")["spec"]["hard"]["limits.cpu"].removesuffix("m"))
            for one in (base, scaled)
        ]
        assert milli[1] - milli[0] == 2 * 3 * (10 + 1) * 100

    def test_queues_count_with_their_own_sizes(self) -> None:
        queues = [{"name": "a", "au": 20, "replicas": 2}, {"name": "b"}]
        values = {
            **self._SIZES,
            "executor": "CeleryExecutor",
            "redis": {"au": 1},
            "workers": {"au": 5, "enableDefault": False, "queues": queues},
            "capacity": {"quota": True},
        }
        rest = (4 + 1) * 2 + 3 + (2 + 1) + 1 + 1
        workers = (20 + 1) * 2 + (5 + 1) * 1
        hard = render(values).one("ResourceQuota", "resource-quota")["spec"]["hard"]
        assert hard["limits.cpu"] == f"{2 * (rest + workers) * 100}m"

    def test_a_queue_that_is_scaled_counts_with_its_own_greatest_number(self) -> None:
        queue = {"name": "heavy", "au": 30, "replicas": 1}
        keda = {"keda": {"enabled": True, "maxReplicaCount": 30}}
        hpa = {"hpa": {"enabled": True, "maxReplicaCount": 20}}
        git = {"enabled": True, "repo": "https://git.example.com/dags.git"}
        units = []
        for more in ({}, keda, hpa):
            workers = {"au": 5, "enableDefault": False, "queues": [{**queue, **more}]}
            values = {"executor": "CeleryExecutor", "workers": workers, "capacity": {"quota": True}}
            rendered = render({**values, "dags": {"gitSync": git}})
            hard = rendered.one("ResourceQuota", "resource-quota")["spec"]["hard"]
            units.append(int(hard["limits.cpu"].removesuffix("m")) // 100)
        assert [number - units[0] for number in units] == [0, 2 * 29 * (30 + 3), 2 * 19 * (30 + 3)]

    def test_a_queue_may_leave_the_scaling_of_the_others(self) -> None:
        keda = {"enabled": True, "maxReplicaCount": 9}
        counts = []
        for queue in ({"name": "a"}, {"name": "a", "replicas": 2, "keda": {"enabled": False}}):
            workers = {"au": 5, "enableDefault": False, "keda": keda, "queues": [queue]}
            values = {"executor": "CeleryExecutor", "workers": workers, "capacity": {"quota": True}}
            hard = render(values).one("ResourceQuota", "resource-quota")["spec"]["hard"]
            counts.append(int(hard["limits.cpu"].removesuffix("m")) // 100)
        assert counts[0] - counts[1] == 2 * 7 * (5 + 1)

    def test_containers_without_a_size_get_one_unit(self) -> None:
        unit = {"cpu": "100m", "memory": "384Mi"}
        limit = render({"capacity": {"quota": True, "maxPodAu": 35}}).one("LimitRange", "limit-range-units")
        assert limit["spec"]["limits"] == [
            {
                "type": "Container",
                "defaultRequest": unit,
                "default": unit,
                "max": {"cpu": "3500m", "memory": "13440Mi"},
            }
        ]

    def test_nothing_is_limited_by_default(self) -> None:
        rendered = render()
        assert rendered.of("ResourceQuota") + rendered.of("LimitRange") == []


class TestNetworkPolicies:
    def test_all_pods_of_the_release_are_closed_unless_a_policy_opens_them(self) -> None:
        assert render().one("NetworkPolicy", "default-deny")["spec"] == {
            "podSelector": {"matchLabels": {"tier": "airflow", "release": "demo"}},
            "policyTypes": ["Ingress"],
        }

    def test_with_egress_denied_only_dns_the_release_and_the_rules_are_reached(self) -> None:
        rule = {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}
        spec = render({"networkPolicies": {"denyEgress": True, "extraEgress": [rule]}}).one(
            "NetworkPolicy", "default-deny"
        )["spec"]
        assert spec["policyTypes"] == ["Ingress", "Egress"]
        assert [port["port"] for port in spec["egress"][0]["ports"]] == [53, 53]
        assert spec["egress"][1:] == [{"to": [{"podSelector": spec["podSelector"]}]}, rule]


class TestVariables:
    def test_are_there_before_the_pods(self) -> None:
        variables = {
            "plain": {"AIRFLOW_VAR_REGION": "eu"},
            "sealed": {"encryptedData": {"PASSWORD": "AgBy3i4OJSWK"}, "scope": "namespace-wide"},
            "external": {"secretStore": "vault", "data": {"TOKEN": {"key": "etl/token", "version": "3"}}},
        }
        rendered = render({"variables": variables})
        plain = rendered.one("ConfigMap", "env-plain")
        sealed = rendered.one("SealedSecret", "env")
        external = rendered.one("ExternalSecret", "env-external")
        assert max(wave(one) for one in (plain, sealed, external)) < wave(rendered.one("Deployment", "scheduler"))
        assert plain["data"] == {"AIRFLOW_VAR_REGION": "eu"}
        scope = {"sealedsecrets.bitnami.com/namespace-wide": "true"}
        assert sealed["metadata"]["annotations"].items() >= scope.items()
        assert sealed["spec"] == {
            "encryptedData": {"PASSWORD": "AgBy3i4OJSWK"},
            "template": {"metadata": {"name": "demo-env", "namespace": "airflow-demo", "annotations": scope}},
        }
        assert external["spec"]["secretStoreRef"] == {"name": "vault", "kind": "ClusterSecretStore"}
        assert external["spec"]["data"][0]["remoteRef"].items() >= {"key": "etl/token", "version": "3"}.items()


class TestExtras:
    def test_are_rendered_as_they_are_written(self) -> None:
        extra = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "x"}, "spec": {"a": [1, None]}}
        assert render({"extraObjects": [extra]}).of("Thing") == [extra]

    def test_a_configmap_has_labels_and_annotations_of_its_own(self) -> None:
        own = {"data": {"a": "b"}, "labels": {"x": "y"}, "annotations": {"z": "w"}}
        one = next(
            one
            for one in render({"extraConfigMaps": {"mine": own}}).of("ConfigMap")
            if one["metadata"]["name"] == "mine"
        )
        assert one["data"] == own["data"]
        assert one["metadata"]["labels"]["x"] == "y"
        assert one["metadata"]["annotations"]["z"] == "w"
