"""Bringing a database to the revision that this version works with: automatic, forward only, after a copy (on SQLite)."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from gureum.kernel import log
from gureum.kernel.store.holding import lock_key

_logger = log.get("migrate")


class TooNew(Exception):
    """The database was written by a newer version."""


def migrate(engine: Engine, scripts: Path, head: str) -> None:
    """Bring the database to `head`, one process at a time. A copy of an older SQLite file is kept beside it. Raises TooNew."""
    with engine.connect() as conn:
        if revision(conn) == head:
            return
        # alembic takes a while to import, and a database is rarely old
        from alembic import command  # noqa: PLC0415

        config = alembic_config(scripts, conn)
        _check(config, revision(conn))
        _begin(conn, engine)
        try:
            present = revision(conn)
            command.upgrade(config, head)
        except BaseException:
            conn.exec_driver_sql("ROLLBACK")
            raise
        conn.exec_driver_sql("COMMIT")
        if present != head:
            _logger.info("database migrated", before=present, after=head)


def _begin(conn: Connection, engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        _copy(conn, engine)
        conn.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        conn.exec_driver_sql("BEGIN")
        # the wait for another process that migrates, and the work on large tables, take what they take
        conn.execute(sa.text("SET LOCAL statement_timeout = 0"))
        conn.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key("database", "migration")})


def _check(config: Any, present: str | None) -> None:
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if present is not None and present not in known:
        raise TooNew(f"the database is at revision {present}, which this version does not know; install a newer gureum")


def revision(conn: Connection) -> str | None:
    """The revision a database is at, None for an empty one."""
    if not sa.inspect(conn).has_table("alembic_version"):
        return None
    return conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def alembic_config(scripts: Path, conn: Connection) -> Any:
    """alembic's configuration for our scripts and a connection."""
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.attributes["connection"] = conn
    return config


def _copy(conn: Connection, engine: Engine) -> None:
    present = revision(conn)
    if present is None:
        return
    target = f"{engine.url.database}.{present}"
    Path(target).unlink(missing_ok=True)
    conn.exec_driver_sql("VACUUM INTO ?", (target,))
