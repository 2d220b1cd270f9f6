"""Rules between values: what is valid by itself but not together.

``check`` takes effective values that the schema has accepted. The fatal ones are in the chart as well, for people who
use Helm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from generator.airflow.catalog import CATALOG, JOBS
from generator.airflow.credentials import literal_credentials
from generator.airflow.kubernetes_rules import KUBERNETES_RULES
from generator.airflow.versions import OLDEST, SUPPORTED, AirflowVersion
from generator.errors import Problem

Values: TypeAlias = Mapping[str, Any]
Rule: TypeAlias = Callable[[Values], Iterator[Problem]]


def check(values: Values) -> list[Problem]:
    """Everything that is wrong with effective values, beyond the schema. Problems have a path, no file."""
    return [problem for rule in RULES for problem in rule(values)]


def get(values: Values, path: str) -> Any:
    """The value at a dotted path, or nothing when it or anything above it is absent."""
    found: Any = values
    for part in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def _version_is_supported(values: Values) -> Iterator[Problem]:
    version = AirflowVersion.parse(values["airflowVersion"])
    if version is None or not version.supported:
        yield Problem(
            f"Airflow {values['airflowVersion']} is not supported",
            path="airflowVersion",
            allowed=f"{OLDEST[0]}.{OLDEST[1]} to 2.11, and 3.0 to {SUPPORTED[-1]}",
            hint=f"to try a newer image: airflowVersion: {SUPPORTED[-1]}.0 and its tag in defaultAirflowTag"
            if version is not None and version.newer
            else "",
        )


def _executor_fits_version(values: Values) -> Iterator[Problem]:
    version = AirflowVersion.parse(values["airflowVersion"])
    if version is not None and version.supported and values["executor"] not in version.executors:
        yield Problem(
            f"Airflow {version} has no executor {values['executor']}",
            path="executor",
            allowed=", ".join(version.executors),
            hint="CeleryExecutor,KubernetesExecutor takes its place"
            if values["executor"] == "CeleryKubernetesExecutor"
            else "",
        )


def _one_source_of_dags(values: Values) -> Iterator[Problem]:
    used = [f"dags.{way}" for way in ("gitSync", "bundle", "persistence") if get(values, f"dags.{way}.enabled")]
    if len(used) > 1:
        yield Problem(
            f"{' and '.join(used)} are both enabled",
            path=f"{used[1]}.enabled",
            allowed="one way for DAGs to reach the pods",
        )


def _dags_are_complete(values: Values) -> Iterator[Problem]:
    sync = values["dags"]["gitSync"]
    if sync["enabled"]:
        repo = sync.get("repo")
        if repo is None:
            yield _missing("dags.gitSync.repo", "git-sync is enabled")
        elif not repo.startswith(("http://", "https://", "git://", "file://")) and sync.get("sshKeySecret") is None:
            yield _missing("dags.gitSync.sshKeySecret", f"{repo} is reached by ssh")
    bundle = values["dags"]["bundle"]
    if bundle["enabled"]:
        yield from (
            _missing(f"dags.bundle.{key}", "the bundle is enabled")
            for key in ("repository", "digest")
            if bundle.get(key) is None
        )
    volume = values["dags"]["persistence"]
    if volume.get("existingClaim") is not None and volume["nfs"].get("server") is not None:
        yield _either("dags.persistence.existingClaim", "dags.persistence.nfs.server")


def _one_autoscaler(values: Values) -> Iterator[Problem]:
    workers = values["workers"]
    if workers["keda"]["enabled"] and workers["hpa"]["enabled"]:
        yield _either("workers.keda.enabled", "workers.hpa.enabled")
    for number, queue in enumerate(workers["queues"]):
        own = {scaler: get(queue, f"{scaler}.enabled") for scaler in ("keda", "hpa")}
        keda, hpa = (workers[scaler]["enabled"] if own[scaler] is None else own[scaler] for scaler in ("keda", "hpa"))
        if keda and hpa and not (workers["keda"]["enabled"] and workers["hpa"]["enabled"]):
            yield _either(f"workers.queues[{number}].keda.enabled", f"workers.queues[{number}].hpa.enabled")


def _autoscalers_have_room(values: Values) -> Iterator[Problem]:
    places = ["workers.keda", "workers.hpa", "triggerer.keda", "webserver.hpa", "apiServer.hpa"]
    scalers: list[tuple[str, Values, Values]] = [(place, get(values, place), {}) for place in places]
    for number, queue in enumerate(values["workers"]["queues"]):
        scalers.extend(
            (f"workers.queues[{number}].{kind}", queue.get(kind) or {}, values["workers"][kind])
            for kind in ("keda", "hpa")
        )
    for place, scaler, base in scalers:
        least, greatest = (scaler.get(key, base.get(key)) for key in ("minReplicaCount", "maxReplicaCount"))
        if scaler.get("enabled") and least is not None and greatest is not None and least > greatest:
            yield Problem(
                f"minReplicaCount {least} is greater than maxReplicaCount {greatest}",
                path=f"{place}.minReplicaCount",
                allowed=f"at most {greatest}",
            )
        if place.endswith("hpa") and scaler.get("enabled") and least == 0:
            yield Problem(
                "a HorizontalPodAutoscaler keeps one pod at least", path=f"{place}.minReplicaCount", allowed="1 or more"
            )


def _queue_names_differ(values: Values) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, queue in enumerate(values["workers"]["queues"]):
        if queue["name"] in seen:
            yield Problem(
                f"two queues are named {queue['name']}",
                path=f"workers.queues[{number}].name",
                allowed="a name of its own",
            )
        seen.add(queue["name"])


def _broker_exists(values: Values) -> Iterator[Problem]:
    if (
        "Celery" in values["executor"]
        and not values["redis"]["enabled"]
        and get(values, "data.brokerUrlSecretName") is None
    ):
        yield Problem(
            f"{values['executor']} needs a broker, and there is none",
            path="data.brokerUrlSecretName",
            allowed="the name of a Secret with the broker's URL under key `connection`, or `redis.enabled: true`",
        )


def _database_exists(values: Values) -> Iterator[Problem]:
    data = values["data"]
    host = data["metadataConnection"].get("host")
    if data.get("metadataSecretName") is None and host is None and not values["bootstrap"]["enabled"]:
        yield Problem(
            "nothing says where the database is",
            path="data.metadataSecretName",
            allowed="one of data.metadataSecretName, data.metadataConnection.host and bootstrap.enabled",
        )
    if host is not None:
        if data.get("metadataSecretName") is not None:
            yield _either("data.metadataSecretName", "data.metadataConnection.host")
        if data["metadataConnection"].get("passwordSecret") is None:
            yield _missing("data.metadataConnection.passwordSecret", "data.metadataConnection.host is given")
    if data.get("resultBackendSecretName") is not None and data.get("resultBackendConnection") is not None:
        yield _either("data.resultBackendSecretName", "data.resultBackendConnection")


def _result_backend_is_complete(values: Values) -> Iterator[Problem]:
    own = get(values, "data.resultBackendConnection")
    if own is None or get(values, "data.metadataConnection.host") is not None:
        return
    needed = ["host", "passwordSecret", *(["user"] if own.get("userSecret") is None else [])]
    for key in needed:
        if own.get(key) is None:
            yield _missing(
                f"data.resultBackendConnection.{key}",
                "data.metadataConnection has no host, so there is nothing to take it from",
            )


def _pgbouncer_knows_the_database(values: Values) -> Iterator[Problem]:
    pgbouncer = values["pgbouncer"]
    if (
        pgbouncer["enabled"]
        and get(values, "data.metadataSecretName") is not None
        and pgbouncer.get("configSecretName") is None
    ):
        yield Problem(
            "holds a whole URL, with which Airflow would go past PgBouncer, which is enabled",
            path="data.metadataSecretName",
            allowed="the parts of the connection in data.metadataConnection",
            hint="set data.metadataConnection.host, .db, .user and .passwordSecret instead,"
            " or pgbouncer.configSecretName beside it",
        )


def _keys_exist_without_bootstrap(values: Values) -> Iterator[Problem]:
    if values["bootstrap"]["enabled"]:
        return
    version = AirflowVersion.parse(values["airflowVersion"])
    needed = ["fernetKeySecretName"]
    if version is not None:
        needed += (
            ["webserverSecretKeySecretName"] if version.major == 2 else ["apiSecretKeySecretName", "jwtSecretName"]
        )
    if "Celery" in values["executor"] and values["redis"]["enabled"]:
        needed += ["redis.passwordSecretName", "data.brokerUrlSecretName"]
    if values["pgbouncer"]["enabled"]:
        if get(values, "pgbouncer.configSecretName") is None:
            needed.append("pgbouncer.usersSecretName")
        if values["pgbouncer"]["metricsExporterSidecar"]["enabled"]:
            needed.append("pgbouncer.metricsExporterSidecar.statsSecretName")
    if values["createUserJob"]["enabled"]:
        needed.append("createUserJob.defaultUser.passwordSecret")
    yield from (
        _missing(path, "there is no bootstrap job that would make it") for path in needed if get(values, path) is None
    )


def _configuration_has_one_source(values: Values) -> Iterator[Problem]:
    for component, text in (("webserver", "webserverConfig"), ("apiServer", "apiServerConfig")):
        if (
            get(values, f"{component}.{text}") is not None
            and get(values, f"{component}.{text}ConfigMapName") is not None
        ):
            yield _either(f"{component}.{text}", f"{component}.{text}ConfigMapName")


def _ingress_has_hosts(values: Values) -> Iterator[Problem]:
    ingress = values["ingress"]
    for route in ("web", "apiServer", "flower"):
        if ingress[route]["enabled"] and not ingress[route]["hosts"] and ingress.get("baseDomain") is None:
            yield Problem(
                f"the ingress of {route} has no host",
                path=f"ingress.{route}.hosts",
                allowed="a host, or `ingress.baseDomain`",
            )
    if ingress["auth"]["enabled"] and ingress["auth"].get("url") is None:
        yield _missing("ingress.auth.url", "the login is enabled")


def _variables_have_one_source(values: Values) -> Iterator[Problem]:
    variables = values["variables"]
    sources = {
        "plain": variables["plain"],
        "sealed.encryptedData": variables["sealed"]["encryptedData"],
        "external.data": variables["external"]["data"],
    }
    names = list(sources)
    for number, second in enumerate(names):
        for first in names[:number]:
            yield from (
                Problem(
                    f"{name} is also in variables.{first}", path=f"variables.{second}.{name}", allowed="one of the two"
                )
                for name in sorted(sources[second].keys() & sources[first].keys())
            )
    if variables["external"]["data"] and variables["external"].get("secretStore") is None:
        yield _missing("variables.external.secretStore", "variables.external.data has variables")


def _env_has_one_value(values: Values) -> Iterator[Problem]:
    places = ["env", *(f"{key}.env" for key in (*CATALOG, *JOBS, "podTemplate"))]
    places += (
        [f"{key}.waitForMigrations.env" for key in CATALOG]
        + [f"{key}.logGroomerSidecar.env" for key in CATALOG]
        + ["dags.gitSync.env"]
    )
    lists = [(place, get(values, place) or []) for place in places]
    lists += [
        (f"workers.queues[{number}].{place}", get(queue, place) or [])
        for number, queue in enumerate(values["workers"]["queues"])
        for place in ("env", "waitForMigrations.env", "logGroomerSidecar.env")
    ]
    for place, variables in lists:
        for number, variable in enumerate(variables):
            if (variable.get("value") is None) == (variable.get("valueFrom") is None):
                found = "neither value nor valueFrom" if variable.get("value") is None else "both value and valueFrom"
                yield Problem(
                    f"{variable['name']} has {found}", path=f"{place}[{number}]", allowed="one of value and valueFrom"
                )


def _batches_fit_version(values: Values) -> Iterator[Problem]:
    size = values["databaseCleanup"].get("batchSize")
    version = AirflowVersion.parse(values["airflowVersion"])
    if size is not None and version is not None and version < AirflowVersion(3, 1):
        yield Problem(f"Airflow {version} cannot delete in batches", path="databaseCleanup.batchSize", allowed="3.1 on")


def _elasticsearch_is_somewhere(values: Values) -> Iterator[Problem]:
    elasticsearch = values["elasticsearch"]
    if (
        elasticsearch["enabled"]
        and elasticsearch.get("secretName") is None
        and elasticsearch["connection"].get("host") is None
    ):
        yield _missing("elasticsearch.connection.host", "Elasticsearch is enabled")


def _extra_objects_are_objects(values: Values) -> Iterator[Problem]:
    for number, extra in enumerate(values["extraObjects"]):
        place = f"extraObjects[{number}]"
        for key in ("apiVersion", "kind"):
            if not isinstance(extra.get(key), str) or not extra[key]:
                yield _missing(f"{place}.{key}", "every Kubernetes object has it")
        if not isinstance(get(extra, "metadata.name"), str):
            yield _missing(f"{place}.metadata.name", "every Kubernetes object has it")
        if str(extra.get("kind")).strip().casefold().endswith("list") or extra.get("items") not in (None, ""):
            yield Problem(
                "is a list of objects, which nothing looks into",
                path=place,
                allowed="one object in each item of extraObjects",
                hint="write its objects one by one",
            )
        if extra.get("kind") == "Secret" and (extra.get("data") or extra.get("stringData")):
            yield Problem(
                "a Secret with data would be kept in git for everyone to read",
                path=place,
                allowed="a SealedSecret, an ExternalSecret, or variables.sealed",
            )


def _service_accounts_have_names(values: Values) -> Iterator[Problem]:
    for key in (*CATALOG, *JOBS, "podTemplate"):
        account = get(values, f"{key}.serviceAccount")
        if account and not account["create"] and account.get("name") is None:
            yield _missing(f"{key}.serviceAccount.name", "the chart does not make the service account")


RULES: tuple[Rule, ...] = (
    _version_is_supported,
    _executor_fits_version,
    _one_source_of_dags,
    _dags_are_complete,
    _one_autoscaler,
    _autoscalers_have_room,
    _queue_names_differ,
    _broker_exists,
    _database_exists,
    _result_backend_is_complete,
    _pgbouncer_knows_the_database,
    _keys_exist_without_bootstrap,
    _configuration_has_one_source,
    _ingress_has_hosts,
    _variables_have_one_source,
    _env_has_one_value,
    _batches_fit_version,
    _elasticsearch_is_somewhere,
    _extra_objects_are_objects,
    _service_accounts_have_names,
    literal_credentials,
    *KUBERNETES_RULES,
)


def _missing(path: str, because: str) -> Problem:
    return Problem(f"is needed: {because}", path=path)


def _either(first: str, second: str) -> Problem:
    return Problem(f"cannot go together with {second}", path=first, allowed="one of the two")
