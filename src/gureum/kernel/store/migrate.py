"""Bringing a database to the revision that this version works with: automatic, forward only, after a copy."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from gureum.kernel import log

_logger = log.get("migrate")


class TooNew(Exception):
    """The database was written by a newer version."""


def migrate(engine: Engine, scripts: Path, head: str) -> None:
    """Bring the database to `head`. A copy of an older one is kept beside it. Raises TooNew."""
    with engine.connect() as conn:
        present = revision(conn)
        if present == head:
            return
        # alembic takes a while to import, and a database is rarely old
        from alembic import command  # noqa: PLC0415
        from alembic.script import ScriptDirectory  # noqa: PLC0415

        config = alembic_config(scripts, conn)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if present is not None and present not in known:
            raise TooNew(
                f"the database is at revision {present}, which this version does not know; install a newer gureum"
            )
        if present is not None:
            _copy(conn, engine, present)
        conn.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            command.upgrade(config, head)
        except BaseException:
            conn.exec_driver_sql("ROLLBACK")
            raise
        conn.exec_driver_sql("COMMIT")
        _logger.info("database migrated", before=present, after=head)


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


def _copy(conn: Connection, engine: Engine, present: str) -> None:
    target = f"{engine.url.database}.{present}"
    Path(target).unlink(missing_ok=True)
    conn.exec_driver_sql("VACUUM INTO ?", (target,))
