"""Databases for tests: a SQLite file, or with GUREUM_TEST_DATABASE=postgresql one on a server that this process starts.

The server is Debian's, runs as an unprivileged user without syncing to disk, and listens on a unix socket in a temporary
directory only. Each database is a copy of one that is migrated already, so it costs some 30 ms, and a file some 2 ms.
"""

import atexit
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from gureum import migrations
from gureum.kernel.store.database import Database
from gureum.kernel.store.migrate import migrate
from gureum.kernel.store.opening import open_database
from gureum.kernel.store.tx import Tx
from gureum.processes import die_with_parent

ON_POSTGRESQL = os.environ.get("GUREUM_TEST_DATABASE") == "postgresql"
_PROGRAMS = Path("/usr/lib/postgresql")
_START_SECONDS = 30.0
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}
_WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def new_url(*, empty: bool = False) -> str:
    """The URL of a database of its own, with all tables; "" for SQLite. `empty`: without tables."""
    return server().create("template0" if empty else server().template()) if ON_POSTGRESQL else ""


def lay(file: Path) -> None:
    """Put a SQLite database with all tables and nothing in them where there is none yet."""
    if not file.exists():
        shutil.copyfile(_sqlite_template(), file)


@cache
def _sqlite_template() -> Path:
    home = Path(tempfile.mkdtemp(prefix="gureum-sqlite-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    database = open_database("", home / "template.sqlite", durable=False)
    migrate(database.engine, Path(migrations.__file__).parent, migrations.HEAD)
    database.close()
    return home / "template.sqlite"


def new_database(file: Path) -> Database:
    """An open database without tables: in `file`, or on the server."""
    return open_database(new_url(empty=True), file, durable=False)


def again(database: Database) -> Database:
    """The same database, opened once more."""
    url = database.engine.url
    if url.drivername == "sqlite":
        return open_database("", Path(url.database or ""), durable=False)
    return open_database(str(url), Path(), durable=False)


def forget(url: str) -> None:
    """Throw a database of `new_url` away."""
    if url:
        server().drop(url)


def blocked(tx: Tx) -> int:
    """How many transactions wait for another one in this database, which is PostgreSQL's."""
    return tx.conn.execute(_WAITING).scalar() or 0


@cache
def server() -> "Server":
    """The server of this process, which ends with it. Skips the test where PostgreSQL is not installed; never in CI."""
    if not ON_POSTGRESQL and not os.environ.get("CI") and not any(_PROGRAMS.glob("*/bin/postgres")):
        pytest.skip("needs Debian's package postgresql")
    return Server()


class Server:
    """A PostgreSQL server in a temporary directory."""

    def __init__(self) -> None:
        programs = max(_PROGRAMS.glob("*/bin"), key=lambda path: int(path.parent.name), default=None)
        assert programs is not None, "tests on PostgreSQL need Debian's package postgresql; ./install brings it"
        shared = Path("/dev/shm")
        self.home = Path(tempfile.mkdtemp(prefix="gureum-pg-", dir=shared if os.access(shared, os.W_OK) else None))
        self._numbers = itertools.count(1)
        self._template: str | None = None
        account = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self.user = account.pw_name
        as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            os.chown(self.home, account.pw_uid, account.pw_gid)
            as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        # the control process of a started cloud comes here as a user of its own
        self.home.chmod(0o711)
        store = self.home / "data"
        # byte order, as SQLite has it
        command = [programs / "initdb", "-D", store, "-E", "UTF8", "--locale=C", "--no-sync", "-A", "peer", "-N"]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **as_user)
        (store / "pg_hba.conf").write_text("local all all peer map=tests\n")
        comers = {pwd.getpwuid(os.geteuid()).pw_name, "gureum"}
        (store / "pg_ident.conf").write_text("".join(f"tests {comer} {self.user}\n" for comer in sorted(comers)))
        options = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        with (self.home / "log").open("w") as log:
            self._process = subprocess.Popen(
                [programs / "postgres", "-D", store, "-k", self.home, *options],
                stdout=log,
                stderr=log,
                cwd="/",
                preexec_fn=lambda: die_with_parent(signal.SIGQUIT),
                **as_user,
            )
        atexit.register(self.close, os.getpid())
        self._admin = self._connect()

    def _connect(self) -> "psycopg.Connection[Any]":
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                return psycopg.connect(host=str(self.home), user=self.user, dbname="postgres", autocommit=True)
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.home / "log").read_text()) from None
                time.sleep(0.02)

    def create(self, template: str) -> str:
        """A copy of a database; returns its URL."""
        name = f"test_{next(self._numbers)}"
        self._admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')  # type: ignore[arg-type]
        return f"postgresql://{self.user}@/{name}?host={self.home}"

    def template(self) -> str:
        """The name of a database with all tables and nothing in them."""
        if self._template is None:
            url = self.create("template0")
            database = open_database(url, Path())
            migrate(database.engine, Path(migrations.__file__).parent, migrations.HEAD)
            database.close()
            self._template = sa.make_url(url).database
        assert self._template is not None
        return self._template

    def drop(self, url: str) -> None:
        """Throw a database away, whoever uses it."""
        self._admin.execute(f'DROP DATABASE "{sa.make_url(url).database}" WITH (FORCE)')  # type: ignore[arg-type]

    def close(self, owner: int) -> None:
        """End the server; only the process that started it may."""
        if owner != os.getpid():
            return
        self._admin.close()
        self._process.send_signal(signal.SIGINT)
        self._process.wait(_START_SECONDS)
        shutil.rmtree(self.home, ignore_errors=True)
