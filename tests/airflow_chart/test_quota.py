"""The automatic quota is what the rendered pods really need."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import Any

import pytest

from generator.airflow.chart import airflow_chart
from generator.dialect import Release
from generator.render.pods import _amount
from tests.airflow_chart.rendered import Rendered, pod_template, render
from tests.support.contexts import CONTEXTS
from tests.support.draw_kubernetes import draw_free
from tests.support.values import drawn_values

UNIT = {"cpu": Decimal(100), "memory": Decimal(384)}
MINIMAL: dict[str, Any] = {
    "executor": "LocalExecutor",
    "triggerer": {"enabled": False},
    "dagProcessor": {"enabled": False},
    "apiServer": {"enabled": False},
    "statsd": {"enabled": False},
    "capacity": {"quota": True},
}


def hard(values: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = render(values).one("ResourceQuota", "resource-quota")["spec"]["hard"]
    return found


def scheduler(**more: Any) -> dict[str, Any]:
    groomer = {"logGroomerSidecar": {"enabled": False}}
    return hard({**MINIMAL, "scheduler": {**groomer, **more}})


def both(cpu: int, memory: int) -> dict[str, str]:
    return {
        "requests.cpu": f"{2 * cpu}m",
        "requests.memory": f"{2 * memory}Mi",
        "limits.cpu": f"{2 * cpu}m",
        "limits.memory": f"{2 * memory}Mi",
    }


def test_units() -> None:
    assert scheduler(au=3, replicas=2) == both(600, 6 * 384)


def test_amounts_take_the_place_of_units() -> None:
    size = {"limits": {"cpu": 1.5, "memory": "1Gi"}, "requests": {"cpu": "250m", "memory": "512Mi"}}
    assert scheduler(au=3, resources=size) == {
        "requests.cpu": "500m",
        "requests.memory": "1024Mi",
        "limits.cpu": "3000m",
        "limits.memory": "2048Mi",
    }


def test_a_request_that_is_not_named_is_the_limit() -> None:
    assert scheduler(resources={"limits": {"cpu": 1, "memory": "1G"}}) == both(1000, 954)


def test_what_is_not_named_at_all_is_one_unit() -> None:
    assert scheduler(resources={"limits": {"cpu": 1}}) == both(1000, 384)
    assert scheduler(au=None) == both(100, 384)


def test_a_log_groomer_counts_when_there_is_one() -> None:
    own = {"requests": {"cpu": "20m", "memory": "64Mi"}, "limits": {"cpu": "40m", "memory": "128Mi"}}
    values = {**MINIMAL, "scheduler": {"au": 1, "logGroomerSidecar": {"resources": own}}}
    assert hard(values) == {
        "requests.cpu": f"{2 * 120}m",
        "requests.memory": f"{2 * 448}Mi",
        "limits.cpu": f"{2 * 140}m",
        "limits.memory": f"{2 * 512}Mi",
    }


@pytest.mark.parametrize("number", range(len(CONTEXTS)))
def test_it_is_twice_what_the_rendered_containers_ask_for(number: int) -> None:
    assert hard_of_pods(render(CONTEXTS[number])) == hard_of_quota(render(CONTEXTS[number]))


@pytest.mark.parametrize("number", range(40))
def test_it_is_twice_what_the_containers_of_drawn_values_ask_for(number: int) -> None:
    values = drawn_values(airflow_chart(), 20_000 + number, draw_free)
    capacity = {"quota": True, "extraAu": 7}
    chart = airflow_chart()
    effective = chart.effective(values)
    effective.update(capacity=capacity, quotas={}, hibernate=False)
    files = chart.render(effective, Release("demo", "airflow-demo"))
    rendered = Rendered([one for documents in files.values() for one in documents])
    assert hard_of_pods(rendered, extra=7) == hard_of_quota(rendered)


def hard_of_quota(rendered: Rendered) -> dict[str, Decimal]:
    return {
        key: Decimal(str(text).removesuffix("m").removesuffix("Mi"))
        for key, text in rendered.one("ResourceQuota", "resource-quota")["spec"]["hard"].items()
        if key != "pods"
    }


def hard_of_pods(rendered: Rendered, extra: int = 0) -> dict[str, Decimal]:
    """What the quota should be, counted off the pods; people's own containers do not count."""
    result = {}
    for kind in ("requests", "limits"):
        for what, unit in UNIT.items():
            total = sum(
                (need(container, kind, what) * pods(rendered, workload))
                for workload in [*rendered.of("Deployment"), *rendered.of("StatefulSet")]
                for container in own_containers(workload)
            )
            result[f"{kind}.{what}"] = 2 * total + extra * unit
    return result


def own_containers(workload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    main, *others = pod_template(workload)["spec"]["containers"]
    yield main
    for one in others:
        if one["name"] in (f"{main['name']}-log-groomer", "metrics-exporter") or "GITSYNC_ROOT" in str(one.get("env")):
            yield one


def pods(rendered: Rendered, workload: dict[str, Any]) -> int:
    """The greatest number of pods."""
    name = workload["metadata"]["name"]
    for scaler in rendered.of("ScaledObject"):
        if scaler["spec"]["scaleTargetRef"]["name"] == name:
            return int(scaler["spec"]["maxReplicaCount"])
    for scaler in rendered.of("HorizontalPodAutoscaler"):
        if scaler["spec"]["scaleTargetRef"]["name"] == name:
            return int(scaler["spec"]["maxReplicas"])
    return int(workload["spec"]["replicas"])


def need(container: dict[str, Any], kind: str, what: str) -> Decimal:
    """In thousandths of a CPU or in Mi, as the API server and the LimitRange fill it in."""
    size = container.get("resources", {})
    amount = size.get(kind, {}).get(what)
    if amount is None and kind == "requests":
        amount = size.get("limits", {}).get(what)
    if amount is None:
        return UNIT[what]
    parsed = _amount(str(amount))
    assert parsed is not None
    scaled = parsed * 1000 if what == "cpu" else parsed / 2**20
    return min(scaled.to_integral_value(ROUND_CEILING), Decimal(1_000_000))
