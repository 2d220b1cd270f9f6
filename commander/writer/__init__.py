"""The write path: changes in, durable commits out.

``Queue`` collects what callers ask for and lets ``Writer`` do it in batches; ``Writer`` keeps the state of the branch
in memory (``Tracker``) and moves the branch.
"""

from commander.writer.memory import collect_rarely
from commander.writer.outcome import Applied, Conflict, Failed, Outcome, Refused
from commander.writer.queue import BusyError, ClosedError, Queue
from commander.writer.tracking import Tracker
from commander.writer.workers import Workers
from commander.writer.writer import Writer

__all__ = [
    "Applied",
    "BusyError",
    "ClosedError",
    "Conflict",
    "Failed",
    "Outcome",
    "Queue",
    "Refused",
    "Tracker",
    "Workers",
    "Writer",
    "collect_rarely",
]
