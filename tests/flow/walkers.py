"""A flow to be killed in, and a runner as a process of its own."""

import asyncio
from pathlib import Path

import sqlalchemy as sa

from gureum.kernel.flow import Done, Flow, Go, Move, Nap, step
from gureum.kernel.flow.runner import Runner
from gureum.kernel.store.opening import open_database
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

FAR = 12

paces = sa.Table(
    "test_paces",
    metadata,
    sa.Column("walker", sa.String(16), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("sum", sa.Integer, nullable=False),
)
ground = sa.Table(
    "test_ground", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("trodden", sa.Integer)
)


class Walk(Flow):
    """So many paces, each a row of its own, and each counted on the one ground that all walk on."""

    subject_kind = "walker"

    @step
    def start(self, tx: Tx) -> Move:
        number = self.args.get("number", 0) + 1
        trodden = tx.one(sa.select(ground.c.trodden).where(ground.c.id == 1))
        assert trodden is not None
        tx.update(ground, {"id": 1}, trodden=trodden.trodden + 1)
        tx.insert(paces, walker=self.subject, number=number, sum=trodden.trodden + 1)
        if number == FAR:
            return Done()
        return Nap(1000, self.start, {"number": number}) if number % 2 else Go(self.start, {"number": number})


def walk(url: str) -> None:
    """Run strands until killed."""
    asyncio.run(_run(url))


async def _run(url: str) -> None:
    await Runner(open_database(url, Path(), durable=False)).run()
