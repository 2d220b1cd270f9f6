"""From what a command did, or what stopped it, to an exit code and a text. The only place that knows exit codes."""

from __future__ import annotations

import enum
import errno
import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import click

from generator.errors import Problem, ProblemsError
from stargit.output import Output, harmless


class Exit(enum.IntEnum):
    """The exit codes of ``stargit``; a command returns one, or ``None`` for ``OK``."""

    OK = 0
    INPUT = 1  # the input is wrong, or something outside Stargit is missing; problems were printed
    USAGE = 2  # the command line is wrong
    DEFECT = 3  # a defect of Stargit
    INTERRUPTED = 130  # the person pressed Ctrl-C; 128 + SIGINT, as shells have it
    NO_READER = 141  # who read the output went away (`stargit ... | head`); 128 + SIGPIPE


# What the machine lacks, or has in the place of a path, is not Stargit's defect; with each, what to do.
_PLACE = "name another path"
_SPACE = "make room, or name a path on another disk"
_RIGHTS = "name a path that you may write to"
_READING = "name a path that you may read"
_OF_THE_MACHINE = {
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _RIGHTS),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), _SPACE),
    **dict.fromkeys(
        (
            errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY, errno.ENAMETOOLONG, errno.ELOOP,
            errno.ENXIO, errno.ENODEV, errno.EXDEV, errno.EBUSY, errno.ETXTBSY, errno.EOPNOTSUPP,
        ),
        _PLACE,
    ),
    **dict.fromkeys(
        (errno.EIO, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.ENOMEM), "see to the machine, and try again"
    ),
}  # fmt: skip


def guarded(command: Callable[[], object], output: Output) -> int:
    """Run a command; whatever ends it becomes an exit code and, where that helps, a text. Never raises."""
    _give_streams()
    try:
        return _ended(command, output)
    except BrokenPipeError:
        return _no_reader()
    except OSError as error:  # also the text that tells what happened cannot be written
        return _mute(error)


def _ended(command: Callable[[], object], output: Output) -> int:
    try:
        result = command()
        return _flushed(Exit(result) if isinstance(result, int) else Exit.OK)
    except ProblemsError as error:
        return _told(output, error.problems)
    except click.ClickException as error:
        if output.mode == "text":
            error.show()
            return Exit.USAGE
        # click has its words for people: the path of a command in front, help behind.
        return _told(output, [Problem(error.format_message(), hint=_help_of(error))], Exit.USAGE)
    except (click.Abort, KeyboardInterrupt):
        output.note("stargit: interrupted")
        return Exit.INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click turns the first into the second, and nothing else here exits
        return _no_reader()
    except OSError as error:
        problem = _of_the_machine(error)
        return _defect(error, output) if problem is None else _told(output, [problem])
    except Exception as error:  # the last resort: what comes here is a defect by definition
        return _defect(error, output)


def _told(output: Output, problems: Sequence[Problem], code: Exit = Exit.INPUT) -> int:
    output.problems(problems)
    return _flushed(code)


def _flushed(code: Exit) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _no_reader()
    except OSError as error:
        return _mute(error)
    return code


def _of_the_machine(error: OSError) -> Problem | None:
    """What the person can do about it; None when it is a defect."""
    path = str(error.filename2 or error.filename or "")
    hint = _OF_THE_MACHINE.get(error.errno or 0, "")
    if not hint or (hint == _PLACE and (not path or _is_own(Path(path)))):
        return None
    if hint == _RIGHTS and path and not _may_read(Path(path)):
        hint = _READING
    from stargit.resources import cache_folder

    cache = cache_folder()
    # Where the cache's folder can't be made, the error names a folder above it.
    if path and (Path(path).is_relative_to(cache) or cache.is_relative_to(path)):
        hint = "set STARGIT_CACHE to a folder that you may write to"
    return Problem(_words(error), file=path, hint=hint)


def _may_read(path: Path) -> bool:
    """Whether a path, or where nothing is yet the folder for it, can be looked into."""
    return os.access(path, os.R_OK) if os.path.lexists(path) else os.access(path.parent, os.X_OK)


def _is_own(path: Path) -> bool:
    own = Path(__file__).resolve().parent
    return any(path.is_relative_to(folder) for folder in (own, own.parent / "generator"))


def _words(error: OSError) -> str:
    return error.strerror or str(error)


def _help_of(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"see '{context.command_path} --help'" if context is not None else ""


def _give_streams() -> None:
    """Streams that take every word; one that the person closed (``>&-``) is one whose words nobody reads."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # open to the end of the process
        elif isinstance(stream := getattr(sys, name), io.TextIOWrapper):
            # What goes into a file or another program is the same everywhere; a terminal has its own characters.
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _mute(error: OSError) -> int:
    """Standard output or error takes no words."""
    _drop(sys.stdout)
    with suppress(OSError):
        sys.stderr.write(f"stargit: the output can't be written: {harmless(_words(error))}\n")
        sys.stderr.flush()
        return Exit.INPUT
    _drop(sys.stderr)
    return Exit.INPUT


def _no_reader() -> int:
    _drop(sys.stdout)
    return Exit.NO_READER


def _drop(stream: TextIO) -> None:
    # Python flushes its streams once more at its end, which must not fail again.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _defect(error: BaseException, output: Output) -> int:
    try:
        _tell_defect(error, output)
    except OSError as problem:
        _mute(problem)
    return Exit.DEFECT


def _tell_defect(error: BaseException, output: Output) -> None:
    import traceback
    from importlib.metadata import version

    name = version("stargit")
    details = "".join(traceback.format_exception(error))
    text = f"Stargit {name}, Python {sys.version}, {sys.platform}\n\n{details}"
    summary = "".join(traceback.format_exception_only(error)).strip()
    if output.mode == "json":
        _told(output, [Problem(f"this is a defect of Stargit {name}, not of your input: {summary}")])
    sys.stderr.write(f"stargit: this is a defect of Stargit {name}, not of your input: {harmless(summary)}\n")
    try:
        path = _write_log(text)
        sys.stderr.write(f"  Where it happened is written in {path}; please add that file to your report.\n")
    except OSError as problem:
        sys.stderr.write(f"  No log could be written ({problem}), so here is where it happened:\n\n{harmless(text)}\n")


def _write_log(text: str) -> Path:
    import tempfile
    from datetime import UTC, datetime

    from stargit.resources import cache_folder

    folder = cache_folder() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    # No arguments and no local variables are in the log, for a person's secrets may be among them.
    prefix = f"defect-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-"
    descriptor, name = tempfile.mkstemp(prefix=prefix, suffix=".log", dir=folder)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return Path(name)
