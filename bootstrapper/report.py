"""What a run did: told line by line while it goes on, and as a whole at its end."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import Literal, TextIO

Action = Literal["made", "completed", "rewritten", "rotated", "set", "taken over", "kept"]
_ERROR = 2500  # of these at most
_MESSAGE = 4000  # Kubernetes keeps 4096 bytes of a container's last message


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked after. ``kept`` means that nothing had to be done."""

    subject: str
    action: Action
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.subject}: {self.action}" + (f" ({self.detail})" if self.detail else "")


@dataclass(slots=True)
class Report:
    """The steps of a run, in order."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    steps: list[Step] = field(default_factory=list)

    def add(self, subject: str, action: Action, detail: str = "") -> None:
        """Keep a step, and tell it at once."""
        step = Step(subject, action, detail)
        self.steps.append(step)
        self.say(str(step))

    def say(self, text: str) -> None:
        """A line for people."""
        # A server's words may hold what terminals act on.
        shown = "".join(each if each.isprintable() else "?" for each in " ".join(text.split()))
        print(f"bootstrap: {shown}", file=self.stream, flush=True)

    @property
    def changes(self) -> list[Step]:
        """What was not as it should be."""
        return [step for step in self.steps if step.action != "kept"]

    def as_json(self, release: str, namespace: str, exit_code: int, error: str) -> str:
        """One line of JSON, at most 4 kB: of very many steps those that changed something come first."""
        while len(json.dumps(error)) > _ERROR:
            error = error[: len(error) * 3 // 4]
        steps = [*self.changes, *(step for step in self.steps if step.action == "kept")]
        whole = {
            "version": 1,
            "release": release,
            "namespace": namespace,
            "outcome": ("done", "later", "refused")[exit_code],
            "exitCode": exit_code,
            "error": error,
            "steps": [{"subject": one.subject, "action": one.action, "detail": one.detail} for one in steps],
            "leftOut": 0,
        }
        while len(text := json.dumps(whole, ensure_ascii=True)) > _MESSAGE and steps:
            steps.pop()
            whole["steps"] = whole["steps"][:-1]  # type: ignore[index]
            whole["leftOut"] = len(self.steps) - len(steps)
        return text
