"""The outbox: asks that agents have not answered yet. Rows, so that nothing asked is forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.contracts.message import AgentFault, Message
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.clock import Micros
from gureum.kernel.flow.bell import ring
from gureum.kernel.flow.moves import Ask
from gureum.kernel.flow.tables import asks, generations, strands
from gureum.kernel.store.tx import Tx
from gureum.kernel.trace import Span
from gureum.kernel.trace.store import add_ask

_MOST_TRIES = 8
_SLOWEST_RETRY = clock.seconds(30)


_ADD = asks.insert()
_GENERATION = sa.select(generations.c.value).where(generations.c.subject == sa.bindparam("subject"))
_UNDELIVERED = (
    sa.select(asks)
    .where(
        asks.c.answer.is_(None),
        sa.or_(
            asks.c.agent == sa.bindparam("agent"),
            sa.and_(asks.c.agent.is_(None), asks.c.role.in_(sa.bindparam("roles", expanding=True))),
        ),
        asks.c.due <= sa.bindparam("now"),
    )
    .order_by(asks.c.id)
)
_UNANSWERED = (
    sa.select(asks.c.id)
    .where(asks.c.strand == sa.bindparam("strand"), asks.c.wait == sa.bindparam("wait"), asks.c.answer.is_(None))
    .limit(1)
)


def put(tx: Tx, strand: int, wait: int, place: int, ask: Ask, subject: str, body: Message) -> None:
    """Put one ask of a strand's move into the outbox, under the subject's next generation."""
    now = clock.now()
    tx.execute(
        _ADD,
        strand=strand,
        wait=wait,
        place=place,
        agent=ask.target.agent,
        role=ask.target.role,
        subject=subject,
        generation=next_generation(tx, subject),
        body=msgspec.json.encode(body).decode(),
        insist=ask.insist,
        due=now,
        created_at=now,
    )


def next_generation(tx: Tx, subject: str) -> int:
    """Raise and return a subject's generation."""
    value = (tx.scalar(_GENERATION, subject=subject) or 0) + 1
    if value == 1:
        tx.insert(generations, subject=subject, value=1)
    else:
        tx.update(generations, {"subject": subject}, value=value)
    return value


def undelivered(tx: Tx, agent: str, roles: Sequence[str], sent: set[tuple[int, int]]) -> list[Row[Any]]:
    """The unanswered asks for an agent and the roles it holds that are due and not in `sent` (id, tries), oldest first."""
    rows = tx.all(_UNDELIVERED, agent=agent, roles=list(roles), now=clock.now())
    return [row for row in rows if (row.id, row.tries) not in sent]


@dataclass(frozen=True)
class Delivery:
    """How an ask came to its answer: who was asked, when, and what the agent says it spent its time with."""

    agent: str
    sent_at: Micros
    filled: Sequence[Span] = ()
    """What filling the ask in took, before it was sent."""
    micros: Micros = 0
    parts: Sequence[tuple[str, int, int]] = ()


def record(tx: Tx, ask_id: int, answer: Message, delivery: Delivery | None = None) -> None:
    """Keep an agent's answer, and wake the strand when it was the last one it waits for.

    An answer to an ask that was superseded (its row is gone) or already answered changes nothing. A fault that may pass is
    asked again later: a few times, or for ever where the strand insists.
    """
    row = _open_ask(tx, ask_id)
    if row is None:
        return
    if delivery is not None:
        _trace(tx, row, answer, delivery)
    if isinstance(answer, AgentFault) and (row.insist or (answer.again and row.tries < _MOST_TRIES)):
        pause = min(_SLOWEST_RETRY, clock.seconds(0.2) * 2 ** min(row.tries, 10))
        tx.execute(asks.update().where(asks.c.id == ask_id).values(tries=row.tries + 1, due=clock.now() + pause))
        tx.execute(strands.update().where(strands.c.id == row.strand).values(last_fault=answer.text))
        return
    tx.update(asks, {"id": ask_id}, answer=msgspec.json.encode(answer).decode())
    unanswered = tx.one(_UNANSWERED, strand=row.strand, wait=row.wait)
    if unanswered is None or isinstance(answer, AgentFault):
        tx.update(strands, {"id": row.strand, "wait": row.wait}, due=clock.now())
        ring(tx)


def _open_ask(tx: Tx, ask_id: int) -> Row[Any] | None:
    """The unanswered ask. Its strand is held first, as steps do: of two last answers, one sees the other."""
    strand = tx.peek(sa.select(asks.c.strand).where(asks.c.id == ask_id))
    if strand is None:
        return None
    tx.one(sa.select(strands.c.id).where(strands.c.id == strand.strand))
    return tx.one(sa.select(asks).where(asks.c.id == ask_id, asks.c.answer.is_(None)))


def _trace(tx: Tx, row: Row[Any], answer: Message, delivery: Delivery) -> None:
    """Keep what became of the ask, for the request that its strand serves. The agent's clock is not ours: it gives spans only."""
    caller = Caller.from_json(tx.scalar(sa.select(strands.c.caller).where(strands.c.id == row.strand)))
    if caller is None or not caller.request_id:
        return
    began = min(row.due, delivery.sent_at)
    sent = delivery.sent_at - began
    worked = max(clock.now() - began - delivery.micros, sent)
    first = sent - max((one.offset + one.micros for one in delivery.filled), default=0)
    spans: list[list[Any]] = [[one.part, one.name, first + one.offset, one.micros] for one in delivery.filled]
    spans.append(["agent", "work", worked, delivery.micros])
    spans += [["driver", name, worked + offset, micros] for name, offset, micros in delivery.parts]
    outcome = f"fault: {answer.text}" if isinstance(answer, AgentFault) else type(answer).__name__
    name = str(msgspec.json.decode(row.body)["type"])
    add_ask(tx, caller.request_id, name, row.subject, outcome, agent=delivery.agent, at=began, spans=spans)


def progress(tx: Tx, ask_id: int) -> None:
    """The ask is worked on: its strand's deadline starts anew."""
    row = tx.peek(
        sa.select(asks.c.strand, asks.c.wait, strands.c.silent)
        .join(strands, strands.c.id == asks.c.strand)
        .where(asks.c.id == ask_id, asks.c.answer.is_(None), asks.c.wait == strands.c.wait)
    )
    if row is not None and row.silent is not None:
        tx.execute(strands.update().where(strands.c.id == row.strand).values(due=clock.now() + row.silent))
