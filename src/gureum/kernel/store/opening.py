"""Opening the database that the settings name."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from gureum.kernel.store.database import Database
from gureum.kernel.store.lanes import Lanes

_CONNECTIONS = 80
"""How many connections all control processes together open; PostgreSQL's default takes 100."""


def open_database(url: str, file: Path, *, durable: bool = True, workers: int = 1) -> Database:
    """The PostgreSQL database at `url`, or SQLite in `file` without one. Raises ValueError for a URL that says something else."""
    if not url:
        return Lanes(file, durable=durable)
    # a driver that only who uses it has
    from gureum.kernel.store.postgres import Postgres  # noqa: PLC0415

    return Postgres(checked(url), durable=durable, most=max(6, _CONNECTIONS // max(4, workers)))


def checked(url: str) -> sa.URL:
    """A URL as of the settings. Raises ValueError where it is none of PostgreSQL."""
    try:
        found = sa.make_url(url)
    except ArgumentError:
        found = None
    if found is None or found.drivername not in ("postgresql", "postgresql+psycopg") or not found.database:
        raise ValueError("database: a URL like postgresql://user@host/name, or nothing for SQLite")
    return found
