"""What a command says: with colours on a terminal, as plain lines elsewhere, as one JSON document for machines.

Results go to standard output; problems, notes and progress go to standard error. With ``--output json`` standard
output is exactly one JSON document: the command's result, or the list of problems. Rich is loaded only where there is a
terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from generator.errors import Problem

if TYPE_CHECKING:
    from rich.console import Console

Style = Literal["", "good", "bad", "faint", "strong"]
OutputMode = Literal["text", "json"]

_RICH_STYLES: Mapping[Style, str] = {"": "", "good": "green", "bad": "bold red", "faint": "dim", "strong": "bold"}
_SHOWN_BYTES = 4 * 1024 * 1024  # no source line is shown from a file larger than this
_SHOWN_COLUMNS = 160
_FEW = 100  # steps; what has fewer is over before a person wonders

# A byte of a name that is no UTF-8 is half of a character in Python, which no stream takes.
_NO_TEXT = {
    code: f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}" for code in range(0xD800, 0xE000)
}
# Text of people's files is shown to people: no escape sequence in it reaches the terminal, nor a mark that turns the
# direction of writing.
_HARMLESS = _NO_TEXT | {
    code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    for code in (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    if chr(code) not in "\n\t"
}


def harmless(text: str) -> str:
    """The text with control characters and what is no text spelled out (``\\x1b``); line breaks and tabs stay."""
    return text if text.isascii() and text.isprintable() else text.translate(_HARMLESS)


class Output:
    """Where a command's words go. One for each run; commands get it from ``stargit.options.with_output``."""

    def __init__(self) -> None:
        self.mode: OutputMode = "text"
        # Files of problems are relative to this folder; commands set it to the repository they work on.
        self.base = Path()

    def line(self, text: str = "", style: Style = "") -> None:
        """One line of the result for people; nothing in JSON mode."""
        if self.mode == "text":
            _print(sys.stdout, text, style)

    def note(self, text: str, style: Style = "") -> None:
        """A remark beside the result, on standard error; nothing in JSON mode."""
        if self.mode == "text":
            _print(sys.stderr, text, style)

    def result(self, data: object) -> None:
        """The result for machines: dicts, lists, dataclasses, paths; nothing in text mode."""
        if self.mode == "json":
            _write_json(data)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Rows under column heads, aligned; nothing in JSON mode."""
        if self.mode == "json":
            return
        lines = [list(columns), *([harmless(cell) for cell in row] for row in rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(columns))]
        for number, line in enumerate(lines):
            text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            _print(sys.stdout, text, "strong" if number == 0 else "")

    def diff(self, text: str) -> None:
        """A unified diff, coloured on a terminal; nothing in JSON mode."""
        if self.mode == "json":
            return
        styles: dict[str, Style] = {"+": "good", "-": "bad", "@": "faint"}
        for line in text.splitlines():
            _print(sys.stdout, line, styles.get(line[:1], ""))

    def problems(self, problems: Sequence[Problem]) -> None:
        """All problems: on standard error for people, as a JSON list on standard output for machines."""
        if self.mode == "json":
            _write_json([problem.as_json() for problem in problems])
            return
        if (console := _console(sys.stderr)) is not None:
            for problem in problems:
                _print_problem(console, problem, self.base)
        else:
            for problem in problems:
                _print(sys.stderr, str(problem))
        _print(sys.stderr, f"{len(problems)} problem{'' if len(problems) == 1 else 's'}", "bad")

    @contextmanager
    def progress(self, label: str, total: int) -> Iterator[Callable[[int], None]]:
        """Shows how far a long job is; gives a function to call with the number of steps just done.

        A bar on a terminal, elsewhere a line at every tenth of a job of 100 steps or more; nothing in JSON mode.
        """
        if self.mode == "json":
            yield lambda steps: None
        elif (console := _console(sys.stderr)) is not None:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            with Progress(*columns, console=console, transient=True) as bar:
                task = bar.add_task(harmless(label).replace("[", "\\["), total=total)
                yield lambda steps: bar.advance(task, steps)
        else:
            yield _PlainProgress(label, total)


class _PlainProgress:
    def __init__(self, label: str, total: int) -> None:
        self._label, self._total, self._done, self._told = label, total, 0, 0

    def __call__(self, steps: int) -> None:
        self._done += steps
        tenth = self._done * 10 // max(self._total, 1)
        if self._total >= _FEW and tenth > self._told:
            self._told = tenth
            _print(sys.stderr, f"{self._label}: {self._done} of {self._total}")


def _console(stream: TextIO) -> Console | None:
    """Rich's console when the stream is a terminal; it heeds NO_COLOR by itself."""
    if not stream.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return None
    from rich.console import Console

    return Console(file=stream, highlight=False, emoji=False, soft_wrap=True)


def _print(stream: TextIO, text: str, style: Style = "") -> None:
    text = harmless(text)
    if style and (console := _console(stream)) is not None:
        console.print(text, style=_RICH_STYLES[style], markup=False)
    else:
        stream.write(f"{text}\n")


def _print_problem(console: Console, problem: Problem, base: Path) -> None:
    from rich.text import Text

    parts = [(problem.place(), "bold"), (problem.path, "cyan"), (problem.message, "red")]
    console.print(Text(": ").join(Text(harmless(text), style) for text, style in parts if text))
    for line in _source(problem, base):
        console.print(Text(line, "dim"))
    for name, text in (("allowed", problem.allowed), ("hint", problem.hint)):
        if text:
            console.print(Text.assemble((f"  {name}: ", "green"), harmless(text)))


def _source(problem: Problem, base: Path) -> list[str]:
    """The line of the file that the problem is in, and a mark under the column."""
    if not problem.file or problem.position is None or problem.secret:
        return []
    path = base / problem.file
    try:
        if not path.is_file() or path.stat().st_size > _SHOWN_BYTES:
            return []
        line = path.read_text(encoding="utf-8", errors="replace").split("\n")[problem.position.line - 1]
    except (OSError, IndexError):  # the frame is an extra; the problem is told without it
        return []
    column = problem.position.column
    if column > _SHOWN_COLUMNS:
        return []
    head = f"  {problem.position.line} | "
    # A character that is spelled out takes more columns than it had.
    offset = len(harmless(line[: column - 1]).expandtabs())
    return [head + harmless(line)[:_SHOWN_COLUMNS].expandtabs(), " " * (len(head) + offset) + "^"]


def _write_json(data: object) -> None:
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    try:
        text = orjson.dumps(data, default=_plain, option=options)
    except orjson.JSONEncodeError:
        # JSON is UTF-8, and names of files need not be. Whatever else is wrong is wrong again.
        text = orjson.dumps(_readable(data), default=_plain, option=options)
    sys.stdout.write(text.decode())


def _readable(value: object) -> object:
    """The value with all that is no text spelled out."""
    if isinstance(value, (str, Path)):
        return str(value).translate(_NO_TEXT)
    if isinstance(value, Mapping):
        return {_readable(key): _readable(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_readable(each) for each in (sorted(value, key=str) if isinstance(value, (set, frozenset)) else value)]
    if is_dataclass(value):
        return {each.name: _readable(getattr(value, each.name)) for each in fields(value)}
    return value


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    raise TypeError(f"no JSON form for {type(value).__name__}")
