"""Turns: things that only one operation may work with at a time."""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator

WAKE_SECONDS = 1.0


class Turns:
    """Whoever wants a thing that another works with waits until it is free."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken: set[str] = set()

    @contextlib.contextmanager
    def of(self, things: Iterable[str], waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Hold all of `things` at once; `waiting` is called every second until that is so."""
        wanted = set(things)
        with self._changed:
            while self._taken & wanted:
                self._changed.wait(WAKE_SECONDS)
                waiting()
            self._taken |= wanted
        try:
            yield
        finally:
            with self._changed:
                self._taken -= wanted
                self._changed.notify_all()
