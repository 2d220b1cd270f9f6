"""``python -m tests.bootstrapper.killing N``: the bootstrapper, killed by SIGKILL before its N-th call to the outside.

A call is a statement, the end of a transaction, or a request to Kubernetes. With N greater than there are, it runs to
its end and says on the last line how many there were.
"""

from __future__ import annotations

import http.client
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import psycopg

from bootstrapper.__main__ import main

_calls = 0


def _counted(function: Callable[..., Any], end: int) -> Callable[..., Any]:
    def call(*arguments: Any, **more: Any) -> Any:
        global _calls  # noqa: PLW0603
        _calls += 1
        if _calls == end:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **more)

    return call


def _run(end: int) -> int:
    for owner, name in (
        (psycopg.Connection, "execute"),
        (psycopg.Transaction, "__exit__"),
        (psycopg.Connection, "close"),
        (http.client.HTTPConnection, "request"),
        (http.client.HTTPConnection, "getresponse"),
    ):
        setattr(owner, name, _counted(getattr(owner, name), end))
    code = main([])
    print(f"calls: {_calls}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(_run(int(sys.argv[1])))
