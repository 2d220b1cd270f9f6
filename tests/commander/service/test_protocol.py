"""The protocol: its Python code is what the compiler makes of it, and everything in it is documented."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from commander.client import AsyncClient, Connection, RefusedError, new_id
from commander.client import operations as ops
from commander.proto.v1 import commander_pb2 as pb
from commander.service import decoding
from tests.commander.service.processes import Service

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
PROTOCOL = "commander/proto/v1"


def test_the_code_is_what_the_compiler_makes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "tools/protocol.py", tmp_path], check=True)
    made = {path.name: path.read_text() for path in (tmp_path / PROTOCOL).iterdir()}
    kept = {path.name: path.read_text() for path in (ROOT / PROTOCOL).glob("commander_pb2*")}
    assert made == kept, "run 'make protocol'"


def test_all_methods_of_the_protocol_are_documented(tmp_path: Path) -> None:
    compile_ = [sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={ROOT}", "--include_source_info"]
    subprocess.run([*compile_, f"--descriptor_set_out={tmp_path / 'set'}", f"{PROTOCOL}/commander.proto"], check=True)
    [file] = FileDescriptorSet.FromString((tmp_path / "set").read_bytes()).file
    documented = {tuple(each.path) for each in file.source_code_info.location if each.leading_comments.strip()}
    # 6 is the services of a file, 2 the methods of a service (descriptor.proto).
    assert {(6, 0, 2, number) for number in range(len(file.service[0].method))} <= documented


def test_the_client_for_event_loops_does_the_same(service: Service) -> None:
    async def calls() -> tuple[str, str]:
        async with AsyncClient(Connection(service.address, seconds=20)) as commander:
            since = (await commander.status()).revision
            done = await commander.apply([ops.relabel("dev/etl/daily", "From a loop")], id=new_id())
            with pytest.raises(RefusedError, match="schedulr"):
                await commander.apply([ops.scale("dev/etl/daily", "schedulr", 1)], id=new_id())
            found = await commander.get("dev/etl/daily", at_least=done.revision)
            page = await commander.list(pb.ListRequest(kind=pb.KIND_DEPLOYMENT))
            assert [each.label for each in page.items] == [found.item.label]
            async for each in commander.watch(since):
                if each.HasField("event"):
                    return done.revision, each.event.commit.revision
        raise AssertionError

    made, seen = asyncio.run(calls())
    assert made == seen


def test_every_operation_has_a_reader_and_a_function_of_the_client() -> None:
    names = {each.name for each in pb.Operation.DESCRIPTOR.oneofs_by_name["operation"].fields}
    assert decoding._OPERATIONS.keys() == names
    assert {name for name in names if not callable(getattr(ops, name, None))} == set()
