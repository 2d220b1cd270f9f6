"""Lines of desired state that have some words."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from commander.changes import Target
from commander.git import Repository
from commander.reading.files import text_at
from commander.reading.model import Match
from commander.reading.places import Names
from commander.reading.view import View
from generator.errors import Problem, ProblemsError

_MOST_WORDS, _LONGEST_WORD = 20, 200
#: Of a line is shown what is around the first word, at most so many characters.
_LONGEST_LINE = 400


def words_of(text: str) -> list[str]:
    """The words of a question, in small letters. Raises ``ProblemsError``."""
    words = text.lower().split()
    if not 1 <= len(words) <= _MOST_WORDS or max(map(len, words)) > _LONGEST_WORD:
        allowed = f"1 to {_MOST_WORDS} words of at most {_LONGEST_WORD} characters, all of them in one line"
        raise ProblemsError([Problem(f"a search for {len(words)} words", allowed=allowed)])
    return words


def matches(
    view: View,
    repository: Repository,
    words: list[str],
    within: Target | None,
    after: Names | None,
    line: int,
    places: Collection[str] | None = None,
) -> Iterator[Match]:
    """The lines that have all words, by target; of the target ``after``, those behind ``line``; with ``places``, only
    in these environments. Raises ``StoreError``."""
    if after is not None and after in view.rows and (places is None or after[0] in places):
        yield from (match for match in _in_file(view, repository, after, words) if match.number > line)
    for names in view.within(view.all, within, after, places):
        yield from _in_file(view, repository, names, words)


def _in_file(view: View, repository: Repository, names: Names, words: list[str]) -> Iterator[Match]:
    row = view.rows[names]
    data, _ = text_at(repository, row.path, row.entry)
    text = data.decode("utf-8", "replace")
    small = text.lower()
    if not all(word in small for word in words):
        return
    for number, line in enumerate(text.split("\n"), 1):
        small = line.lower()
        if all(word in small for word in words):
            yield Match(row.target, row.path, number, _shown(line.rstrip("\r"), small.find(words[0])))


def _shown(line: str, at: int) -> str:
    if len(line) <= _LONGEST_LINE:
        return line
    begin = max(0, min(at - _LONGEST_LINE // 4, len(line) - _LONGEST_LINE))
    end = begin + _LONGEST_LINE
    return f"{'...' if begin else ''}{line[begin:end]}{'...' if end < len(line) else ''}"
