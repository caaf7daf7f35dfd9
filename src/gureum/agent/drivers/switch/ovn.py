"""OVN as the `Switch`: statements become rows of its northbound database, a batch at a time in one transaction."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog
from ovs.db import idl
from ovsdbapp import exceptions
from ovsdbapp.backend.ovs_idl import connection, transaction

from gureum.agent.drivers.protocols import DriverFault, Things
from gureum.agent.drivers.switch import groups, networks, ports, routers
from gureum.agent.drivers.switch.draft import (
    DROP_GROUP,
    NAMED,
    TABLES,
    Draft,
    group_name,
    read,
    router_name,
    switch_name,
)
from gureum.agent.host.settings import from_mapping
from gureum.contracts import switch

log = structlog.get_logger()

AWAY = "The network service's database does not answer."
PATIENCE = 10.0
"""Seconds a transaction may wait for the database."""

STEPS: dict[type, Callable[[Draft, int, Any], None]] = {
    switch.EnsureSwitch: networks.ensure,
    switch.RemoveSwitch: networks.remove,
    switch.EnsurePort: ports.ensure,
    switch.RemovePort: ports.remove,
    switch.EnsureRouter: routers.ensure,
    switch.RemoveRouter: routers.remove,
    switch.EnsureSecurityGroup: groups.ensure,
    switch.RemoveSecurityGroup: groups.remove,
}


class _Idl(connection.OvsdbIdl):
    """The in-memory copy of a database; tells `seen` of every change, on the connection's thread."""

    seen: Callable[[str, Any], None] | None = None

    def notify(self, event: str, row: Any, updates: Any = None) -> None:
        if self.seen is not None:
            self.seen(event, row)


class _Database:
    """A connection to one database, made when first needed; comes back by itself once it stood."""

    def __init__(self, place: str, schema: str, tables: Sequence[str], named: Sequence[str]) -> None:
        self._place, self._schema, self._tables, self._named = place, schema, tables, named
        self._connection: connection.Connection | None = None
        self._lock = threading.Lock()
        self.seen: Callable[[str, Any], None] | None = None

    def connect(self) -> connection.Connection:
        """The connection. DriverFault (again) while the database is away."""
        with self._lock:
            if self._connection is None:
                try:
                    copy = _Idl.from_server(self._place, self._schema, helper_tables=self._tables)
                    for table in self._named:
                        copy.index_create(table, "name").add_columns("name")
                    copy.seen = self.seen
                    made = connection.Connection(copy, PATIENCE)
                    made.start()
                except Exception as away:  # its kinds range from OSError to plain Exception
                    raise DriverFault(AWAY, f"{self._place}: {away}", again=True) from away
                self._connection = made
            return self._connection

    def rows(self, table: str) -> list[Any]:
        """The rows of a table, as the copy has them now."""
        live = self.connect()
        with live.lock:
            return list(live.idl.tables[table].rows.values())

    @contextlib.contextmanager
    def held(self) -> "contextlib._GeneratorContextManager[None]":
        """Nothing changes in the copy while this is held."""
        with self.connect().lock:
            yield

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.stop(timeout=2)
                self._connection = None


class _Batch:
    """Statements as a command of ovsdbapp's transaction, run again with the fresh copy when another writer was faster."""

    result = None

    def __init__(self, steps: Sequence[tuple[int, switch.SwitchAsk]], chassis: Mapping[str, list[str]]) -> None:
        self.steps, self.chassis = steps, chassis
        self.database: idl.Idl | None = None

    def run_idl(self, txn: idl.Transaction) -> None:
        draft = Draft(self.database, txn, self.chassis)
        for generation, asked in self.steps:
            STEPS[type(asked)](draft, generation, asked)

    def post_commit(self, txn: idl.Transaction) -> None:
        pass


class _Place:
    """What ovsdbapp's transaction wants to know of an API object."""

    def __init__(self, database: idl.Idl) -> None:
        self.idl = database


class OvnSwitch:
    """The `Switch` driver."""

    def __init__(self, northbound: str, southbound: str) -> None:
        self._north = _Database(northbound, "OVN_Northbound", TABLES, NAMED)
        self._south = _Database(southbound, "OVN_Southbound", ("Chassis",), ())
        self._up: dict[str, bool] = {}
        self._changed: Callable[[str, bool], None] | None = None
        self._closed = threading.Event()

    def apply(self, batch: Sequence[tuple[int, switch.SwitchAsk]]) -> dict[int, DriverFault | None]:
        """One transaction; if it cannot be committed whole, one each, so that the rest stands and the culprit is known."""
        whole = self._commit(batch)
        if whole is None or whole.again or len(batch) == 1:
            return dict.fromkeys(range(len(batch)), whole)
        return {index: self._commit([step]) for index, step in enumerate(batch)}

    def _commit(self, steps: Sequence[tuple[int, switch.SwitchAsk]]) -> DriverFault | None:
        try:
            live = self._north.connect()
            needs_chassis = any(isinstance(asked, switch.EnsureRouter) and asked.gateway for _, asked in steps)
            command = _Batch(steps, self.chassis() if needs_chassis else {})
            command.database = live.idl
            writing = transaction.Transaction(_Place(live.idl), live, PATIENCE, check_error=True, log_errors=False)
            writing.add(command)
            writing.commit()
        except DriverFault as fault:
            return fault
        except exceptions.TimeoutException as late:
            return DriverFault(AWAY, str(late.args[:1]), again=True)
        except ValueError as wrong:
            return DriverFault("The network's definition is malformed.", str(wrong))
        except Exception as failed:
            away = "timed out" in str(failed) or isinstance(failed, OSError)
            return DriverFault(AWAY if away else "The network could not be written.", repr(failed), again=away)
        return None

    def chassis(self) -> dict[str, list[str]]:
        """Physical network to the chassis that reach it. DriverFault (again) while the database is away."""
        reach: dict[str, list[str]] = {}
        for row in self._south.rows("Chassis"):
            mappings = {**row.external_ids, **row.other_config}.get("ovn-bridge-mappings", "")
            for mapping in filter(None, mappings.split(",")):
                reach.setdefault(mapping.partition(":")[0], []).append(row.name)
        return {physical: sorted(names) for physical, names in reach.items()}

    def things(self) -> Things:
        """What the northbound database has of ours, by the names that we gave."""
        with self._north.held():
            names = {table: [row.name for row in self._north.rows(table)] for table in NAMED}
            ports_of_ours = [row.name for row in self._north.rows("Logical_Switch_Port") if row.type != "localnet"]
        groups_of_ours = [name for name in names["Port_Group"] if name != DROP_GROUP]
        return {
            "network": _ids(names["Logical_Switch"], switch_name("")),
            "router": _ids(names["Logical_Router"], router_name("")),
            "security_group": [id.replace("_", "-") for id in _ids(groups_of_ours, group_name(""))],
            "port": sorted(ports_of_ours),
        }

    def ports_up(self) -> Iterable[str]:
        """Guests' ports that are up."""
        with self._north.held():
            return [row.name for row in self._north.rows("Logical_Switch_Port") if _guest(row) and _is_up(row)]

    def watch(self, changed: Callable[[str, bool], None]) -> None:
        """Tell of every change from now on; waits in a thread for a database that is away."""
        first, self._changed = self._changed is None, changed
        if not first:
            return
        self._north.seen = self._see
        threading.Thread(target=self._begin_watching, name="switch-watch", daemon=True).start()

    def _begin_watching(self) -> None:
        while not self._closed.is_set():
            try:
                live = self._north.connect()
                with live.lock:
                    live.idl.seen = self._see
                    for row in list(live.idl.tables["Logical_Switch_Port"].rows.values()):
                        self._see("create", row)
                return
            except DriverFault:
                time.sleep(0.5)

    def _see(self, event: str, row: Any) -> None:
        if row._table.name != "Logical_Switch_Port" or self._changed is None or not _guest(row):
            return
        up = event != "delete" and _is_up(row)
        if self._up.get(row.name, False) != up:
            self._changed(row.name, up)
        if event == "delete":
            self._up.pop(row.name, None)
        else:
            self._up[row.name] = up

    def close(self) -> None:
        """End watches and connections; networks stay as they are."""
        self._closed.set()
        self._changed = None
        self._north.close()
        self._south.close()


def _ids(names: Iterable[str], prefix: str) -> list[str]:
    return sorted(name.removeprefix(prefix) for name in names if name.startswith(prefix))


def _guest(row: Any) -> bool:
    return read(row, "external_ids", {}).get("gureum:kind") == "guest"


def _is_up(row: Any) -> bool:
    return True in read(row, "up", [])


def open(state: Path, settings: Mapping[str, Any]) -> OvnSwitch:
    """For the registry. `settings` as HostSettings."""
    host = from_mapping(state, settings)
    return OvnSwitch(host.northbound_db, host.southbound_db)
