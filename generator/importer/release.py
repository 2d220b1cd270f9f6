"""A release of the official chart becomes a deployment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from generator.airflow import AirflowVersion
from generator.airflow.chart import airflow_chart
from generator.desired import Deployment, DesiredState, Workspace, check_state, key_path, load, wrong_release
from generator.errors import Problem, ProblemsError
from generator.importer import database, defaults, environment, repositories, versions, volumes, web, workers
from generator.importer.convert import Fate
from generator.importer.draft import Draft, Release
from generator.importer.result import Entry, Imported, KeyPath, leaves
from generator.importer.source import Source
from generator.importer.text import comments_of, file_text
from generator.importer.walk import walk
from generator.render import render_deployment
from generator.yaml import dotted

_MOST_ROUNDS = 40
_QUOTED = re.compile(r"'([^']+)'")
#: What asks for a setting that is missing, where that is not the switch of the same group.
_ASKED_BY: dict[KeyPath, KeyPath] = {("data", "brokerUrlSecretName"): ("redis", "enabled")}
_HEAD = {"apiVersion": "stargit.dev/v1", "kind": "Deployment"}


def import_release(source: Source, name: str, workspace: Workspace, others: Sequence[Deployment] = ()) -> Imported:
    """The deployment ``name`` of a workspace with the values of ``source``, valid as far as its values can be.

    What is refused here is left out and told. Raises ``ProblemsError`` for a wrong name, and for what is wrong with the
    environment's or the workspace's own defaults. ``others`` are the deployments that there are already.
    """
    file = f"environments/{workspace.environment.name}/workspaces/{workspace.name}/deployments/{name}.yaml"
    if allowed := wrong_release(name):
        raise ProblemsError([Problem(f"'{name}' is no name of a release", file=file, allowed=allowed)])
    platform = workspace.environment.settings.platform.namespace
    namespace = source.namespace if source.namespace not in ("", platform) else ""
    airflow = _airflow(source, workspace)
    draft = Draft(Release(name, namespace or f"{platform}-{name}", airflow, source.chart), source.values)
    walk(draft, source.values)
    versions.add_version(draft, source.chart)
    _complete(draft, workspace)
    head = {**_HEAD, **({"namespace": namespace} if namespace else {})}
    text = _mended(draft, head, file, source, (workspace, others))
    if namespace and "namespace" not in head:
        # Values may have named it by a template, so all is looked at again.
        settled = [_own_namespace(entry) for entry in source.settled]
        again = import_release(replace(source, namespace="", settled=settled), name, workspace, others)
        return replace(again, notes=tuple(dict.fromkeys((*draft.notes, *again.notes))))
    settled = source.settled if namespace or not source.namespace else list(map(_own_namespace, source.settled))
    return Imported(
        file=file,
        text=text,
        namespace=str(head.get("namespace", f"{platform}-{name}")),
        account=tuple(_account(draft, source, settled)),
        secrets=draft.vault.secrets(source.origin),
        notes=tuple(draft.notes),
    )


def _airflow(source: Source, workspace: Workspace) -> AirflowVersion | None:
    """The Airflow that the deployment will run: as its values say, or the workspace's or the environment's."""
    version, _ = versions.said_version(source.values, source.chart)
    for layer in (workspace.settings.defaults, workspace.environment.settings.defaults):
        version = version or layer.get("airflowVersion")
    return AirflowVersion.parse(versions.usable(version)) if version else None


def _complete(draft: Draft, workspace: Workspace) -> None:
    """What no single value of the input says."""
    database.add_password(draft)
    database.add_database(draft)
    repositories.add_key(draft)
    layers = (workspace.settings.defaults, workspace.environment.settings.defaults)
    database.add_broker(
        draft, next((str(found) for layer in layers if (found := layer.get("executor"))), defaults.EXECUTOR)
    )
    volumes.tidy_volumes(draft)
    workers.add_pods(draft)
    environment.keep_last(draft)
    defaults.add_defaults(draft, layers)
    web.add_user(draft)
    web.add_hosts(draft, any((layer.get("ingress") or {}).get("baseDomain") for layer in layers))


def _mended(
    draft: Draft, head: dict[str, str], file: str, source: Source, around: tuple[Workspace, Sequence[Deployment]]
) -> str:
    """The text, without what is refused."""
    problems: tuple[Problem, ...] = ()
    for _ in range(_MOST_ROUNDS):
        comments = comments_of(source.document, source.inside, draft.moves) if source.document is not None else {}
        text = file_text(head, draft.values, {to: found for to, found in comments.items() if draft.at(to) is not None})
        problems = _problems(text, file, *around)
        if not problems:
            return text
        foreign = [problem for problem in problems if problem.file != file]
        own = [problem for problem in problems if problem.file == file]
        if not (_removed(draft, head, own) or _suspects_removed(draft, own)):
            raise ProblemsError(foreign or problems)
    raise AssertionError(f"{file}: refused again and again: {problems}")


def _removed(draft: Draft, head: dict[str, str], problems: list[Problem]) -> bool:
    """Take out what problems are about, or the least around it that can go; whether there was anything."""
    done = False
    found: dict[KeyPath, str] = {}
    for problem in problems:
        reason = _reason(problem)
        path = key_path(problem.path, {"values": draft.values, **head})
        if path == ("namespace",) and head.pop("namespace", None) is not None:
            draft.notes.append(f"The namespace is not that of the release: {reason}.")
            done = True
        elif path[:1] == ("values",) and (there := _removable(draft, path[1:])):
            found.setdefault(there, reason)
    # What is below another of these goes with it.
    tops = {path: reason for path, reason in found.items() if not any(path[:n] in found for n in range(1, len(path)))}
    return draft.remove_all(tops) or done


def _reason(problem: Problem) -> str:
    """A problem as the reason for leaving something out."""
    message = problem.message
    if message.startswith("is "):
        message = f"{problem.path.removeprefix('values.')} {message}"
    allowed = f"; allowed: {problem.allowed}" if problem.allowed else ""
    return message + allowed + (f"; {problem.hint}" if problem.hint.startswith("did you mean") else "")


def _suspects_removed(draft: Draft, problems: list[Problem]) -> bool:
    """Take out what rendered objects have problems with, found by the name that the problem has; whether there was any.

    Such a problem is told of an object and knows no setting: two volumes, variables or containers of one name, one of
    which is the chart's; a mount without a volume.
    """
    for problem in problems:
        names = set(_QUOTED.findall(problem.message)) | {word for word in problem.message.split() if word[:1] == "/"}
        found = [
            path for path, item in _named_items(draft.values, ()) if names & {item.get("name"), item.get("mountPath")}
        ]
        if found:
            return draft.remove(found[-1], problem.message)
    return False


def _named_items(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """The maps in lists, outermost first."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _named_items(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            if isinstance(each, dict):
                yield (*path, number), {key: part for key, part in each.items() if isinstance(part, str)}
            yield from _named_items(each, (*path, number))


def _removable(draft: Draft, path: KeyPath) -> KeyPath:
    """What can go of what is at a path; of something that is missing, what asks for it."""
    # Half an item of a list would mean something else.
    item = next((number + 1 for number, step in enumerate(path) if isinstance(step, int)), len(path))
    if draft.at(path) is not None or item < len(path):
        return path[:item] if draft.at(path[:item]) is not None else ()
    if (asking := _ASKED_BY.get(path)) is not None:
        return asking if draft.at(asking) is not None else ()
    for length in range(len(path) - 1, 0, -1):
        if draft.at((*path[:length], "enabled")) is True:
            return (*path[:length], "enabled")
    return next((path[:length] for length in range(len(path), 1, -1) if draft.at(path[:length]) is not None), ())


def _problems(text: str, file: str, workspace: Workspace, others: Sequence[Deployment]) -> tuple[Problem, ...]:
    """What is wrong with a deployment's file, in its workspace and beside the other deployments."""
    environment = workspace.environment
    files = {
        environment.file: environment.document.text.encode(),
        workspace.file: workspace.document.text.encode(),
        file: text.encode(),
    }
    loaded = load(files)
    if loaded.problems:
        return loaded.problems
    (deployment,) = loaded.state.deployments
    state = DesiredState(loaded.state.environments, loaded.state.workspaces, (*others, deployment))
    if problems := tuple(problem for problem in check_state(state) if problem.file == file):
        return problems
    try:
        render_deployment(deployment, airflow_chart())
    except ProblemsError as error:
        return error.problems
    return ()


def _account(draft: Draft, source: Source, settled: Iterable[Entry]) -> list[Entry]:
    entries: dict[KeyPath, Entry] = {entry.path: entry for entry in settled}
    for path, fate in draft.fates.items():
        at = source.origin(path)
        entries[at] = _entry(at, fate)
    for path, _ in leaves(source.values) if source.values else []:
        at = source.origin(path)
        if at not in entries and not any(each[: len(at)] == at for each in entries):
            raise AssertionError(f"nothing says what became of {dotted(at)}")
    return list(entries.values())


def _entry(path: KeyPath, fate: Fate) -> Entry:
    if fate.secret is not None:
        to = f"Secret {fate.secret[0]}, key {fate.secret[1]}"
    else:
        to = dotted(fate.target) if fate.target and fate.outcome != "kept" else ""
    return Entry(path, fate.outcome, to, fate.reason)


def _own_namespace(entry: Entry) -> Entry:
    if entry.to != "namespace":
        return entry
    return Entry(entry.path, "dropped", reason="it can't be the deployment's: the deployment gets one of its own")
