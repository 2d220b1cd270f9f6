"""The write path: changes in, durable commits out.

``Queue`` collects what callers ask for and lets ``Writer`` do it in batches; ``Writer`` keeps the state of the branch
in memory (``Tracker``) and moves the branch.
"""

from commander.writer.memory import collect_rarely
from commander.writer.observing import Observer, Why
from commander.writer.outcome import Applied, Conflict, Failed, Outcome, Preview, Previewed, Refused
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
    "Observer",
    "Outcome",
    "Preview",
    "Previewed",
    "Queue",
    "Refused",
    "Tracker",
    "Why",
    "Workers",
    "Writer",
    "collect_rarely",
]
