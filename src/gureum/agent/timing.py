"""What the work on an ask spends its time with, for the control plane's trace of the request."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from gureum.contracts.frames import Part

R = TypeVar("R")


class Stopwatch:
    """The work on one ask; it may be begun in one thread and measured in another."""

    def __init__(self) -> None:
        self._began = time.perf_counter_ns()
        self.parts: list[Part] = []

    def elapsed(self) -> int:
        """Microseconds since the beginning."""
        return (time.perf_counter_ns() - self._began) // 1000

    def run(self, work: Callable[[], R]) -> R:
        """Call `work`, whose parts are this watch's."""
        token = _current.set(self)
        try:
            return work()
        finally:
            _current.reset(token)


_current: ContextVar[Stopwatch | None] = ContextVar("stopwatch", default=None)


@contextmanager
def part(name: str) -> Generator[None]:
    """Measure what runs within as a part of the ask that this thread works on."""
    watch = _current.get()
    since = 0 if watch is None else watch.elapsed()
    try:
        yield
    finally:
        if watch is not None:
            watch.parts.append(Part(name, since, watch.elapsed() - since))
