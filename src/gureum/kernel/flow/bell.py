"""The doorbell: after a commit that made work, whoever waits for work is woken. A lost bell costs a second."""

from collections.abc import Callable

from gureum.kernel.store.tx import Tx

_ringers: set[Callable[[], object]] = set()


def listen(wake: Callable[[], object]) -> Callable[[], None]:
    """Have `wake` called (from any thread) after commits that ring; returns the way out."""
    _ringers.add(wake)
    return lambda: _ringers.discard(wake)


def ring(tx: Tx) -> None:
    """Ring once this transaction is committed."""
    if _wake_all not in tx.after_commit:
        tx.after_commit.append(_wake_all)


def _wake_all() -> None:
    for wake in tuple(_ringers):
        wake()
