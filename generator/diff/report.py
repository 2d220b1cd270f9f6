"""What all forms of a report have in common: summary, what restarts, what needs a person's eye, how a change reads."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from generator.diff.canonical import canonical
from generator.diff.model import HIDDEN, Diff, FieldChange, Group, ObjectChange, Unit, ValuesChange, many, some
from generator.diff.texts import short

_SIMPLE = re.compile(r"[^\s\"'`{}\[\]<>|\\](?:[^\x00-\x1f\x7f\"`\\]*[^\s\"'`\\])?\Z")
_LONGEST_VALUE = 240

SIGNS = {"added": "+", "removed": "-", "changed": "~", "order": "~"}
FATES = {"created": "+", "removed": "-", "changed": "~", "replaced": "~"}


@dataclass(frozen=True, slots=True)
class Impact:
    """What happens to the pods of units to which the same happens: workloads that restart and why, Jobs that run."""

    units: tuple[Unit, ...]
    fate: str  # "", or "new" or "removed" where the whole deployment is
    restarts: tuple[str, ...]
    why: tuple[str, ...]
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Warning_:
    """Something that Kubernetes refuses or that loses data: ``what`` in so many units."""

    what: str
    units: tuple[Unit, ...]


def summary(diff: Diff) -> str:
    """One line: how much changes where, and how many deployments restart pods."""
    if not diff.objects:
        rest = [
            part
            for number, part in (
                (len(diff.values), f"values of {many(len(diff.values), 'deployment')} change"),
                (len(diff.unreadable), f"{many(len(diff.unreadable), 'file')} can't be compared"),
            )
            if number
        ]
        return "; ".join(["No object changes", *rest])
    fates = Counter(each.fate for each in diff.objects)
    counts = [f"{number:,} {fate}" for fate in ("created", "changed", "replaced", "removed") if (number := fates[fate])]
    counts[0] = re.sub(r"^([\d,]+)", lambda match: match[1] + (" object" if match[1] == "1" else " objects"), counts[0])
    deployments = [unit for unit in diff.units if unit.is_deployment]
    others = [unit for unit in diff.units if not unit.is_deployment]
    where = [many(len(deployments), "deployment")] if deployments else []
    where += [some(map(str, others), 3)] if others else []
    restarting = {each.unit for each in diff.objects if any(effect.kind == "restart" for effect in each.effects)}
    if restarting:
        pods = f"{many(len(restarting), 'deployment')} restart{'s' if len(restarting) == 1 else ''} pods"
    else:
        pods = "no pods restart"
    return f"{' and '.join(where)}: {', '.join(counts)}; {pods}"


def impacts(diff: Diff) -> tuple[Impact, ...]:
    """What happens to pods, units with the same together, the most first."""
    by_unit: dict[Unit, list[ObjectChange]] = defaultdict(list)
    for each in diff.objects:
        by_unit[each.unit].append(each)
    whole = {
        unit: {"added": "new", "removed": "removed"}[group.change]
        for group in diff.groups
        if group.what == "deployment"
        for unit in group.units
    }
    found: dict[tuple[Any, ...], list[Unit]] = defaultdict(list)
    for unit, changes in by_unit.items():
        restarts: set[str] = set()
        runs: set[str] = set()
        why: set[str] = set()
        for each in changes if unit not in whole else ():
            for effect in each.effects:
                if effect.kind == "restart":
                    restarts.add(each.role)
                    why.update(effect.why)
                elif effect.kind == "run":
                    runs.add(each.role)
        key = (whole.get(unit, ""), tuple(sorted(restarts)), tuple(sorted(why)), tuple(sorted(runs)))
        if any(key):
            found[key].append(unit)
    made = [Impact(tuple(units), fate, restarts, why, runs) for (fate, restarts, why, runs), units in found.items()]
    return tuple(sorted(made, key=lambda each: (-len(each.units), each.units[0])))


def warnings(diff: Diff) -> tuple[Warning_, ...]:
    """What needs a person's eye, the same in many units together."""
    found: dict[str, set[Unit]] = defaultdict(set)
    for each in diff.objects:
        name = f"{each.key.kind} {each.role}"
        for effect in each.effects:
            why = ", ".join(effect.why)
            if effect.kind == "recreate":
                found[f"{name}: Kubernetes refuses the change until it is deleted ({why})"].add(each.unit)
            elif effect.kind == "shrink":
                found[f"{name}: a volume can't get smaller ({why})"].add(each.unit)
            elif effect.kind == "loss":
                found[f"{name} is removed: {why}"].add(each.unit)
    made = [Warning_(what, tuple(sorted(units))) for what, units in found.items()]
    return tuple(sorted(made, key=lambda each: (-len(each.units), each.units[0], each.what)))


def reads(change: FieldChange | Group) -> str:
    """The change as words: ``1 -> 2``. Empty where lines tell more, or nothing is to be told."""
    if change.lines:
        return ""
    if change.change == "order":
        return f"another order, moved: {change.new}"
    if change.change == "changed":
        if change.old == change.new and change.hidden:
            return f"changed {HIDDEN}"
        return "" if change.old is change.new is None else f"{value(change.old)} -> {value(change.new)}"
    given = change.new if change.change == "added" else change.old
    return "" if given is None else value(given)


def value(data: Any) -> str:
    """A value on one line."""
    if isinstance(data, dict) and data.keys() == {"name", "value"}:
        data = data["value"]
    if isinstance(data, str):
        return data if _SIMPLE.match(data) else short(canonical(data), _LONGEST_VALUE)
    return short(canonical(data), _LONGEST_VALUE)


def named(units: tuple[Unit, ...], limit: int = 3) -> str:
    """Units by name when they are few, else how many deployments."""
    if len(units) <= limit:
        return ", ".join(map(str, units))
    if all(unit.is_deployment for unit in units):
        return many(len(units), "deployment")
    return f"{len(units):,} places"


def of_values(change: ValuesChange) -> str:
    """What happened to a file of values."""
    words = {"created": "new values", "removed": "values are removed", "changed": many(len(change.fields), "value")}
    return words[change.fate]
