"""The doorbell between control processes on PostgreSQL, and which of them leads.

One NOTIFY a moment, however many commits there were in it; a connection of its own listens. The same connection tries to hold
the leader's lock, which falls with it: whoever holds it does what only one has to do.
"""

import secrets
import threading
from typing import Any

import psycopg

from gureum.kernel import log
from gureum.kernel.flow import bell
from gureum.kernel.store.database import Database
from gureum.kernel.store.holding import lock_key

_logger = log.get("doorbell")
_CHANNEL = "gureum"
_SECONDS = 1.0


class Doorbell:
    """Rings at the other processes, and hears them; `leads` says whether this process is the leader now."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._name = secrets.token_hex(8)
        self._rung = threading.Event()
        self._ended = threading.Event()
        self.leads = False
        self._deaf = bell.carry(self._rung.set)
        self._threads = [threading.Thread(target=loop, daemon=True) for loop in (self._listen, self._tell)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Neither ring nor hear any more."""
        self._deaf()
        self._ended.set()
        self._rung.set()
        for thread in self._threads:
            thread.join()

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                with self._database.dial() as conn:
                    self._hear(conn)
            except psycopg.Error as error:
                _logger.warning("not listening", reason=str(error))
                self._ended.wait(_SECONDS)
            finally:
                self.leads = False

    def _hear(self, conn: "psycopg.Connection[Any]") -> None:
        conn.execute(f"LISTEN {_CHANNEL}")  # type: ignore[arg-type]
        bell.heard()
        while not self._ended.is_set():
            if not self.leads:
                row = conn.execute("SELECT pg_try_advisory_lock(%s)", [lock_key("process", "leader")]).fetchone()
                self.leads = bool(row and row[0])
            if any(note.payload != self._name for note in conn.notifies(timeout=_SECONDS, stop_after=1)):
                bell.heard()

    def _tell(self) -> None:
        while not self._ended.is_set():
            try:
                with self._database.dial() as conn:
                    while self._rung.wait() and not self._ended.is_set():
                        self._rung.clear()
                        conn.execute("SELECT pg_notify(%s, %s)", [_CHANNEL, self._name])
            except psycopg.Error as error:
                _logger.warning("not ringing", reason=str(error))
                self._ended.wait(_SECONDS)
