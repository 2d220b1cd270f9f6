"""What every call goes through: an id, who calls, whether that is allowed, time taken, errors told as what they are."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

import grpc
import structlog
from google.rpc.code_pb2 import Code
from grpc_status import rpc_status

from commander.proto.v1 import commander_pb2 as pb
from commander.service.authority import Authority, UnknownCallerError
from commander.service.callers import Caller
from commander.service.failures import failure_of
from commander.service.metrics import Metrics
from commander.writer import ClosedError

Handler: TypeAlias = Any
Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"

_SERVICE = pb.DESCRIPTOR.services_by_name["Commander"].full_name
_HEALTH = "grpc.health.v1.Health"
_REFLECTION = ("grpc.reflection.v1alpha.ServerReflection", "grpc.reflection.v1.ServerReflection")
_REQUEST_ID = "x-request-id"
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}\Z")
_BEARER = re.compile(r"(?i:bearer) +([^\s]{1,512})\Z")

#: Who calls, in a handler.
current_caller: ContextVar[Caller] = ContextVar("current_caller")


class Gate(grpc.aio.ServerInterceptor):
    """Wraps the handlers of all services but that of health, which anybody may ask."""

    def __init__(self, authority: Authority, metrics: Metrics, log: structlog.typing.FilteringBoundLogger) -> None:
        self._authority, self._metrics, self._log = authority, metrics, log
        self._under_way = 0
        self._closed = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def drained(self, seconds: float) -> bool:
        """Let no more calls in, and wait for those that are; whether all ended in time."""
        self._closed = True
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        """As grpc asks for every call."""
        handler = await continuation(handler_call_details)
        service, _, method = handler_call_details.method.removeprefix("/").rpartition("/")
        if handler is None or service == _HEALTH:
            return handler
        form = {
            "request_deserializer": handler.request_deserializer,
            "response_serializer": handler.response_serializer,
        }
        if handler.unary_unary is not None:
            return grpc.unary_unary_rpc_method_handler(self._unary(service, method, handler.unary_unary), **form)
        if handler.unary_stream is not None:
            return grpc.unary_stream_rpc_method_handler(self._stream(service, method, handler.unary_stream), **form)
        if handler.stream_stream is not None:
            return grpc.stream_stream_rpc_method_handler(self._stream(service, method, handler.stream_stream), **form)
        return None

    def _unary(self, service: str, method: str, work: Callable[[Any, Context], Awaitable[Any]]) -> Any:
        async def called(request: Any, context: Context) -> Any:
            async with self._call(service, method, context):
                return await work(request, context)

        return called

    def _stream(self, service: str, method: str, work: Callable[[Any, Context], AsyncIterator[Any]]) -> Any:
        async def called(request: Any, context: Context) -> AsyncIterator[Any]:
            async with self._call(service, method, context):
                async for each in work(request, context):
                    yield each

        return called

    @asynccontextmanager
    async def _call(self, service: str, method: str, context: Context) -> AsyncIterator[None]:
        """A call's life. What is raised in it is told to the caller as a status."""
        given = [(key, value) for key, value in context.invocation_metadata() or () if isinstance(value, str)]
        metadata = dict(given)
        said = metadata.get(_REQUEST_ID, "")
        request = said if _ID.match(said) else uuid.uuid4().hex
        name = method if service == _SERVICE else "reflection"
        caller, code = "unknown", "OK"
        details: Mapping[str, object] = {}
        started = time.perf_counter()
        self._under_way += 1
        self._idle.clear()
        with structlog.contextvars.bound_contextvars(request=request):
            try:
                await context.send_initial_metadata(((_REQUEST_ID, request),))
                if self._closed:
                    raise ClosedError
                if sum(key == "authorization" for key, _ in given) > 1:
                    raise UnknownCallerError("there are two 'authorization' in the metadata")
                found = self._identify(service, method, metadata, context)
                caller = found.name
                current_caller.set(found)
                yield
            except Exception as error:
                failure = failure_of(error, request)
                code, details = Code.Name(failure.status.code), failure.log
                status = rpc_status.to_status(failure.status)
                await context.abort(status.code, status.details, status.trailing_metadata)
            except BaseException:  # nobody waits any more: cancelled, or the deadline passed
                code = "CANCELLED"
                raise
            finally:
                self._told(name, caller, code, time.perf_counter() - started, details)
                self._under_way -= 1
                if not self._under_way:
                    self._idle.set()

    def _identify(self, service: str, method: str, metadata: Mapping[str, str], context: Context) -> Caller:
        """Who calls, and may do so. Raises ``UnknownCallerError``, ``ForbiddenError``."""
        token = ""
        if said := metadata.get("authorization", ""):
            if (match := _BEARER.match(said)) is None:
                raise UnknownCallerError("the metadata 'authorization' is not 'Bearer TOKEN'")
            token = match[1]
        caller = self._authority.identify(token, _certificate(context))
        if service not in _REFLECTION:
            self._authority.check(caller, method if service == _SERVICE else f"{service}/{method}")
        return caller

    def _told(self, method: str, caller: str, code: str, seconds: float, details: Mapping[str, object]) -> None:
        """Count a call that ended, and log it."""
        self._metrics.calls.labels(method, code, caller).inc()
        if not method.startswith("Watch"):
            self._metrics.call_seconds.labels(method).observe(seconds)
        write = self._log.error if "defect" in details else self._log.info
        write("call", method=method, caller=caller, code=code, seconds=round(seconds, 4), **details)


def _certificate(context: Context) -> list[str]:
    """The names in the caller's certificate; empty where it showed none, or nobody checked it."""
    found = context.auth_context()
    names = found.get("x509_subject_alternative_name") or found.get("x509_common_name") or ()
    return [name.decode("utf-8", "replace") for name in names]
