"""The two ways in which a run can fail. Whoever raises one of them knows whether trying again may help.

No message holds the value of a Secret, a password of a URL, or a statement with one in it.
"""

from __future__ import annotations

from typing import ClassVar


class BootstrapError(Exception):
    """A run that did not reach its end; the text is for people."""

    exit_code: ClassVar[int]


class Later(BootstrapError):
    """Not now: something is not there yet, or does not answer. Kubernetes starts the job again."""

    exit_code = 1


class Refused(BootstrapError):
    """Never, until somebody changes something: the plan, a right, who owns what. The job fails at once."""

    exit_code = 2
