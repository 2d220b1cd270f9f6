"""What containers get: airflow.cfg, environment variables, ConfigMaps and Secrets of people's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.airflow import AirflowValues
from generator.errors import ProblemsError
from generator.importer.confidential import is_secret, secret_text
from generator.importer.draft import Draft, Item
from generator.importer.result import KeyPath, leaves
from generator.importer.templates import is_template
from generator.yaml import read

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,254}\Z")
_UNREADABLE = "it is text that can't be read as YAML once its Helm templates are filled in"

#: Options that the chart itself gives to Airflow from a Secret: its suffix, its key, the setting that names it.
_OWN: dict[tuple[str, str], tuple[str, str, str]] = {
    ("core", "fernet_key"): ("fernet", "fernet-key", "fernetKeySecretName"),
    ("webserver", "secret_key"): ("webserver-key", "webserver-secret-key", "webserverSecretKeySecretName"),
    ("api", "secret_key"): ("api-key", "api-secret-key", "apiSecretKeySecretName"),
    ("api_auth", "jwt_secret"): ("jwt", "jwt-secret", "jwtSecretName"),
    ("core", "sql_alchemy_conn"): ("database-url", "connection", "data.metadataSecretName"),
    ("database", "sql_alchemy_conn"): ("database-url", "connection", "data.metadataSecretName"),
    ("celery", "broker_url"): ("broker", "connection", "data.brokerUrlSecretName"),
    ("celery", "result_backend"): ("results-url", "connection", "data.resultBackendSecretName"),
}
#: What else says the same as these settings, and counts before options and variables.
_BEFORE = {
    "fernetKeySecretName": "fernetKey",
    "webserverSecretKeySecretName": "webserverSecretKey",
    "apiSecretKeySecretName": "apiSecretKey",
    "jwtSecretName": "jwtSecret",
    "data.metadataSecretName": "data.metadataConnection.host",
    "data.brokerUrlSecretName": "data.brokerUrl",
    "data.resultBackendSecretName": "data.resultBackendConnection.host",
}

# What the official chart's own values say by templates, and what is made here from the same settings.
_FOLLOWS = {
    "core": "dags_folder executor auth_manager colored_console_log remote_logging",
    "logging": "remote_logging colored_console_log base_log_folder",
    "metrics": "statsd_on statsd_port statsd_prefix statsd_host otel_on otel_host otel_port",
    "traces": "otel_on otel_host otel_port otel_ssl_active",
    "scheduler": "standalone_dag_processor statsd_on statsd_port statsd_prefix statsd_host",
    "celery": "flower_url_prefix worker_concurrency sync_parallelism",
    "elasticsearch": "host json_format write_stdout frontend",
    "kerberos": "keytab reinit_frequency principal ccache",
    "kubernetes": "namespace airflow_configmap airflow_local_settings_configmap pod_template_file"
    " worker_container_repository worker_container_tag multi_namespace_mode",
    "kubernetes_executor": "namespace pod_template_file worker_container_repository worker_container_tag"
    " multi_namespace_mode",
    "dag_processor": "dag_bundle_config_list",
    "api": "base_url port",
    "webserver": "base_url enable_proxy_fix",
}


def sections(draft: Draft, item: Item) -> None:
    """airflow.cfg: each option is looked at by itself."""
    if not isinstance(item.value, dict):
        draft.drop(item.src, item.value, "airflow.cfg is a map of sections")
        return
    for section, options in item.value.items():
        src = (*item.src, section)
        if not isinstance(options, dict) or not options:
            draft.drop(src, options, "a section of airflow.cfg has options")
            continue
        for name, value in options.items():
            option(draft, Item((*src, name), (*item.path, section, name), value))


def option(draft: Draft, item: Item) -> None:
    """One option of airflow.cfg."""
    section, name, value = str(item.path[-2]), str(item.path[-1]).lower(), item.value
    if value is None or isinstance(value, dict | list):
        draft.drop(item.src, value, "an option of airflow.cfg is text, a number, or true or false")
    elif is_template(str(value)) and name in _FOLLOWS.get(section, "").split():
        draft.unneeded(item.src, value, "it follows from other settings")
    elif (section, name) in _OWN and not is_template(str(value)):
        _own(draft, item.src, value, _OWN[section, name])
    elif (section, name) == ("celery", "worker_concurrency") and str(value).isdigit() and int(value) > 0:
        draft.put(item.src, int(value), ("workers", "concurrency"))
    elif is_secret(name, value):
        variable = f"AIRFLOW__{section}__{name}".upper()
        secret, key = draft.secret(item.src, value, "variables", variable)
        _add(draft, ("secret",), {"envName": variable, "secretName": secret, "secretKey": key})
    else:
        draft.put(item.src, value, ("config", section, name))


def _own(draft: Draft, src: KeyPath, value: Any, own: tuple[str, str, str]) -> None:
    suffix, key, to = own
    path = tuple(to.split("."))
    if (said := next((name for name in (to, _BEFORE[to]) if draft.said(*name.split("."))), "")) or draft.at(path):
        draft.unneeded(src, value, f"{said or to} says it too, and that counts; it is not written")
    else:
        name, _ = draft.secret(src, value, suffix, key)
        draft.give(path, name)


def _add(draft: Draft, path: KeyPath, value: Any) -> None:
    there = draft.at(path)
    if there is None:
        draft.give(path, [value])
    else:
        there.append(value)


def variables(draft: Draft, item: Item) -> None:
    """Environment variables of all containers."""
    if not isinstance(item.value, list):
        draft.put(item.src, item.value, item.path)
        return
    _variables(draft, item.src, item.value)


def extra_env(draft: Draft, item: Item) -> None:
    """Environment variables as a text of YAML, which is a list like ``env`` here."""
    found = _read(draft, item.value)
    if isinstance(found, list) and found and all(isinstance(each, dict) and "name" in each for each in found):
        _variables(draft, item.src, found)
    else:
        draft.drop(item.src, item.value, f"{_UNREADABLE}: write its variables into env")


def _variables(draft: Draft, src: KeyPath, found: list[Any]) -> None:
    own = {f"AIRFLOW__{section}__{name}".upper(): parts for (section, name), parts in _OWN.items()}
    switches = type(AirflowValues().enableBuiltInSecretEnvVars).model_fields
    for number, each in enumerate(found):
        name = each.get("name") if isinstance(each, dict) else None
        place = (*src, number)
        literal = each["value"] if isinstance(each, dict) and each.keys() == {"name", "value"} else None
        if name in own and isinstance(literal, str) and literal and not is_template(literal):
            _own(draft, (*place, "value"), literal, own[name])
            draft.moved((*place, "name"), name, (), "the chart gives Airflow this variable")
            continue
        draft.append_one(place, each, ("env",))
        if name in switches and isinstance(each, dict) and each.keys() > {"name"}:
            draft.give(("enableBuiltInSecretEnvVars", name), False)


def extra_env_from(draft: Draft, item: Item) -> None:
    """ConfigMaps and Secrets whose entries become variables, as a text of YAML; a list here."""
    found = _read(draft, item.value) if isinstance(item.value, str) else item.value
    if isinstance(found, list) and found and all(isinstance(each, dict) for each in found):
        draft.append(item.src, found, ("extraEnvFrom",))
    else:
        draft.drop(item.src, item.value, f"{_UNREADABLE}: write it as a list")


def _read(draft: Draft, value: Any) -> Any:
    """What a text of YAML holds; None when it can't be read."""
    if not isinstance(value, str):
        return value if isinstance(value, list) else None
    text = draft.resolved(value)
    if text is None:
        return None
    try:
        return read(text, file="").value
    except ProblemsError:
        return None


def extra_config_maps(draft: Draft, item: Item) -> None:
    """ConfigMaps, whose entries are a text of YAML in the official chart."""
    if not isinstance(item.value, dict):
        draft.put(item.src, item.value, item.path)
        return
    for key, each in item.value.items():
        src = (*item.src, key)
        name = draft.resolved(key)
        if not isinstance(each, dict) or not each:
            draft.drop(src, each, "a ConfigMap has entries")
            continue
        if name is None:
            draft.drop(src, each, "its name is a Helm template that can't be known without Helm")
            continue
        for field, value in each.items():
            place = (*src, field)
            if field == "useHelmHooks":
                draft.unneeded(place, value, "no object is a Helm hook")
            elif field == "data" and isinstance(value, str):
                _entries(draft, place, value, (*item.path, name, "data"))
            else:
                draft.put(place, value, (*item.path, name, field))


def _entries(draft: Draft, src: KeyPath, text: str, dst: KeyPath) -> None:
    found = _read(draft, text)
    if not isinstance(found, dict) or not found:
        draft.drop(src, text, _UNREADABLE)
        return
    for key, value in found.items():
        if is_secret(key, value) or (isinstance(value, str) and secret_text(value)):
            draft.drop((*src, key), value, "it looks like a secret, and nothing secret stands in git: use a Secret")
        else:
            draft.put((*src, key), value, (*dst, key))


def extra_secrets(draft: Draft, item: Item) -> None:
    """Secrets of people's own: they keep their names, and somebody else makes them."""
    if not isinstance(item.value, dict):
        draft.drop(item.src, item.value, "Secrets are a map; what is here is not written")
        return
    for key, each in item.value.items():
        src = (*item.src, key)
        name = draft.resolved(key) or key
        if not isinstance(each, dict) or not each:
            draft.unneeded(src, each, "empty: it sets nothing")
            continue
        kind = each["type"] if isinstance(each.get("type"), str) else "Opaque"
        if not (each.get("data") or each.get("stringData")):
            draft.vault.need(name, [], src, kind)
        for field, value in each.items():
            place = (*src, field)
            if field in ("data", "stringData"):
                found = _read(draft, value) if isinstance(value, str) else value
                keys = list(found) if isinstance(found, dict) else ["the keys of its text"]
                draft.vault.need(name, keys, place, kind)
                for path, _ in leaves(value, place):
                    draft.secret_fate(path, (name, ", ".join(keys)))
            else:
                draft.drop(place, value, f"it is of the Secret {name}, which is not made by the deployment", "unneeded")


def extra_objects(draft: Draft, item: Item) -> None:
    """Objects of people's own, but Secrets with data."""
    if not isinstance(item.value, list):
        draft.put(item.src, item.value, item.path)
        return
    for number, each in enumerate(item.value):
        src = (*item.src, number)
        if not (isinstance(each, dict) and each.get("kind") == "Secret"):
            draft.append_one(src, each, item.path)
            continue
        metadata = each.get("metadata")
        name = draft.resolved(str(metadata.get("name", ""))) if isinstance(metadata, dict) else None
        draft.drop(src, each, "a Secret is not made by the deployment", "unneeded")
        for field in ("data", "stringData"):
            if isinstance(data := each.get(field), dict) and data and name:
                draft.vault.need(name, list(data), (*src, field), str(each.get("type", "Opaque")))
                for key, value in data.items():
                    for path, _ in leaves(value, (*src, field, key)):
                        draft.secret_fate(path, (name, key))


def registry(draft: Draft, item: Item) -> None:
    """The login for the registry."""
    if draft.said("registry", "secretName"):
        draft.unneeded(item.src, item.value, "registry.secretName holds the login, and that counts; it is not written")
    else:
        name, key, kind = f"{draft.release.name}-registry-login", ".dockerconfigjson", "kubernetes.io/dockerconfigjson"
        for path, _ in leaves(item.value, item.src):
            draft.vault.need(name, [key], path, kind)
            draft.secret_fate(path, (name, key))
        draft.give(("registry", "secretName"), name)


def local_settings(draft: Draft, item: Item) -> None:
    """airflow_local_settings.py; that of the official chart only warns of a key that can't be random here."""
    if isinstance(item.value, str) and "dynamic webserver secret key" in item.value:
        draft.unneeded(item.src, item.value, "it is the official chart's own, which warns of a random key")
    else:
        draft.put(item.src, item.value, item.path)


def keep_last(draft: Draft) -> None:
    """Of variables with one name in one list, the last: it is the one that pods got."""
    found: dict[KeyPath, str] = {}
    for path, items in _lists(draft.values, ()):
        names = [each.get("name") if isinstance(each, dict) else None for each in items]
        for number, name in enumerate(names):
            if path[-1] == "env" and isinstance(name, str) and name in names[number + 1 :]:
                found[*path, number] = f"{name} is there again later in the list, and that counts"
    draft.remove_all(found)


def _lists(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, list[Any]]]:
    if isinstance(value, list) and path:
        yield path, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _lists(each, (*path, key))
    if path == ("workers", "queues") and isinstance(value, list):
        for number, each in enumerate(value):
            yield from _lists(each, (*path, number))
