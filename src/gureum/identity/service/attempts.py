"""Guessing passwords: after a few wrong ones the next are refused unread for a while, in every control process.

Three things are counted: wrong passwords for a user from an address, for a user from anywhere, and from an address for anybody.
Who has lately shown the right password from an address is held to the first only, so that guessing locks nobody out who is
known. A login that goes well writes nothing, unless there were wrong ones before it.

The answer is that of a wrong password, as Keystone's is for a locked account: a guesser learns nothing from it, clients know it.
"""

import hashlib
import ipaddress
import threading
from collections import OrderedDict
from dataclasses import dataclass

from gureum.identity.store import attempts as store
from gureum.kernel import clock
from gureum.kernel.clock import Micros
from gureum.kernel.store.database import Database
from gureum.kernel.store.tx import Tx

_FORGET = clock.seconds(300)
_REMEMBERED = 10_000


@dataclass(frozen=True)
class _Bound:
    """So many wrong ones are free; then a pause that doubles from a second on, up to the longest."""

    free: int
    longest: float

    def pause(self, count: int) -> Micros:
        """How long after the last wrong one."""
        return 0 if count < self.free else clock.seconds(min(2.0 ** min(count - self.free, 10), self.longest))


_PAIR, _USER, _ADDRESS = _Bound(8, 30.0), _Bound(50, 8.0), _Bound(50, 8.0)


@dataclass(frozen=True)
class Attempt:
    """Somebody shows a password: for whom, and from where."""

    user: str
    peer: str

    @property
    def bounds(self) -> dict[str, _Bound]:
        """What it counts for: key → bound."""
        address = _network(self.peer)
        return {
            self.pair: _PAIR,
            _digest("user", self.user): _USER,
            _digest("address", address): _ADDRESS,
        }

    @property
    def pair(self) -> str:
        """The key of the user from the address."""
        return _digest("pair", self.user, _network(self.peer))


@dataclass(frozen=True)
class Standing:
    """How an attempt stands before it is looked at."""

    refused: bool
    counted: bool
    """Whether there were wrong ones for the user from the address."""


class _Known:
    """Users that have lately shown the right password from an address, in this process: by the key of the pair."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pairs: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, pair: str) -> bool:
        return pair in self._pairs

    def add(self, pair: str) -> None:
        """Remember one, and forget the oldest where there are too many."""
        with self._lock:
            self._pairs[pair] = None
            self._pairs.move_to_end(pair)
            if len(self._pairs) > _REMEMBERED:
                self._pairs.popitem(last=False)


_known = _Known()


def standing(tx: Tx, attempt: Attempt) -> Standing:
    """Whether the next password is to be refused without a look."""
    now, bounds = clock.now(), attempt.bounds
    found = store.counted(tx, bounds)
    if attempt.pair in _known:
        bounds = {attempt.pair: _PAIR}
    refused = any(
        # a clock that was set back must not lock anybody out until it has caught up
        last - clock.SECOND <= now < last + bounds[key].pause(count)
        for key, (count, last) in found.items()
        if key in bounds
    )
    return Standing(refused, attempt.pair in found)


def wrong(database: Database, attempt: Attempt) -> None:
    """Count a wrong password."""

    def count(tx: Tx) -> None:
        now = clock.now()
        store.forget_before(tx, now - _FORGET)
        for key in sorted(attempt.bounds):
            store.count(tx, key, now)

    database.write(count)


def right(database: Database, attempt: Attempt, standing: Standing) -> None:
    """Forget the wrong ones of the user from the address before a right one."""
    _known.add(attempt.pair)
    if standing.counted:
        database.write(lambda tx: store.forget(tx, attempt.pair))


def _network(peer: str) -> str:
    """An address as it is counted: of IPv6 the network, since who has one address there has 2^64."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return peer[:64]
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode(errors="surrogatepass")).hexdigest()
