"""``python -m tests.houston.fleet.changer URL ADDRESS FIRST COUNT``: a small Houston that changes, to be killed.

It follows Commander, resumes what was open, and does the changes FIRST to FIRST + COUNT - 1, four at a time, printing
the number and commit of each when it is answered.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from uuid import UUID

from commander.client import AsyncClient, Connection
from commander.client import operations as ops
from houston.audit import Actor, ActorKind, Event, On, Tag
from houston.database import Database, utc
from houston.errors import InvalidError
from houston.fleet import Asked, Changing
from houston.index import Follower, deployment_id
from houston.roles import Level
from tests.desired.repositories import DEPLOYMENT

ADA = Actor(ActorKind.USER, UUID(int=1), "ada@example.com")


def asked(number: int) -> Asked:
    """The change of a number: a deployment that is made."""
    name = f"made-{number}"
    return Asked(
        [ops.create(f"dev/ml/{name}", DEPLOYMENT)],
        key=f"key-{number}",
        event=Event(Tag.DEPLOYMENT_CREATE, ADA, On(Level.DEPLOYMENT, deployment_id("dev", name), f"dev/ml/{name}")),
        email="ada@example.com",
        reason=f"change {number}",
    )


async def main(url: str, address: str, first: int, count: int) -> None:
    async with Database(url) as database, AsyncClient(Connection(address)) as commander:
        changing = Changing(database, commander, now=utc, patience=30)
        following = asyncio.create_task(Follower(database, commander, [changing]).run(print))
        print("resumed", await changing.resume(timedelta(0)), flush=True)
        line = asyncio.Semaphore(4)

        async def change(number: int) -> None:
            async with line:
                try:
                    print(number, (await changing.do(asked(number))).revision, flush=True)
                except InvalidError as error:
                    # An earlier process was killed before Commander had it.
                    print(number, "refused:", error, flush=True)

        await asyncio.gather(*(change(number) for number in range(first, first + count)))
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
