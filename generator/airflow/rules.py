"""Rules between values: what is valid by itself but not together.

``check`` takes effective values that the schema has accepted. The fatal ones are in the chart as well, for people who
use Helm.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.airflow.catalog import CATALOG, JOBS
from generator.airflow.credentials import literal_credentials
from generator.airflow.data_rules import DATA_RULES
from generator.airflow.kubernetes_rules import KUBERNETES_RULES
from generator.airflow.rule import Rule, Values, either, get, missing
from generator.airflow.scaling_rules import SCALING_RULES
from generator.airflow.version_rules import VERSION_RULES
from generator.errors import Problem


def check(values: Values) -> list[Problem]:
    """Everything that is wrong with effective values, beyond the schema. Problems have a path, no file."""
    return [problem for rule in RULES for problem in rule(values)]


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
            yield missing("dags.gitSync.repo", "git-sync is enabled")
        elif not repo.startswith(("http://", "https://", "git://", "file://")) and sync.get("sshKeySecret") is None:
            yield missing("dags.gitSync.sshKeySecret", f"{repo} is reached by ssh")
    bundle = values["dags"]["bundle"]
    if bundle["enabled"]:
        yield from (
            missing(f"dags.bundle.{key}", "the bundle is enabled")
            for key in ("repository", "digest")
            if bundle.get(key) is None
        )
    volume = values["dags"]["persistence"]
    if volume.get("existingClaim") is not None and volume["nfs"].get("server") is not None:
        yield either("dags.persistence.existingClaim", "dags.persistence.nfs.server")


def _configuration_has_one_source(values: Values) -> Iterator[Problem]:
    for component, text in (("webserver", "webserverConfig"), ("apiServer", "apiServerConfig")):
        if (
            get(values, f"{component}.{text}") is not None
            and get(values, f"{component}.{text}ConfigMapName") is not None
        ):
            yield either(f"{component}.{text}", f"{component}.{text}ConfigMapName")


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
        yield missing("ingress.auth.url", "the login is enabled")


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
        yield missing("variables.external.secretStore", "variables.external.data has variables")


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
        names: set[str] = set()
        for number, variable in enumerate(variables):
            if variable["name"] in names:
                # The pods would get the last of them, and nobody would know.
                yield Problem(
                    f"the variable {variable['name']} is there already, earlier in this list",
                    path=f"{place}[{number}]",
                    allowed="one of each name",
                )
            names.add(variable["name"])
            if (variable.get("value") is None) == (variable.get("valueFrom") is None):
                found = "neither value nor valueFrom" if variable.get("value") is None else "both value and valueFrom"
                yield Problem(
                    f"{variable['name']} has {found}", path=f"{place}[{number}]", allowed="one of value and valueFrom"
                )


def _extra_objects_are_objects(values: Values) -> Iterator[Problem]:
    for number, extra in enumerate(values["extraObjects"]):
        place = f"extraObjects[{number}]"
        for key in ("apiVersion", "kind"):
            if not isinstance(extra.get(key), str) or not extra[key]:
                yield missing(f"{place}.{key}", "every Kubernetes object has it")
        if not isinstance(get(extra, "metadata.name"), str):
            yield missing(f"{place}.metadata.name", "every Kubernetes object has it")
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
            yield missing(f"{key}.serviceAccount.name", "the chart does not make the service account")


RULES: tuple[Rule, ...] = (
    *VERSION_RULES,
    *SCALING_RULES,
    *DATA_RULES,
    _one_source_of_dags,
    _dags_are_complete,
    _configuration_has_one_source,
    _ingress_has_hosts,
    _variables_have_one_source,
    _env_has_one_value,
    _extra_objects_are_objects,
    _service_accounts_have_names,
    literal_credentials,
    *KUBERNETES_RULES,
)
