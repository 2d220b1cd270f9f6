"""Who did what, on what, from where, with which result and commit.

An event is a typed value with a tag of a fixed vocabulary. ``record`` writes it in the transaction of what it tells of,
so there is no change without its event and no event without its change. ``search`` and ``lines`` give them back.
"""

from houston.audit.events import Actor, ActorKind, Event, On, Result, Tag
from houston.audit.recording import record
from houston.audit.searching import Page, Search, lines, search

__all__ = ["Actor", "ActorKind", "Event", "On", "Page", "Result", "Search", "Tag", "lines", "record", "search"]
