"""What Houston keeps in SQL: tables, connections, and the way from one version's tables to the next one's.

SQLite when nothing else is said, PostgreSQL where people rely on it; every table, index and query is for both. A
``Database`` gives sessions, of which each is one transaction: ``reading()`` and ``writing()``.
"""

from houston.database.access import Binding, LoginAttempt, Session
from houston.database.base import ADDRESS, SYSTEM, Base, kept, utc
from houston.database.changes import AuditEvent, Request
from houston.database.connecting import Database, DatabaseUrlError, inserting
from houston.database.fleet import Deployment, Environment, IndexState, Workspace
from houston.database.people import Email, Team, TeamMember, User, UserStatus
from houston.database.upgrading import SchemaError, check, newest, upgrade

__all__ = [
    "ADDRESS",
    "SYSTEM",
    "AuditEvent",
    "Base",
    "Binding",
    "Database",
    "DatabaseUrlError",
    "Deployment",
    "Email",
    "Environment",
    "IndexState",
    "LoginAttempt",
    "Request",
    "SchemaError",
    "Session",
    "Team",
    "TeamMember",
    "User",
    "UserStatus",
    "Workspace",
    "check",
    "inserting",
    "kept",
    "newest",
    "upgrade",
    "utc",
]
