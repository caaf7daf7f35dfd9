"""Time. Everything stores microseconds since the epoch as an integer; tests may set the clock."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Micros = int
SECOND: Micros = 1_000_000


class Clock:
    """A source of time that tests may replace or move."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self.offset: float = 0.0

    def now(self) -> Micros:
        """Now, in microseconds since the epoch."""
        return int((self._source() + self.offset) * SECOND)


clock = Clock()
now = clock.now


def seconds(amount: float) -> Micros:
    """A span of seconds, in microseconds."""
    return int(amount * SECOND)


def minutes(amount: float) -> Micros:
    """A span of minutes, in microseconds."""
    return int(amount * 60 * SECOND)


def iso_seconds(when: Micros | None, zone: str = "Z") -> str | None:
    """2025-01-15T05:03:57Z, or None for None."""
    if when is None:
        return None
    return datetime.fromtimestamp(when // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%S") + zone


def iso_micros(when: Micros | None, zone: str = "") -> str | None:
    """2025-01-15T05:03:57.123456, or None for None."""
    if when is None:
        return None
    whole, rest = divmod(when, SECOND)
    return datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest:06d}{zone}"


def parse_iso(text: str) -> Micros:
    """The instant an ISO 8601 text names (UTC where it names no zone). Raises ValueError."""
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return int(when.timestamp()) * SECOND + when.microsecond
