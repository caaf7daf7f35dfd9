"""Passwords: argon2id with 19 MiB, two at a time, and remembered ones checked without hashing again.

The parameters are OWASP's minimum (m=19 MiB, t=2, p=1). bcrypt only verifies imported hashes.
"""

import hmac
import secrets
import threading

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from gureum.kernel.faults import Busy, Invalid

MOST_BYTES = 4096
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_at_once = threading.BoundedSemaphore(2)
_WAIT_SECONDS = 10.0
_REMEMBERED = 10_000

_process_key = secrets.token_bytes(32)
_remembered: dict[bytes, None] = {}
_STAND_IN = _hasher.hash("nobody")


def hash_password(password: str) -> str:
    """The hash to keep. Raises Invalid for one that is too long, Busy when too many are being hashed."""
    if len(password.encode()) > MOST_BYTES:
        raise Invalid(f"The password is longer than {MOST_BYTES} bytes.")
    with _turn():
        return _hasher.hash(password)


def verify(user_id: str, kept: str | None, password: str) -> bool:
    """Whether `password` is the one behind the kept hash. Takes as long for a user who does not exist (None)."""
    if len(password.encode()) > MOST_BYTES:
        return False
    mark = hmac.digest(_process_key, f"{user_id}\0{kept}\0{password}".encode(), "sha256")
    if kept is not None and mark in _remembered:
        return True
    with _turn():
        right = _matches(kept or _STAND_IN, password)
    if right and kept is not None:
        if len(_remembered) >= _REMEMBERED:
            _remembered.pop(next(iter(_remembered)), None)
        _remembered[mark] = None
        return True
    return False


def _matches(kept: str, password: str) -> bool:
    if kept.startswith("$2"):
        return bcrypt.checkpw(password.encode()[:72], kept.encode())
    try:
        return _hasher.verify(kept, password)
    except (Argon2Error, InvalidHashError):
        return False


class _turn:
    """One of the two places in which hashing may go on."""

    def __enter__(self) -> None:
        if not _at_once.acquire(timeout=_WAIT_SECONDS):
            raise Busy("Too many logins at once. Try again.")

    def __exit__(self, *_: object) -> None:
        _at_once.release()
