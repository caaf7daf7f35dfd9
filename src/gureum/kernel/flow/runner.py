"""The runner: takes the strand that is due, runs its step, commits step and move together."""

import asyncio
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.contracts.frames import answer_from_json
from gureum.contracts.message import AgentFault, Message
from gureum.kernel import clock, log
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Fault, TimedOut
from gureum.kernel.flow.bell import listen, ring
from gureum.kernel.flow.flow import Flow
from gureum.kernel.flow.intend import intend, start_next
from gureum.kernel.flow.jumps import Watch, renew
from gureum.kernel.flow.moves import Ask, Done, Go, Move, Nap
from gureum.kernel.flow.outbox import put
from gureum.kernel.flow.tables import asks, signals, strands
from gureum.kernel.store.database import Database
from gureum.kernel.store.transient import transient
from gureum.kernel.store.tx import Tx
from gureum.kernel.trace import Spans, recording
from gureum.kernel.trace.store import add_step

_logger = log.get("flow")
_MOST_TRIES = 5
_SLOWEST_RETRY = clock.seconds(60)
_POLL_SECONDS = 1.0
LOCK_SECONDS = 0.05
"""A request holds its thing and then wants the strand, a step the other way round: the step soon gives way."""


class AnswerFault(Fault):
    """An agent's fault, as a step sees it."""


class Runner:
    """Runs due strands of one database until it is stopped."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._bell = asyncio.Event()
        self._watch = Watch()
        self._stopping = False

    async def run(self) -> None:
        """Run until `stop`. Must run in the loop that the runner was made in."""
        loop = asyncio.get_running_loop()
        deaf = listen(lambda: loop.call_soon_threadsafe(self._bell.set))
        try:
            while not self._stopping:
                self._bell.clear()
                try:
                    if self._watch.jumped():
                        await self._database.writing(renew)
                    self._watch.believe()
                    pause = await self._database.writing(run_due)
                except Exception:
                    _logger.exception("runner")
                    pause = _POLL_SECONDS
                if pause:
                    await self._sleep(min(pause, _POLL_SECONDS))
        finally:
            deaf()

    async def _sleep(self, pause: float) -> None:
        try:
            async with asyncio.timeout(pause):
                await self._bell.wait()
        except TimeoutError:
            pass

    def stop(self) -> None:
        """End after the step that runs now."""
        self._stopping = True
        self._bell.set()


_PARENT = sa.select(strands.c.id).where(strands.c.id == sa.bindparam("parent"))
_ANSWERS = (
    sa.select(asks.c.answer)
    .where(asks.c.strand == sa.bindparam("strand"), asks.c.wait == sa.bindparam("wait"))
    .order_by(asks.c.place)
)
_CHILD = (
    sa.select(strands.c.id).where(strands.c.parent == sa.bindparam("parent"), strands.c.finished_at.is_(None)).limit(1)
)


def run_due(tx: Tx) -> float:
    """Run one due strand's step. Says how many seconds there is nothing to do (0: look again at once)."""
    now = clock.now()
    tx.hurry(LOCK_SECONDS)
    open_ = strands.c.finished_at.is_(None)
    due = sa.select(strands).where(open_, strands.c.due <= now).order_by(strands.c.due).limit(1)
    row = tx.peek(due.with_for_update(skip_locked=True))
    if row is None:
        later = tx.scalar(sa.select(sa.func.min(strands.c.due)).where(open_, strands.c.due > now))
        return _POLL_SECONDS if later is None else max(0.001, (later - clock.now()) / clock.SECOND)
    run_strand(tx, row)
    return 0.0


def run_strand(tx: Tx, row: Row[Any]) -> None:
    """Run one step of a strand, in a savepoint, and apply its move; a failure becomes a retry or the flow's `failed`."""
    flow = Flow.registry[row.flow](row.subject_id, dict(row.args), Caller.from_json(row.caller))
    before = tx.caller
    tx.caller = flow.caller
    spans, outcome = Spans(), ""
    try:
        with tx.savepoint("step"), recording(spans):
            move = _step(tx, flow, row)
            _apply(tx, flow, row, move)
        outcome = _words(move)
    except Fault as fault:
        outcome = f"fault: {fault.message}"
        _fail(tx, flow, row, fault)
    except Exception as error:
        if transient(error):
            raise
        outcome = "fault: internal error"
        _logger.exception("step failed", flow=row.flow, step=row.step, subject=row.subject_id, tries=row.tries)
        if row.tries < _MOST_TRIES:
            _retry(tx, row, repr(error))
        else:
            _fail(tx, flow, row, Fault("An internal error occurred; the operator's log has it.", cause=repr(error)))
    finally:
        tx.caller = before
    if outcome != f"nap: {row.step}":
        subject = f"{row.subject_kind}/{row.subject_id}"
        add_step(tx, flow.caller.request_id, f"{row.flow}.{row.step}", subject, outcome, spans)


def _words(move: Move) -> str:
    """A move as a trace shows it."""
    if isinstance(move, Done):
        return "done"
    if isinstance(move, Go | Nap):
        return f"{'go' if isinstance(move, Go) else 'nap'}: {move.step.__name__}"
    return f"{'ask' if isinstance(move, Ask) else 'spawn'}: {move.then.__name__}"


def _step(tx: Tx, flow: Flow, row: Row[Any]) -> Move:
    """Call the step that the strand stands at, with what it waited for."""
    name: str = row.step
    if row.waiting == "asks":
        answers = _answers(tx, row)
        fault = _fault_of(answers)
        if fault is not None:
            _logger.info("ask failed", flow=row.flow, subject=row.subject_id, fault=fault.message, cause=fault.cause)
            return flow.steps[row.fault_step](flow, tx, fault)
        return flow.steps[name](flow, tx, answers[0] if len(answers) == 1 else answers)
    if row.waiting == "fault":
        return flow.steps[name](flow, tx, Fault(row.last_fault or ""))
    return flow.steps[name](flow, tx)


def _answers(tx: Tx, row: Row[Any]) -> list[Message | None]:
    rows = tx.all(_ANSWERS, strand=row.id, wait=row.wait)
    return [None if one.answer is None else answer_from_json(one.answer) for one in rows]


def _fault_of(answers: list[Message | None]) -> Fault | None:
    for answer in answers:
        if isinstance(answer, AgentFault):
            return AnswerFault(answer.text, cause=answer.detail)
    if any(answer is None for answer in answers):
        return TimedOut("The host did not answer in time.")
    return None


def _apply(tx: Tx, flow: Flow, row: Row[Any], move: Move) -> None:
    now = clock.now()
    if row.waiting == "asks":
        tx.delete(asks, strand=row.id, wait=row.wait)
    values: dict[str, Any] = {"waiting": None, "tries": 0, "args": flow.args, "due": now}
    if isinstance(move, Done):
        _finish(tx, row, now)
        return
    if isinstance(move, Go):
        values |= {"step": move.step.__name__, "args": flow.args | move.args}
    elif isinstance(move, Nap):
        values |= {"step": move.step.__name__, "args": flow.args | move.args, "due": now + move.micros}
    elif isinstance(move, Ask):
        values |= _ask(tx, row, move, now)
    else:
        for child, subject, args in move.children:
            intend(tx, child, subject, parent=row.id, **args)
        values |= {"step": move.then.__name__, "waiting": "children", "due": now + clock.minutes(60 * 24)}
        if not move.children:
            values |= {"waiting": None, "due": now}
    tx.update(strands, {"id": row.id}, **values)
    ring(tx)


def _ask(tx: Tx, row: Row[Any], move: Ask, now: int) -> dict[str, Any]:
    wait = row.wait + 1
    for place, (kind, subject, body) in enumerate(move.bodies):
        put(tx, row.id, wait, place, move, f"{kind}/{subject}", body)
    forever = now + clock.minutes(60 * 24 * 365)
    return {
        "step": move.then.__name__,
        "fault_step": move.fault.__name__ if move.fault else "failed",
        "waiting": "asks",
        "wait": wait,
        "silent": None if move.insist else move.silent,
        "due": now if not move.bodies else forever if move.insist else now + move.silent,
    }


def _finish(tx: Tx, row: Row[Any], now: int) -> None:
    tx.update(strands, {"id": row.id}, finished_at=now, waiting=None)
    tx.delete(asks, strand=row.id)
    if row.parent is not None:
        # held, so that of two last children one sees the other's end
        tx.one(_PARENT, parent=row.parent)
        if tx.one(_CHILD, parent=row.parent) is None:
            tx.update(strands, {"id": row.parent, "waiting": "children"}, waiting=None, due=now)
    if tx.one(sa.select(signals.c.id).where(signals.c.subject_id == row.subject_id).limit(1)):
        start_next(tx, row.subject_kind, row.subject_id)
    ring(tx)


def _fail(tx: Tx, flow: Flow, row: Row[Any], fault: Fault) -> None:
    """Lead the strand to `failed`; a fault of `failed` itself is retried, slower and slower, for ever."""
    if row.step == "failed":
        _retry(tx, row, fault.message)
        return
    _logger.info(
        "operation failed", flow=row.flow, step=row.step, subject=row.subject_id, fault=fault.message, cause=fault.cause
    )
    tx.execute(
        strands.update()
        .where(strands.c.id == row.id)
        .values(step="failed", waiting="fault", last_fault=fault.message, due=clock.now(), tries=0)
    )
    ring(tx)


def _retry(tx: Tx, row: Row[Any], why: str) -> None:
    pause = min(_SLOWEST_RETRY, clock.seconds(0.2) * 4 ** min(row.tries, 10))
    tx.execute(
        strands.update()
        .where(strands.c.id == row.id)
        .values(tries=row.tries + 1, due=clock.now() + pause, last_fault=why)
    )


def wake(tx: Tx, kind: str, subject: str) -> None:
    """End a subject's nap."""
    tx.execute(
        strands.update()
        .where(
            strands.c.subject_kind == kind,
            strands.c.subject_id == subject,
            strands.c.finished_at.is_(None),
            strands.c.waiting.is_(None),
        )
        .values(due=clock.now())
    )
    ring(tx)
