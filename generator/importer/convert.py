"""Going through one value: templates are filled in, secrets taken out, scalars made fit, and each leaf's fate noted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from generator.importer.confidential import Vault, is_secret, secret_text
from generator.importer.result import KeyPath, Outcome, leaves
from generator.importer.settings import fitted, is_group
from generator.importer.templates import Known, is_template, resolve
from generator.secrecy import is_harmless, is_option
from generator.yaml import dotted

TEMPLATE = "a Helm template that can't be known without Helm: write what it gives"
_LITERAL = "it looks like a secret, and nothing secret stands in git: refer to a Secret"
_HIDDEN = "it holds what looks like a secret: let it read a variable of the environment, which comes from a Secret"
#: Settings that null gives to the cluster to decide.
_CLUSTERS = ("uid", "gid")


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one value: where it is now, in our values or in a Secret (name and key)."""

    outcome: Outcome
    target: KeyPath = ()
    secret: tuple[str, str] | None = None
    reason: str = ""


@dataclass(slots=True)
class Part:
    """A piece of a value that was gone through: what is left of it, the fates of its leaves, and where its pieces go.

    It is broken when something had to be left out without which the whole makes no sense.
    """

    value: Any
    fates: dict[KeyPath, Fate] = field(default_factory=dict)
    moves: dict[KeyPath, KeyPath] = field(default_factory=dict)
    needs: list[Callable[[], None]] = field(default_factory=list)
    broken: bool = False
    gone: bool = False


class Converter:
    """Goes through values; secrets go to ``vault`` once a part's ``needs`` are called."""

    def __init__(self, known: Known, vault: Vault) -> None:
        self._known = known
        self._vault = vault

    def convert(self, value: Any, src: KeyPath, dst: KeyPath, *, within: bool = False) -> Part:
        """What is left of a value that goes to ``dst``; ``within``: it is part of a list."""
        if isinstance(value, dict) and value:
            part = self._map(value, src, dst)
        elif isinstance(value, list) and value:
            part = self._list(value, src, dst)
        else:
            return self._leaf(value, src, dst, within=within)
        part.moves[src] = dst
        return part

    def _map(self, value: dict[str, Any], src: KeyPath, dst: KeyPath) -> Part:
        part = Part({})
        if _is_variable(value) and is_secret(value["name"], value["value"]):
            return self._variable(value, src, dst)
        inside = any(isinstance(step, int) for step in dst)
        for key, each in value.items():
            if key == "value" and is_secret(str(value.get("key", value.get("name", ""))), each):
                below = Part(None, {(*src, key): Fate("dropped", reason=_LITERAL)}, gone=True, broken=True)
            else:
                below = self.convert(each, (*src, key), (*dst, key), within=inside)
            _join(part, below)
            if below.gone:
                part.broken |= inside and below.broken
            else:
                part.value[key] = below.value
        part.gone = not part.value
        return part

    def _variable(self, value: dict[str, Any], src: KeyPath, dst: KeyPath) -> Part:
        """A variable whose value is secret: it refers to a Secret, whose key is the variable's name."""
        name = f"{self._known.release}-variables"
        key = self._vault.key(name, value["name"], value["value"])
        reference = {"name": value["name"], "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}
        part = Part(reference, moves={src: dst})
        part.fates[*src, "name"] = stays((*src, "name"), (*dst, "name"))
        part.fates[*src, "value"] = Fate("secret", (*dst, "valueFrom"), (name, key))
        part.needs.append(lambda: self._vault.need(name, [key], (*src, "value")))
        return part

    def _list(self, value: list[Any], src: KeyPath, dst: KeyPath) -> Part:
        part = Part([])
        for index, each in enumerate(value):
            if index and _is_argument(value[index - 1], each):
                lost = Part(None, {(*src, index): Fate("dropped", reason=_LITERAL)})
                return self._lost(value, src, lost)
            below = self.convert(each, (*src, index), (*dst, len(part.value)), within=True)
            if below.broken or below.gone:
                if not isinstance(each, dict):
                    # The words of a command belong together.
                    return self._lost(value, src, below)
                lost = self._lost(each, (*src, index), below)
                part.fates |= lost.fates
                continue
            _join(part, below)
            part.value.append(below.value)
        part.gone = part.broken = not part.value
        return part

    def _lost(self, value: Any, src: KeyPath, below: Part) -> Part:
        """A whole that makes no sense without what was left out."""
        reasons = {path: fate for path, fate in below.fates.items() if fate.outcome == "dropped"}
        fates = {
            path: reasons.get(path, Fate("dropped", reason=f"it belongs to {dotted(next(iter(reasons), src))}"))
            for path, _ in leaves(value, src)
        }
        return Part(None, fates, gone=True, broken=True)

    def _leaf(self, value: Any, src: KeyPath, dst: KeyPath, *, within: bool) -> Part:
        if value is None and not within and not (src and dst[-1] in _CLUSTERS):
            return Part(None, {src: Fate("unneeded", reason="null: it sets nothing")}, gone=True)
        name = next((str(step) for step in reversed(dst) if isinstance(step, str)), "")
        if isinstance(value, str):
            hidden = secret_text(value)
            if hidden or (not is_group(dst[:-1]) and is_secret(name, value)):
                why = _HIDDEN if hidden and "\n" in value else _LITERAL
                return Part(None, {src: Fate("dropped", reason=why)}, gone=True, broken=True)
            if is_template(value) and not _is_verbatim(dst):
                text = resolve(value, self._known)
                if text is None:
                    return Part(None, {src: Fate("dropped", reason=TEMPLATE)}, gone=True, broken=True)
                fit = fitted(text, dst)
                return Part(fit, {src: replace(stays(src, dst), reason="its Helm template is filled in")}, {src: dst})
        fit = fitted(value, dst)
        why = "" if fit == value and isinstance(fit, bool) == isinstance(value, bool) else f"written as {_kind(fit)}"
        return Part(fit, {src: replace(stays(src, dst), reason=why)}, {src: dst})


def _join(part: Part, below: Part) -> None:
    part.fates |= below.fates
    part.moves |= below.moves
    part.needs += below.needs


def stays(src: KeyPath, dst: KeyPath) -> Fate:
    """The fate of a value that is there still."""
    differ = [
        one != two and not (isinstance(one, int) and isinstance(two, int)) for one, two in zip(src, dst, strict=False)
    ]
    same = len(src) == len(dst)
    return Fate("kept" if same and not any(differ) else "renamed" if same and sum(differ) == 1 else "moved", dst)


def _is_variable(value: dict[str, Any]) -> bool:
    scalar = isinstance(value.get("value"), str | int | float) and not isinstance(value.get("value"), bool)
    return value.keys() == {"name", "value"} and isinstance(value["name"], str) and scalar


def _is_argument(before: Any, word: Any) -> bool:
    """Whether a word of a command is the secret that the option before it asks for."""
    if not isinstance(before, str) or not isinstance(word, str | int | float) or isinstance(word, bool):
        return False
    text = str(word)
    return is_option(before) and bool(text) and not text.startswith("-") and "{{" not in text and not is_harmless(text)


def _is_verbatim(path: KeyPath) -> bool:
    """Whether the official chart takes the value as it is, braces and all."""
    return path[-1] == "value" and len(path) > 1 and isinstance(path[-2], int)


def _kind(value: Any) -> str:
    return "true or false" if isinstance(value, bool) else "text" if isinstance(value, str) else "a number"
