"""A client of Commander's service: typed calls, errors that say what to do, operations by name.

::

    from commander.client import Client, Connection, operations as ops

    with Client(Connection("127.0.0.1:7070", token=token)) as commander:
        done = commander.apply([ops.scale("dev/etl/daily", "scheduler", 2)], id="scale-daily-1", reason="more DAGs")
        print(done.revision)

``AsyncClient`` has the same calls for an event loop. What calls give back are the messages of the protocol
(``commander/proto/v1/commander.proto``). It needs nothing of Commander but the protocol.
"""

from commander.client import operations
from commander.client.aio import AsyncClient
from commander.client.client import Client
from commander.client.connection import Connection
from commander.client.errors import (
    CommanderError,
    ConflictError,
    DeniedError,
    MissingError,
    NotLiveError,
    RefusedError,
    RejectedError,
    UnavailableError,
)
from commander.client.requests import new_id

__all__ = [
    "AsyncClient",
    "Client",
    "CommanderError",
    "ConflictError",
    "Connection",
    "DeniedError",
    "MissingError",
    "NotLiveError",
    "RefusedError",
    "RejectedError",
    "UnavailableError",
    "new_id",
    "operations",
]
