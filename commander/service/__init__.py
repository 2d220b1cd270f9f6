"""Commander as a gRPC service (``commander/proto/v1/commander.proto``): callers, changes, reads, watches, metrics."""

from commander.service.beside import ClusterSettings
from commander.service.callers import Callers, digest_of, new_token
from commander.service.listening import Tls
from commander.service.logs import logger
from commander.service.opening import Served, open_repository
from commander.service.server import Settings, serve

__all__ = [
    "Callers",
    "ClusterSettings",
    "Served",
    "Settings",
    "Tls",
    "digest_of",
    "logger",
    "new_token",
    "open_repository",
    "serve",
]
