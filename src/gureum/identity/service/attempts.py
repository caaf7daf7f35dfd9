"""Guessing passwords: after a few wrong ones for a user from one place, the next are refused unread for a while.

In memory and per process: it bounds what a guesser costs and gets, and never locks a user out from elsewhere.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_FREE = 8
_LONGEST_SECONDS = 30.0
_FORGET_SECONDS = 300.0
_REMEMBERED = 10_000
_LONGEST_KEY = 600

Key = tuple[str, str]


class Attempts:
    """Wrong passwords lately, by (user, peer)."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._wrong: OrderedDict[Key, tuple[int, float]] = OrderedDict()

    def refused(self, key: Key) -> bool:
        """Whether the next password is to be refused without a look."""
        with self._lock:
            count, last = self._wrong.get(_short(key), (0, 0.0))
            return self._now() < last + _pause(count)

    def wrong(self, key: Key) -> None:
        """Count a wrong password."""
        with self._lock:
            now = self._now()
            key = _short(key)
            count, last = self._wrong.pop(key, (0, now))
            self._wrong[key] = (1 if now > last + _FORGET_SECONDS else count + 1, now)
            if len(self._wrong) > _REMEMBERED:
                self._wrong.popitem(last=False)

    def right(self, key: Key) -> None:
        """Forget the wrong ones before a right one."""
        with self._lock:
            self._wrong.pop(_short(key), None)


def _short(key: Key) -> Key:
    """A key of bounded length: strangers choose what stands in it."""
    return key[0][:_LONGEST_KEY], key[1]


def _pause(count: int) -> float:
    """How long after the last wrong password: doubling from one second behind the free ones."""
    return 0.0 if count < _FREE else min(2.0 ** min(count - _FREE, 10), _LONGEST_SECONDS)


attempts = Attempts()
