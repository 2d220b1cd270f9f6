"""The comparison of two rendered states: unit by unit, so that never all objects of a fleet are in memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from generator.diff.effects import effects_of_change, effects_of_creation, effects_of_removal, effects_of_replacement
from generator.diff.fields import compare
from generator.diff.groups import groups
from generator.diff.model import Diff, Fate, FieldChange, ObjectChange, Unit, Unreadable, ValuesChange
from generator.diff.objects import Manifest, Place, Text, documents, manifests, place, successor
from generator.diff.own_yaml import Blocks, Unclear, parse

Files = Mapping[str, bytes]
_Identity = tuple[str, str, str, str, str]
_Side = Literal["old", "new"]


def diff(old: Files, new: Files) -> Diff:
    """What changes from one rendered state to another; both map a file's path to its bytes.

    Paths are those of a repository (``rendered/production/...``), or the same without ``rendered/``. The mappings are
    asked for one file at a time, and for each file once or twice, so they may read from a disk or a git repository; to
    leave out files that are the same on both sides is allowed, and saves reading them.
    """
    return _Comparison(old, new).run()


@dataclass(frozen=True, slots=True)
class _Loose:
    """An object of one side alone, as far as is known before all units have been looked at."""

    change: ObjectChange
    manifest_identity: _Identity


class _Comparison:
    def __init__(self, old: Files, new: Files) -> None:
        self._old, self._new = old, new
        self._changes: list[ObjectChange] = []
        self._values: list[ValuesChange] = []
        self._unreadable: list[Unreadable] = []
        # Files whose bytes differ, and files in which something was found.
        self._touched: set[str] = set()
        self._told: set[str] = set()
        self._gone: dict[_Identity, _Loose] = {}
        self._come: dict[_Identity, _Loose] = {}

    def run(self) -> Diff:
        by_place: dict[Place, list[str]] = defaultdict(list)
        for path in {*self._old, *self._new}:
            by_place[place(path)].append(path)
        for where, paths in sorted(by_place.items()):
            if where.values:
                for path in sorted(paths):
                    self._compare_values(where.unit, path)
            else:
                self._compare_unit(where.unit, sorted(paths))
        self._across_units()
        self._changes += [each.change for each in chain(self._gone.values(), self._come.values())]
        changes = tuple(sorted(self._changes, key=lambda each: (each.unit, each.key.kind, each.key, each.old_key)))
        return Diff(
            changes,
            tuple(self._values),
            groups(changes),
            tuple(sorted(self._unreadable)),
            len(self._touched - self._told - {each.file for each in self._unreadable}),
        )

    # --- values --------------------------------------------------------------------------------------------------

    def _compare_values(self, unit: Unit, path: str) -> None:
        old, new = self._old.get(path), self._new.get(path)
        if old == new:
            return
        self._touched.add(path)
        try:
            before, after = (None if each is None else _value(path, each) for each in (old, new))
        except Unclear as error:
            self._unreadable.append(Unreadable(path, "new", str(error)))
            return
        fate: Fate = "created" if old is None else "removed" if new is None else "changed"
        fields = tuple(compare(before or {}, after or {})) if fate == "changed" else ()
        if fields or fate != "changed":
            self._told.add(path)
            self._values.append(ValuesChange(unit, fate, path, fields))

    # --- objects -------------------------------------------------------------------------------------------------

    def _compare_unit(self, unit: Unit, paths: list[str]) -> None:
        texts: dict[_Side, list[Text]] = {"old": [], "new": []}
        for path in paths:
            old, new = self._old.get(path), self._new.get(path)
            if old == new:
                continue
            self._touched.add(path)
            texts["old"] += self._documents(path, old, "old")
            texts["new"] += self._documents(path, new, "new")
        both = Counter(each.text for each in texts["old"]) & Counter(each.text for each in texts["new"])
        blocks = Blocks()
        before = self._objects(_without(texts["old"], both), unit, "old", blocks)
        after = self._objects(_without(texts["new"], both), unit, "new", blocks)
        for identity in [each for each in before if each in after]:
            self._pair(before.pop(identity), after.pop(identity))
        self._replaced(before, after)
        # Of a file that can't be read on one side, nobody knows what is gone and what is new.
        unclear = {each.file for each in self._unreadable}
        before, after = (
            {key: each for key, each in side.items() if each.file not in unclear} for side in (before, after)
        )
        self._gone |= {identity: _Loose(_removed(each), identity) for identity, each in before.items()}
        self._come |= {identity: _Loose(_created(each), identity) for identity, each in after.items()}

    def _documents(self, path: str, content: bytes | None, side: _Side) -> list[Text]:
        if content is None:
            return []
        try:
            return documents(path, content)
        except Unclear as error:
            self._unreadable.append(Unreadable(path, side, str(error)))
            return []

    def _objects(self, texts: Iterable[Text], unit: Unit, side: _Side, blocks: Blocks) -> dict[_Identity, Manifest]:
        found: dict[_Identity, Manifest] = {}
        for text in texts:
            try:
                for each in manifests(text, unit, blocks):
                    if each.identity in found:
                        raise Unclear(f"{each.key} is there twice")
                    found[each.identity] = each
            except Unclear as error:
                self._unreadable.append(Unreadable(text.file, side, str(error)))
        return found

    def _pair(self, old: Manifest, new: Manifest) -> None:
        fields = tuple(compare(old.data, new.data))
        if fields:
            self._add(old, new, "changed", fields)

    def _replaced(self, before: dict[_Identity, Manifest], after: dict[_Identity, Manifest]) -> None:
        """Jobs that are the same but for the digest in their names."""
        jobs = {successor(each.key): identity for identity, each in before.items() if each.key.kind == "Job"}
        for identity in [each for each in after if after[each].key.kind == "Job"]:
            gone = jobs.pop(successor(after[identity].key), None)
            if gone is not None:
                old, new = before.pop(gone), after.pop(identity)
                self._add(old, new, "replaced", tuple(compare(old.data, new.data)))

    def _add(self, old: Manifest, new: Manifest, fate: Fate, fields: tuple[FieldChange, ...]) -> None:
        effects = effects_of_replacement(fields) if fate == "replaced" else effects_of_change(old, new, fields)
        self._changes.append(ObjectChange(new.key, old.key, new.unit, new.role, fate, new.file, fields, effects))
        self._told |= {old.file, new.file}

    def _across_units(self) -> None:
        """Objects that moved from one unit's files to another's."""
        for identity in [each for each in self._gone if each in self._come]:
            gone, come = self._gone.pop(identity).change, self._come.pop(identity).change
            old = self._again(self._old, gone, identity)
            new = self._again(self._new, come, identity)
            self._pair(old, new)
        for each in chain(self._gone.values(), self._come.values()):
            self._told.add(each.change.file)

    def _again(self, files: Files, change: ObjectChange, identity: _Identity) -> Manifest:
        """An object that was read before, and not kept."""
        for text in documents(change.file, files[change.file]):
            try:
                for each in manifests(text, change.unit):
                    if each.identity == identity:
                        return each
            except Unclear:  # was told the first time
                continue
        raise LookupError(f"{change.key} was in {change.file} a moment ago")


def _removed(old: Manifest) -> ObjectChange:
    return ObjectChange(old.key, old.key, old.unit, old.role, "removed", old.file, (), effects_of_removal(old))


def _created(new: Manifest) -> ObjectChange:
    return ObjectChange(new.key, new.key, new.unit, new.role, "created", new.file, (), effects_of_creation(new))


def _without(texts: Iterable[Text], both: Counter[str]) -> Iterator[Text]:
    """The documents of one side that the other does not have in the same words."""
    left = Counter(both)
    for each in texts:
        if left[each.text] > 0:
            left[each.text] -= 1
        else:
            yield each


def _value(path: str, content: bytes) -> object:
    found = documents(path, content)
    if len(found) > 1:
        raise Unclear("has more than one document")
    return parse(found[0].text, path) if found else {}
