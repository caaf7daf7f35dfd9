"""Spans: parts of one piece of work, measured where the work is, kept by whoever runs it.

Code says `with span("scheduler", "candidates"):` and need not know who listens. Where nobody does, it costs a look-up.
"""

import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from gureum.kernel import clock
from gureum.kernel.clock import Micros

MOST = 64
"""Spans that one piece of work may have; what comes later is not kept."""


class Span(NamedTuple):
    """A part of a piece of work: what kind, which, and when, in microseconds from the work's beginning."""

    part: str
    name: str
    offset: Micros
    micros: Micros


class Spans:
    """A piece of work that is measured from now on."""

    def __init__(self) -> None:
        self.at = clock.now()
        self._began = time.perf_counter_ns()
        self.parts: list[Span] = []

    def elapsed(self) -> Micros:
        """Microseconds since the beginning."""
        return (time.perf_counter_ns() - self._began) // 1000

    def add(self, part: str, name: str, since: Micros) -> None:
        """Keep a part that began at `since` and ends now."""
        if len(self.parts) < MOST:
            self.parts.append(Span(part, name, since, self.elapsed() - since))

    def plain(self) -> list[list[Any]]:
        """As a JSON column keeps it, in the order of beginning, what is around before what is within."""
        return [list(one) for one in sorted(self.parts, key=lambda one: (one.offset, -one.micros))]


_current: ContextVar[Spans | None] = ContextVar("spans", default=None)


class span:
    """`with span(part, name):` adds a part to the work that runs in this thread, when it is measured."""

    __slots__ = ("_name", "_part", "_since", "_spans")

    def __init__(self, part: str, name: str) -> None:
        self._part = part
        self._name = name

    def __enter__(self) -> None:
        self._spans = _current.get()
        self._since = 0 if self._spans is None else self._spans.elapsed()

    def __exit__(self, *_: object) -> None:
        if self._spans is not None:
            self._spans.add(self._part, self._name, self._since)


@contextmanager
def recording(spans: Spans) -> Generator[None]:
    """Have what runs within, in this thread, add its parts to `spans`."""
    token = _current.set(spans)
    try:
        yield
    finally:
        _current.reset(token)
