"""From what a command did, or what stopped it, to an exit code and a text. The only place that knows exit codes."""

from __future__ import annotations

import enum
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

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


# What the machine lacks is not Stargit's defect: rights, space, a working disk.
_OF_THE_MACHINE = frozenset(
    (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE)
)


def guarded(command: Callable[[], object], output: Output) -> int:
    """Run a command; whatever ends it becomes an exit code and, where that helps, a text. Never raises."""
    try:
        result = command()
        sys.stdout.flush()
        return Exit(result) if isinstance(result, int) else Exit.OK
    except ProblemsError as error:
        return _told(output, error.problems)
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        output.note("stargit: interrupted")
        return Exit.INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click turns the first into the second, and nothing else here exits
        return _no_reader()
    except OSError as error:
        if error.errno not in _OF_THE_MACHINE:
            return _defect(error)
        return _told(output, [Problem(error.strerror or str(error), file=str(error.filename or ""))])
    except Exception as error:  # the last resort: what comes here is a defect by definition
        return _defect(error)


def _told(output: Output, problems: tuple[Problem, ...] | list[Problem]) -> int:
    try:
        output.problems(problems)
        sys.stdout.flush()
    except BrokenPipeError:
        return _no_reader()
    return Exit.INPUT


def _no_reader() -> int:
    # Python flushes standard output once more at its end, which must not fail again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.NO_READER


def _defect(error: BaseException) -> int:
    import traceback
    from importlib.metadata import version

    name = version("stargit")
    details = "".join(traceback.format_exception(error))
    text = f"Stargit {name}, Python {sys.version}, {sys.platform}\n\n{details}"
    summary = "".join(traceback.format_exception_only(error)).strip()
    sys.stderr.write(f"stargit: this is a defect of Stargit {name}, not of your input: {harmless(summary)}\n")
    try:
        path = _write_log(text)
        sys.stderr.write(f"  Where it happened is written in {path}; please add that file to your report.\n")
    except OSError as problem:
        sys.stderr.write(f"  No log could be written ({problem}), so here is where it happened:\n\n{harmless(text)}\n")
    return Exit.DEFECT


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
