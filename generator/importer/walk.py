"""Going through the values of the official chart, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from generator.airflow.official import OFFICIAL, instead_of
from generator.errors import did_you_mean
from generator.importer.draft import PLAIN, Draft, Item
from generator.importer.known import is_official, official_names
from generator.importer.result import KeyPath
from generator.importer.rules import RULES, Drop, Goto, IntoSecret, Rename, Rule, Unneeded
from generator.importer.settings import is_group, setting
from generator.importer.workers import executors
from generator.yaml import dotted

_MOST_PROPOSALS = 200


class Walk:
    """One way through values, which fills a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._proposals = 0
        draft.on_walk(self.go, self.unknown)
        self._conditions = {
            "always": True,
            "airflow3": draft.release.airflow3,
            "kubernetes": executors(draft) == ("Kubernetes",),
        }

    def go(self, item: Item, *, plain: bool = False) -> None:
        """Look at one value, and at all below it. ``plain``: no rule for the value itself."""
        rule = None if plain else self._rule(item.path)
        if rule is not None:
            self._do(rule, item)
        elif isinstance(item.value, dict) and item.value and (is_group(item.path) or setting(item.path) is None):
            if setting(item.path) is None and item.value.get("enabled") is False and _is_official(item):
                self._draft.unneeded(item.src, item.value, "it is switched off")
                return
            self._draft.moves[item.src] = item.path
            for key, value in item.value.items():
                self.go(Item((*item.src, key), (*item.path, key), value, item.strength))
        elif setting(item.path) is None:
            self.unknown(item)
        elif is_group(item.path) and item.value is not None and not isinstance(item.value, dict):
            self._draft.drop(item.src, item.value, "it is no map of settings")
        elif item.value in ({}, []) or item.value == "":
            self._draft.unneeded(item.src, item.value, "empty: it sets nothing")
        else:
            self._draft.put(item.src, item.value, item.path, strength=item.strength)

    def unknown(self, item: Item) -> None:
        """What has no counterpart: dropped, with what to write instead, or what was probably meant."""
        self._draft.drop(item.src, item.value, self._why(item))

    def _why(self, item: Item) -> str:
        path = item.path
        instead = instead_of(dotted(path)) if len(path) > 1 or str(path[0]) in OFFICIAL else ""
        if not _is_official(item):
            hint = f"; {_told(instead)}" if instead else self._meant(path)
            return f"it is no value of the official chart, so it had no effect{hint}"
        return _told(instead) or "there is no such setting here"

    def _meant(self, path: KeyPath) -> str:
        for length in range(1, len(path) + 1):
            if not is_official(path[:length]) and self._proposals < _MOST_PROPOSALS:
                self._proposals += 1
                hint = did_you_mean(str(path[length - 1]), official_names(path[: length - 1]))
                return f"; {hint}" if hint else ""
        return ""

    def _rule(self, path: KeyPath) -> Rule | None:
        steps = tuple(str(step) for step in path)
        for rule in _candidates(steps[-1] if steps else ""):
            if self._conditions[rule.when] and _captures(tuple(rule.pattern.split(".")), steps) is not None:
                return rule
        return None

    def _do(self, rule: Rule, item: Item) -> None:
        draft, action = self._draft, rule.do
        steps = tuple(str(step) for step in item.path)
        match action:
            case Goto():
                self.go(Item(item.src, _target(action.to, rule, steps, item.path), item.value, action.strength))
            case Rename():
                if item.value in (None, {}, []) or item.value == "":
                    draft.unneeded(item.src, item.value, "empty: it sets nothing")
                    return
                to = _target(action.to, rule, steps, item.path)
                if setting(to) is None:
                    self.unknown(item)
                else:
                    draft.put(item.src, item.value, to, action.reason, strength=item.strength)
            case Drop():
                draft.drop(item.src, item.value, action.reason or self._why(item))
            case Unneeded():
                if not action.values or any(item.value is each or item.value == each for each in action.values):
                    draft.unneeded(item.src, item.value, action.reason)
                else:
                    draft.drop(item.src, item.value, self._why(item))
            case IntoSecret():
                self._secret(action, item)
            case _ if item.value in (None, {}, []) or item.value == "":
                draft.unneeded(item.src, item.value, "empty: it sets nothing")
            case _:
                action(draft, item)

    def _secret(self, action: IntoSecret, item: Item) -> None:
        path: KeyPath = tuple(action.to.split("."))
        if item.value in (None, {}, []) or item.value == "":
            self._draft.unneeded(item.src, item.value, "empty: it sets nothing")
        elif self._draft.said(*path):
            why = f"{action.to} names a Secret, and that counts; it is not written"
            self._draft.unneeded(item.src, item.value, why)
        else:
            name, key = self._draft.secret(item.src, item.value, action.suffix, action.key)
            self._draft.give(path, {"name": name, "key": key} if action.ref else name)


def _told(instead: str) -> str:
    """What to write instead, as a reason for leaving something out."""
    plain = instead.removeprefix("remove it: ")
    return plain if plain != instead or not instead else f"here: {instead}"


def _is_official(item: Item) -> bool:
    return is_official(item.path) or (item.src != item.path and is_official(item.src))


def _target(to: str, rule: Rule, steps: tuple[str, ...], path: KeyPath) -> KeyPath:
    captures = _captures(tuple(rule.pattern.split(".")), steps) or ()
    result: list[str | int] = []
    for part in to.split("."):
        if part == "^":
            result.extend(path[:-1])
        else:
            result.append(captures[int(part[1:]) - 1] if part.startswith("$") else part)
    return tuple(result)


def _captures(pattern: tuple[str, ...], steps: tuple[str, ...]) -> tuple[str, ...] | None:
    """What the stars of a pattern stand for; None when the pattern does not fit."""
    if pattern and pattern[0] == "**":
        tail = pattern[1:]
        return _captures(tail, steps[-len(tail) :]) if len(steps) > len(tail) else None
    if len(pattern) != len(steps) or any(part not in ("*", step) for part, step in zip(pattern, steps, strict=True)):
        return None
    return tuple(step for part, step in zip(pattern, steps, strict=True) if part == "*")


@cache
def _by_last() -> dict[str, tuple[Rule, ...]]:
    lasts = {rule.pattern.split(".")[-1] for rule in RULES}
    return {last: tuple(rule for rule in RULES if rule.pattern.split(".")[-1] in (last, "*")) for last in lasts}


def _candidates(last: str) -> Iterator[Rule]:
    return iter(_by_last().get(last, _by_last().get("*", ())))


def walk(draft: Draft, values: dict[str, Any]) -> None:
    """Go through all values."""
    steps = Walk(draft)
    for key, value in values.items():
        steps.go(Item((key,), (key,), value, PLAIN))
