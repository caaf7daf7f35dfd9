"""News from a lower service to those above it, in the same transaction.

A service below emits a plain dataclass; whoever wants to know is subscribed by `app`, so that no lower service knows a higher.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from gureum.kernel.store.tx import Tx

E = TypeVar("E")


class Events:
    """Who listens to what. One per application."""

    def __init__(self) -> None:
        self._listeners: defaultdict[type[Any], list[Callable[[Tx, Any], None]]] = defaultdict(list)

    def subscribe(self, kind: type[E], listener: Callable[[Tx, E], None]) -> None:
        """Call `listener(tx, event)` for every event of exactly this kind."""
        if listener not in self._listeners[kind]:
            self._listeners[kind].append(listener)

    def emit(self, tx: Tx, event: object) -> None:
        """Tell the listeners, in the order of their subscription; an exception of theirs fails the transaction."""
        for listener in self._listeners[type(event)]:
            listener(tx, event)


events = Events()
