"""Reading what is imported: values alone, or inside of an Argo CD Application or a Flux HelmRelease."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from generator.errors import Problem, ProblemsError
from generator.importer.helm_set import can_set, parameter_path, parameter_value, set_at
from generator.importer.known import official_names
from generator.importer.result import Entry, KeyPath, leaves
from generator.yaml import Document, dotted, read

_CHART = re.compile(r"v?([0-9]{1,3})\.([0-9]{1,3})(\.[0-9x*]+)?\Z")
_ARGO = "it is of the Application: Stargit writes one of its own for each deployment"
_FLUX = "it is of the HelmRelease: what is rendered here is applied by Argo CD"


@dataclass(slots=True)
class Source:
    """Values of the official chart, and what is known of where they were.

    ``form`` is ``values``, ``Application`` or ``HelmRelease``; ``release``, ``namespace`` and ``chart`` (its major and
    minor) are empty when nothing says them. ``at`` is where the values stand in the input, ``origins`` where those of
    them are that stand elsewhere. ``settled`` has the values of the input that are none of the chart. ``document`` and
    ``inside`` are the text with the comments on the values, and the values' path in it.
    """

    form: str
    values: dict[str, Any] = field(repr=False)
    release: str = ""
    namespace: str = ""
    chart: tuple[int, int] | None = None
    at: KeyPath = ()
    origins: dict[KeyPath, KeyPath] = field(default_factory=dict, repr=False)
    settled: list[Entry] = field(default_factory=list, repr=False)
    document: Document | None = field(default=None, repr=False)
    inside: KeyPath = ()

    def origin(self, path: KeyPath) -> KeyPath:
        """Where in the input a value is."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.origins:
                return (*self.origins[path[:length]], *path[length:])
        return (*self.at, *path)


def read_release(data: str | bytes, file: str) -> Source:
    """The values in a file of at most 1 MiB, which may be one document of YAML or JSON. Raises ``ProblemsError``."""
    document = read(data, file=file)
    root = document.value
    if root is None:
        raise ProblemsError([Problem("is empty", file=file, allowed="values of the official Airflow chart")])
    if not isinstance(root, dict):
        raise ProblemsError([_wrong(document, (), "is no map", "values of the official Airflow chart")])
    kind = root.get("kind") if isinstance(root.get("apiVersion"), str) else None
    if kind == "Application" and root["apiVersion"].startswith("argoproj.io/"):
        source = _application(document)
    elif kind == "HelmRelease" and "fluxcd.io/" in root["apiVersion"]:
        source = _helm_release(document)
    elif isinstance(kind, str):
        raise ProblemsError(
            [
                _wrong(
                    document,
                    ("kind",),
                    f"{kind} can't be imported",
                    "values of the official Airflow chart, an Argo CD Application, or a Flux HelmRelease",
                    "render it first, and import one of what it makes" if kind == "ApplicationSet" else "",
                )
            ]
        )
    else:
        source = Source("values", deepcopy(root), document=document)
    _unwrap(source)
    return source


def _wrong(document: Document, path: KeyPath, message: str, allowed: str, hint: str = "") -> Problem:
    place = document.position(path)
    return Problem(message, file=document.file, position=place, path=dotted(path), allowed=allowed, hint=hint)


def _unwrap(source: Source) -> None:
    """A chart around the official one has its values under the name of the dependency."""
    own = [key for key in source.values if key in official_names(())]
    inner = source.values.get("airflow")
    if own or not isinstance(inner, dict):
        return
    for key, value in source.values.items():
        if key != "airflow":
            source.settled += (
                Entry(source.origin(path), "dropped", reason="it is of the chart around the official one")
                for path, _ in leaves(value, (key,))
            )
    source.origins = {path[1:]: at for path, at in source.origins.items() if path[0] == "airflow"}
    source.at, source.inside = (*source.at, "airflow"), (*source.inside, "airflow")
    source.values = inner


def _application(document: Document) -> Source:
    root: dict[str, Any] = document.value
    spec = _map(root.get("spec"))
    at, chosen = _chosen(document, spec)
    helm = _map(chosen.get("helm"))
    source = Source("Application", {}, _text(helm.get("releaseName")) or _text(_at(root, "metadata", "name")))
    source.namespace = _text(_at(root, "spec", "destination", "namespace"))
    source.chart = _chart(chosen.get("targetRevision"))
    at = (*at, "helm")
    taken: set[KeyPath] = set()
    if isinstance(helm.get("valuesObject"), dict) and helm["valuesObject"]:
        source.at = source.inside = (*at, "valuesObject")
        source.values, source.document = deepcopy(helm["valuesObject"]), document
        taken.add(source.at)
        _settle(source, root, (*at, "values"), taken, "Argo CD does not read it beside valuesObject", "unneeded")
    elif isinstance(helm.get("values"), str) and helm["values"].strip():
        source.at = (*at, "values")
        source.document = _inner(document, source.at, helm["values"])
        source.values = deepcopy(source.document.value or {})
        if source.values:
            taken.add(source.at)
        else:
            _settle(source, root, source.at, taken, "empty: it sets nothing", "unneeded")
    _parameters(source, helm.get("parameters"), (*at, "parameters"), taken)
    why = "Argo CD reads it from somewhere else: import that file, or bring its values here"
    for key in ("valueFiles", "fileParameters"):
        _settle(source, root, (*at, key), taken, why)
    _facts(source, root, {(*at, "releaseName"), ("metadata", "name")}, ("spec", "destination", "namespace"), taken)
    _settle(source, root, (), taken, _ARGO, "unneeded")
    return source


def _chosen(document: Document, spec: dict[str, Any]) -> tuple[KeyPath, dict[str, Any]]:
    """The source of an Application that is the chart, and its path."""
    if isinstance(spec.get("source"), dict):
        return ("spec", "source"), spec["source"]
    sources = spec.get("sources")
    found = [(number, each) for number, each in enumerate(sources if isinstance(sources, list) else []) if _map(each)]
    charts = [(number, each) for number, each in found if each.get("chart") == "airflow"]
    with_helm = [(number, each) for number, each in found if isinstance(each.get("helm"), dict)]
    for candidates in (charts, with_helm):
        if len(candidates) == 1:
            return ("spec", "sources", candidates[0][0]), candidates[0][1]
    raise ProblemsError(
        [_wrong(document, ("spec",), "has no source that is the Airflow chart", "one source with `chart: airflow`")]
    )


def _helm_release(document: Document) -> Source:
    root: dict[str, Any] = document.value
    spec = _map(root.get("spec"))
    source = Source("HelmRelease", {}, _text(spec.get("releaseName")) or _text(_at(root, "metadata", "name")))
    source.namespace = _text(spec.get("targetNamespace")) or _text(_at(root, "metadata", "namespace"))
    source.chart = _chart(_at(spec, "chart", "spec", "version"))
    source.at = source.inside = ("spec", "values")
    source.document = document
    taken: set[KeyPath] = set()
    if isinstance(spec.get("values"), dict) and spec["values"]:
        source.values = deepcopy(spec["values"])
        taken.add(source.at)
    why = "Flux reads it from the cluster: bring its values here, or name the Secret in the deployment"
    _settle(source, root, ("spec", "valuesFrom"), taken, why)
    namespace = ("spec", "targetNamespace") if _text(spec.get("targetNamespace")) else ("metadata", "namespace")
    _facts(source, root, {("spec", "releaseName"), ("metadata", "name")}, namespace, taken)
    _settle(source, root, (), taken, _FLUX, "unneeded")
    return source


def _facts(source: Source, root: Any, names: set[KeyPath], namespace: KeyPath, taken: set[KeyPath]) -> None:
    for path in sorted(names, key=str):
        if _text(_at(root, *path)):
            source.settled.append(Entry(path, "moved", "the file's name", "a deployment is named by its file"))
            taken.add(path)
    if _text(_at(root, *namespace)):
        source.settled.append(Entry(namespace, "moved", "namespace"))
        taken.add(namespace)


def _parameters(source: Source, found: Any, at: KeyPath, taken: set[KeyPath]) -> None:
    for number, each in enumerate(found if isinstance(found, list) else []):
        place = (*at, number)
        name = each.get("name") if isinstance(each, dict) else None
        path = parameter_path(name) if isinstance(name, str) else None
        text = each.get("value") if isinstance(each, dict) else None
        if path is None or not isinstance(text, str | int | float) or not can_set(source.values, path):
            why = "it can't be read as a parameter with a name and a value"
            source.settled += (Entry(leaf, "dropped", reason=why) for leaf, _ in leaves(each, place))
            taken.add(place)
            continue
        for old in _overridden(source.values, path):
            source.settled.append(Entry(source.origin(old), "unneeded", reason=f"{dotted(place)} says else"))
        for old in [key for key in source.origins if key[: len(path)] == path]:
            del source.origins[old]
        set_at(source.values, path, parameter_value(_scalar(text), force_string=each.get("forceString") is True))
        source.origins[path] = (*place, "value")
        for key, value in each.items():
            if key != "value":
                why = f"it says where the value belongs: {dotted(path)}"
                source.settled += (Entry(leaf, "unneeded", reason=why) for leaf, _ in leaves(value, (*place, key)))
        taken.add(place)


def _overridden(values: Any, path: KeyPath) -> Iterator[KeyPath]:
    """The values of a tree that go when one is set at a path."""
    for length, step in enumerate(path, 1):
        there = (isinstance(values, dict) and step in values) or (
            isinstance(values, list) and isinstance(step, int) and step < len(values)
        )
        if not there:
            return
        values = values[step]
        kind = list if length < len(path) and isinstance(path[length], int) else dict
        if length == len(path) or not isinstance(values, kind) or not values:
            yield from (leaf for leaf, _ in leaves(values, path[:length]))
            return


def _settle(source: Source, root: Any, at: KeyPath, taken: set[KeyPath], reason: str, outcome: Any = "dropped") -> None:
    """Account for everything at a path that nobody has taken."""
    value = _at(root, *at) if at else root
    if value is None and at:
        return
    for path, _ in leaves(value, at):
        if not any(path[:length] in taken for length in range(1, len(path) + 1)):
            source.settled.append(Entry(path, outcome, reason=reason))
            taken.add(path)


def _inner(document: Document, path: KeyPath, text: str) -> Document:
    """The values that stand as text in another file; their problems say where that is."""
    try:
        inner = read(text, file=f"{document.file}: {dotted(path)}")
    except ProblemsError as error:
        raise ProblemsError(error.problems) from None
    if inner.value is not None and not isinstance(inner.value, dict):
        raise ProblemsError([_wrong(document, path, "holds no map", "values of the official Airflow chart")])
    return inner


def _at(value: Any, *path: str | int) -> Any:
    for step in path:
        if isinstance(value, list):
            value = value[step] if isinstance(step, int) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _scalar(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _chart(value: Any) -> tuple[int, int] | None:
    match = _CHART.match(value) if isinstance(value, str) else None
    return (int(match[1]), int(match[2])) if match else None
