"""The service's log: one JSON object a line on standard error, with the request's id; no settings, no tokens."""

from __future__ import annotations

import sys
from typing import Literal

import structlog

Level = Literal["debug", "info", "warning", "error"]
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def logger(level: Level, form: Literal["json", "text"] = "json") -> structlog.typing.FilteringBoundLogger:
    """A log of events from ``level`` on; ``text`` is for people at a terminal."""
    ending = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    log: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *ending,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
    )
    return log
