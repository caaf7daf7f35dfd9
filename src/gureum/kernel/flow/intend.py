"""Starting operations: a living thing has at most one unfinished strand."""

from typing import Any

import sqlalchemy as sa

from gureum.kernel import clock
from gureum.kernel.faults import Conflict
from gureum.kernel.flow.bell import ring
from gureum.kernel.flow.flow import Flow, WhenBusy
from gureum.kernel.flow.tables import asks, signals, strands
from gureum.kernel.store.tx import Tx


def intend(tx: Tx, flow: type[Flow], subject: str, parent: int | None = None, **args: Any) -> None:
    """Start `flow` on `subject`, in this transaction: it exists exactly when the transaction commits.

    When the subject has an unfinished strand, the flow's `when_busy` decides. Raises Conflict for REFUSE.
    """
    present = tx.one(
        sa.select(strands.c.id, strands.c.flow)
        .where(
            strands.c.subject_kind == flow.subject_kind,
            strands.c.subject_id == subject,
            strands.c.finished_at.is_(None),
        )
        .with_for_update()
    )
    if present is None:
        _start(tx, flow, subject, parent, args)
    elif flow.when_busy is WhenBusy.TAKE_OVER:
        if present.flow != flow.__name__:
            _take_over(tx, present.id, flow, args)
    elif flow.when_busy is WhenBusy.QUEUE:
        _remember(tx, flow, subject, args)
        if Flow.registry[present.flow].yields:
            _end_nap(tx, present.id)
    else:
        raise Conflict(f"The {flow.subject_kind} {subject} is busy with another operation. Try again.")


def busy(tx: Tx, kind: str, subject: str, flow: type[Flow] | None = None) -> bool:
    """Whether the subject has an unfinished strand, of this flow where one is named."""
    wanted = [strands.c.subject_kind == kind, strands.c.subject_id == subject, strands.c.finished_at.is_(None)]
    wanted += [] if flow is None else [strands.c.flow == flow.__name__]
    return tx.one(sa.select(strands.c.id).where(*wanted)) is not None


def remembered(tx: Tx, flow: type[Flow], subject: str) -> bool:
    """Whether `flow` waits for the end of what goes on with the subject."""
    key = {"subject_kind": flow.subject_kind, "subject_id": subject, "flow": flow.__name__}
    wanted = (signals.c[name] == value for name, value in key.items())
    return tx.one(sa.select(signals.c.id).where(*wanted)) is not None


def others_wait(tx: Tx, flow: type[Flow], subject: str) -> bool:
    """Whether anything but `flow` waits for the end of what goes on with the subject."""
    kind = signals.c.subject_kind == flow.subject_kind
    wanted = kind, signals.c.subject_id == subject, signals.c.flow != flow.__name__
    return tx.one(sa.select(signals.c.id).where(*wanted).limit(1)) is not None


def start_next(tx: Tx, kind: str, subject: str) -> None:
    """Start what was remembered for a subject whose strand has just ended."""
    row = tx.one(
        sa.select(signals)
        .where(signals.c.subject_kind == kind, signals.c.subject_id == subject)
        .order_by(signals.c.id)
        .limit(1)
    )
    if row is not None:
        tx.execute(signals.delete().where(signals.c.id == row.id))
        tx.execute(
            strands.insert().values(**_row(Flow.registry[row.flow], subject, None, row.args) | {"caller": row.caller})
        )
        ring(tx)


def _start(tx: Tx, flow: type[Flow], subject: str, parent: int | None, args: dict[str, Any]) -> None:
    tx.execute(strands.insert().values(**_row(flow, subject, parent, args), caller=tx.caller.to_json()))
    ring(tx)


def _row(flow: type[Flow], subject: str, parent: int | None, args: dict[str, Any]) -> dict[str, Any]:
    now = clock.now()
    return {
        "flow": flow.__name__,
        "step": "start",
        "args": args,
        "subject_kind": flow.subject_kind,
        "subject_id": subject,
        "parent": parent,
        "due": now,
        "created_at": now,
    }


def _take_over(tx: Tx, strand: int, flow: type[Flow], args: dict[str, Any]) -> None:
    tx.execute(asks.delete().where(asks.c.strand == strand, asks.c.answer.is_(None)))
    tx.execute(
        strands.update()
        .where(strands.c.id == strand)
        .values(
            flow=flow.__name__,
            step="start",
            args=args,
            waiting=None,
            wait=strands.c.wait + 1,
            due=clock.now(),
            tries=0,
            caller=tx.caller.to_json(),
        )
    )
    tx.execute(strands.update().where(strands.c.parent == strand).values(parent=None))
    ring(tx)


def _end_nap(tx: Tx, strand: int) -> None:
    tx.execute(strands.update().where(strands.c.id == strand, strands.c.waiting.is_(None)).values(due=clock.now()))
    ring(tx)


def _remember(tx: Tx, flow: type[Flow], subject: str, args: dict[str, Any]) -> None:
    key = {"subject_kind": flow.subject_kind, "subject_id": subject, "flow": flow.__name__}
    if not tx.update(signals, key, args=args, caller=tx.caller.to_json()):
        tx.insert(signals, **key, args=args, caller=tx.caller.to_json())
