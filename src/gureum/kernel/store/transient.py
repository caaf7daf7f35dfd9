"""Which errors of a database only say that others were quicker, so that the same transaction may do well the next time."""

from sqlalchemy.exc import DBAPIError

_PASSING = frozenset({"40001", "40P01", "55P03", "57P01", "57P02", "57P03"})
"""Serialization failure, deadlock, lock not had in time, and a server that is being restarted."""
_UNIQUE = "23505"
_CANCELED = "57014"


def transient(error: BaseException) -> bool:
    """Whether the transaction may be done again as it is: nothing of it is committed."""
    return isinstance(error, DBAPIError) and (error.connection_invalidated or _state(error) in _PASSING)


def unique_violation(error: DBAPIError) -> bool:
    """Whether a row is there already that was not there when it was looked for."""
    return _state(error) == _UNIQUE


def cut_off(error: DBAPIError) -> bool:
    """Whether a statement took longer than one may."""
    return _state(error) == _CANCELED


def _state(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
