"""The doorbell: after a commit that made work, whoever waits for work is woken. A lost bell costs a second."""

from collections.abc import Callable

from gureum.kernel.store.tx import Tx

_ringers: set[Callable[[], object]] = set()
_tellers: set[Callable[[], object]] = set()


def listen(wake: Callable[[], object]) -> Callable[[], None]:
    """Have `wake` called (from any thread) after commits that ring, in this or another process; returns the way out."""
    _ringers.add(wake)
    return lambda: _ringers.discard(wake)


def carry(tell: Callable[[], object]) -> Callable[[], None]:
    """Have `tell` called (from any thread) after commits of this process that ring, to tell others; returns the way out."""
    _tellers.add(tell)
    return lambda: _tellers.discard(tell)


def ring(tx: Tx) -> None:
    """Ring once this transaction is committed."""
    if _rung not in tx.after_commit:
        tx.after_commit.append(_rung)


def heard() -> None:
    """Another process rang."""
    for wake in tuple(_ringers):
        wake()


def _rung() -> None:
    heard()
    for tell in tuple(_tellers):
        tell()
