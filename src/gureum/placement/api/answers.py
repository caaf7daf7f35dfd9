"""Answers as placement gives them: from 1.15 on with the time of the last change."""

from email.utils import formatdate
from typing import Any

from gureum.kernel import clock
from gureum.kernel.clock import Micros
from gureum.kernel.http import Answer, Call
from gureum.kernel.http.answer import Header

_DATED = (1, 15)


def shown(call: Call, body: Any, at: Micros | None = None, status: int = 200) -> Answer:
    """A body; `at` is when it last changed, now where nobody knows."""
    return Answer(status, body, dated(call, at))


def nothing(call: Call, status: int, *headers: Header) -> Answer:
    """No body."""
    return Answer(status, None, list(headers), content_type="")


def dated(call: Call, at: Micros | None = None) -> list[Header]:
    """The headers that say when something last changed."""
    if call.version < _DATED:
        return []
    moment = formatdate((clock.now() if at is None else at) // 1_000_000, usegmt=True)
    return [("Last-Modified", moment), ("Cache-Control", "no-cache")]


def root(call: Call) -> str:
    """The path of the API on the port that the client uses."""
    return call.base_url.removeprefix(call.root_url)


def at(call: Call, path: str) -> Header:
    """Where a thing is."""
    return "Location", f"{call.base_url}{path}"
