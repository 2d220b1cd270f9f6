"""Web pages: how they are reached, who logs in, and the first user."""

from __future__ import annotations

from typing import Any

from generator.importer.draft import PLAIN, Draft, Item
from generator.importer.result import leaves

_SYNC = ("argocd.argoproj.io/", "helm.sh/")
_PORTS = (8080, 5555)
_PASSWORD = ("createUserJob", "defaultUser", "passwordSecret")


def user_enabled(draft: Draft, item: Item) -> None:
    """The first user is made when all that is said of it says so."""
    said = [
        draft.said("webserver", "defaultUser", "enabled"),
        draft.said("createUserJob", "defaultUser", "enabled"),
        draft.said("createUserJob", "enabled"),
    ]
    dst = ("createUserJob", "enabled")
    if item.value is True and False in said:
        draft.unneeded(item.src, item.value, "another of these values says that no first user is made")
    else:
        draft.put(item.src, item.value, dst, strength=item.strength)


def is_user_made(draft: Draft) -> bool:
    """Whether the values ask for a first user, or at least do not refuse one."""
    return draft.said("createUserJob", "enabled") is not False and not any(
        draft.said(key, "defaultUser", "enabled") is False for key in ("webserver", "createUserJob")
    )


def add_user(draft: Draft) -> None:
    """The official chart makes a user ``admin`` with password ``admin`` unless told not to; here nobody does."""
    if is_user_made(draft) and draft.at(("createUserJob", "enabled")) is None:
        if draft.said("webserver", "defaultUser") or draft.said("createUserJob", "defaultUser"):
            draft.give(("createUserJob", "enabled"), True)
        else:
            draft.notes.append(
                "The official chart makes a user admin with the password admin; here none is made unless"
                " createUserJob.enabled is true."
            )


def user_password(draft: Draft, item: Item) -> None:
    """The first user's password."""
    if not is_user_made(draft):
        draft.unneeded(item.src, item.value, "no first user is made; it is not written either")
    else:
        name, key = draft.secret(item.src, item.value, "first-user", "password")
        draft.give(_PASSWORD, {"name": name, "key": key})


def flower_login(draft: Draft, item: Item) -> None:
    """Flower's login: name and password together."""
    if draft.said("flower", "secretName"):
        draft.unneeded(item.src, item.value, "flower.secretName holds the login, and that counts; it is not written")
    else:
        name = f"{draft.release.name}-flower-login"
        for path, _ in leaves(item.value, item.src):
            draft.vault.need(name, ["basicAuth"], path)
            draft.secret_fate(path, (name, "basicAuth"), "as `name:password`")
        draft.give(("flower", "secretName"), name)


def _page(draft: Draft) -> str:
    return "apiServer" if draft.release.airflow3 else "web"


def ingress_enabled(draft: Draft, item: Item) -> None:
    """Once one switch for all pages."""
    page = _page(draft)
    if item.value is not True:
        draft.unneeded(item.src, item.value, "each page has its own switch, which is off")
        return
    draft.moved(item.src, item.value, ("ingress", page, "enabled"), "each page has its own switch")
    draft.give(("ingress", page, "enabled"), True)
    if draft.said("flower", "enabled") is True:
        draft.give(("ingress", "flower", "enabled"), True)


def hosts(draft: Draft, item: Item) -> None:
    """Hosts, which once were mere names."""
    if not isinstance(item.value, list):
        draft.put(item.src, item.value, item.path, strength=item.strength)
        return
    old = any(isinstance(each, str) for each in item.value)
    if draft.at(item.path):
        draft.unneeded(
            item.src, item.value, "the hosts of this page are said elsewhere in these values, and that counts"
        )
        return
    made = [{"name": each} if isinstance(each, str) else each for each in item.value]
    for number, each in enumerate(made):
        if old and isinstance(item.value[number], str):
            draft.append_one((*item.src, number), each, item.path, part="name")
        else:
            draft.append((*item.src,), [each], item.path, first=number)
    _old_tls(draft, item.path[:-1])


def host(draft: Draft, item: Item) -> None:
    """The one host of old."""
    if _said_of(draft, item, "hosts"):
        draft.unneeded(item.src, item.value, "the same page has `hosts`, and they count")
    else:
        draft.append_one(item.src, {"name": item.value}, (*item.path[:-1], "hosts"), part="name")
        _old_tls(draft, item.path[:-1])


def tls(draft: Draft, item: Item) -> None:
    """Encryption, once the same for all hosts of a page."""
    if not isinstance(item.value, dict) or item.value.get("enabled") is not True:
        draft.unneeded(item.src, item.value, "without `enabled: true` it sets nothing")
    elif not (_said_of(draft, item, "hosts") or _said_of(draft, item, "host")):
        draft.drop(item.src, item.value, "the page has no hosts to be encrypted")
    else:
        draft.moved(item.src, item.value, (*item.path[:-1], "hosts"), "it is said at each host")


def _said_of(draft: Draft, item: Item, key: str) -> Any:
    return draft.said(*item.src[:-1], key)


def _old_tls(draft: Draft, route: tuple[str | int, ...]) -> None:
    """What was said for all hosts of a page is said at each."""
    names = [str(route[-1]), *(["web"] if route[-1] == "apiServer" else [])]
    old = next((found for name in names if isinstance(found := draft.said("ingress", name, "tls"), dict)), {})
    if old.get("enabled") is not True:
        return
    for number, each in enumerate(draft.at((*route, "hosts")) or []):
        if isinstance(each, dict) and "tls" not in each:
            value = {"enabled": True, **({"secretName": name} if (name := old.get("secretName")) else {})}
            draft.give((*route, "hosts", number, "tls"), value)


def add_hosts(draft: Draft, domain: bool) -> None:
    """A page without hosts can't be reached here, unless the platform has a domain."""
    for route in ("web", "apiServer", "flower"):
        path = ("ingress", route, "enabled")
        if draft.at(path) is True and not draft.at(("ingress", route, "hosts")) and not domain:
            draft.remove(path, f"it needs a host: set ingress.{route}.hosts, or the environment's ingress.baseDomain")


def service_ports(draft: Draft, item: Item) -> None:
    """Ports of Services are fixed; what only repeats that is not worth a word."""
    plain = isinstance(item.value, list) and all(
        isinstance(each, dict)
        and each.keys() <= {"name", "port"}
        and ("{{" in str(each.get("port", "{{")) or each["port"] in _PORTS)
        for each in item.value
    )
    if plain:
        draft.unneeded(item.src, item.value, "it is the port that there is anyway")
    else:
        draft.drop(item.src, item.value, "ports of Services are fixed: put another Service into extraObjects")


def policy_ports(draft: Draft, item: Item) -> None:
    """Ports of a network policy, which are those of the component."""
    if isinstance(item.value, list) and all(isinstance(each, dict) and "{{" in str(each) for each in item.value):
        draft.unneeded(item.src, item.value, "it is the port that there is anyway")
    else:
        draft.unknown(item)


def job_annotations(draft: Draft, item: Item) -> None:
    """Annotations of jobs, but those that say when Argo CD and Helm run them."""
    if not isinstance(item.value, dict):
        draft.drop(item.src, item.value, "annotations are a map")
        return
    for key, value in item.value.items():
        src = (*item.src, key)
        if key.startswith(_SYNC):
            draft.unneeded(src, value, "when jobs run is part of what is rendered")
        else:
            draft.put(src, value, (*item.path[:-1], "annotations", key), strength=PLAIN)
