"""Locking users out after wrong passwords in a row, where the operator wants it; all processes count together."""

from gureum.identity.service.settings import settings
from gureum.identity.store import passwords as store
from gureum.identity.user import User
from gureum.kernel import clock
from gureum.kernel.store.database import Database
from gureum.kernel.store.tx import Tx

_EXEMPT = "ignore_lockout_failure_attempts"


def locked(tx: Tx, user: User | None) -> bool:
    """Whether the user's passwords are refused unread for now."""
    if user is None or not _counts(user):
        return False
    number, last = store.wrong(tx, user.id)
    return number >= settings.lockout_attempts and not _served(last)


def _counts(user: User) -> bool:
    return settings.lockout_attempts > 0 and not user.options.get(_EXEMPT)


def _served(last: int) -> bool:
    """Whether the time of those who were locked out at an instant is over."""
    return settings.lockout_time is not None and last + settings.lockout_time <= clock.now()


def wrong(database: Database, user: User | None) -> None:
    """Count a wrong password."""
    if user is None or not _counts(user):
        return

    def job(tx: Tx) -> None:
        tx.lock("logins", user.id)
        number, last = store.wrong(tx, user.id)
        served = number >= settings.lockout_attempts and _served(last)
        store.count_wrong(tx, user.id, 1 if served else number + 1, clock.now())

    database.write(job)


def right(database: Database, user: User) -> None:
    """Forget the wrong ones before a right one."""
    if _counts(user) and database.read(lambda tx: store.wrong(tx, user.id))[0]:
        database.write(lambda tx: store.forgive(tx, user.id))
