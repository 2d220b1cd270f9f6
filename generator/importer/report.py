"""The account of an import as text for people: grouped by what happened, alike things in one line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.importer.result import OUTCOMES, Entry, Imported, KeyPath
from generator.yaml import dotted


def account_text(imported: Imported, *, width: int = 100) -> str:
    """What became of each value, which Secrets must be made, and what else is different; lines of at most ``width``
    characters where words allow it."""
    blocks = [block for outcome in OUTCOMES if (block := _block(imported, outcome, width))]
    if imported.secrets:
        lines = [f"Secrets to make in namespace {imported.namespace} (their values are not kept anywhere)"]
        for secret in imported.secrets:
            lines += _wrapped(f"{secret.name} ({secret.type}): {', '.join(secret.keys) or 'no keys'}", "  ", width)
            lines += _wrapped(f"from {', '.join(secret.sources)}", "      ", width)
        blocks.append("\n".join(lines))
    if imported.notes:
        blocks.append(
            "\n".join(["To know", *(line for note in imported.notes for line in _wrapped(note, "  ", width))])
        )
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _block(imported: Imported, outcome: str, width: int) -> str:
    entries = [entry for entry in imported.account if entry.outcome == outcome]
    if not entries:
        return ""
    meaning = OUTCOMES[entries[0].outcome]
    lines = [f"{outcome} ({len(entries)} {'value' if len(entries) == 1 else 'values'}): {meaning}"]
    reasons: dict[str, list[str]] = {}
    for group in _groups(entries, imported):
        reasons.setdefault(group.reason, []).append(group.line())
    for reason, shown in reasons.items():
        if any(" -> " in each for each in shown):
            for each in shown:
                lines += _wrapped(each, "  ", width) + _wrapped(reason, "      ", width)
        else:
            lines += _wrapped(", ".join(shown), "  ", width) + _wrapped(reason, "      ", width)
    return "\n".join(lines)


@dataclass(slots=True)
class _Group:
    """Values below one path to all of which the same happened."""

    path: KeyPath
    to: str
    reason: str
    count: int = 1

    def shown(self) -> str:
        return dotted(self.path) + (f" ({self.count})" if self.count > 1 else "")

    def line(self) -> str:
        return self.shown() + (f" -> {self.to}" if self.to else "")


def _groups(entries: Iterable[Entry], imported: Imported) -> Iterator[_Group]:
    """Entries joined where all that the input has below a path met the same fate."""
    below: dict[KeyPath, list[Entry]] = {}
    for entry in imported.account:
        for length in range(1, len(entry.path) + 1):
            below.setdefault(entry.path[:length], []).append(entry)
    targets = {path: _common(path, found) for path, found in below.items() if len(found) > 1}
    seen: set[KeyPath] = set()
    for entry in entries:
        path = next((part for n in range(1, len(entry.path)) if targets.get(part := entry.path[:n]) is not None), None)
        if path is None:
            yield _Group(entry.path, entry.to, entry.reason)
        elif path not in seen:
            seen.add(path)
            yield _Group(path, targets[path] or "", entry.reason, len(below[path]))


def _common(path: KeyPath, entries: list[Entry]) -> str | None:
    """Where all these are now that were below ``path``; None when they met different fates."""
    if len({(entry.outcome, entry.reason) for entry in entries}) > 1:
        return None
    for found in (
        {entry.to for entry in entries},
        {_above(entry.to, len(entry.path) - len(path)) for entry in entries},
    ):
        if len(found) == 1:
            return found.pop()
    return None


def _above(to: str, levels: int) -> str:
    """A path of ours with its last steps taken off; a Secret stays itself."""
    if not to or " " in to or not levels:
        return to
    for _ in range(levels):
        cut = max(to.rfind("."), to.rfind("["))
        to = to[:cut] if cut > 0 else ""
    return to


def _wrapped(text: str, indent: str, width: int) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
