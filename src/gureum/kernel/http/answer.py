"""What a handler answers with, when it is more than a body with the route's status."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import msgspec

Header = tuple[str, str]
_NO_TEXT = re.compile(r"[^\x20-\x7e\x80-\xff]")


@dataclass
class Answer:
    """An answer: `body` is JSON-able, bytes as they are, or None for none; `stream` sends chunks instead."""

    status: int = 200
    body: Any = None
    headers: list[Header] = field(default_factory=list[Header])
    stream: AsyncIterator[bytes] | None = None
    content_type: str = "application/json"

    def encoded(self) -> bytes:
        """The body as it is sent."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else msgspec.json.encode(self.body)


def line(value: str) -> bytes:
    """A header's value in one line: what could end it, or has no place in it, is written as in an address."""
    return _NO_TEXT.sub(lambda found: quote(found.group(), errors="replace"), value).encode("latin-1")


def created(body: Any, *headers: Header) -> Answer:
    """201."""
    return Answer(201, body, list(headers))


def accepted(body: Any = None, *headers: Header) -> Answer:
    """202."""
    return Answer(202, body, list(headers))


def no_content() -> Answer:
    """204."""
    return Answer(204)
