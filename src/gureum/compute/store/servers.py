"""Servers: those that are, and those that were (for `changes-since`, usage and audits)."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.compute.server import Server
from gureum.compute.store.hosts import hosts
from gureum.kernel import clock
from gureum.kernel.faults import NotFound
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx


def _columns() -> list[Any]:
    return [
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("project_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("vm_state", sa.String(32), nullable=False),
        sa.Column("task_state", sa.String(32)),
        sa.Column("power_state", sa.Integer, nullable=False),
        sa.Column("power", sa.String(16), nullable=False),
        sa.Column("boots", sa.Integer, nullable=False),
        sa.Column("incarnation", sa.Integer, nullable=False, server_default="0"),
        sa.Column("host", sa.String(255), info={"operator": True}),
        sa.Column("requested_zone", sa.String(255)),
        sa.Column("requested_host", sa.String(255), info={"operator": True}),
        sa.Column("image_id", sa.String(36), nullable=False),
        sa.Column("image_properties", sa.JSON, nullable=False),
        sa.Column("image_source", sa.JSON, nullable=False),
        sa.Column("flavor", sa.JSON, nullable=False),
        sa.Column("vcpus", sa.Integer, nullable=False),
        sa.Column("ram", sa.BigInteger, nullable=False),
        sa.Column("key_name", sa.String(255)),
        sa.Column("key", sa.Text),
        sa.Column("hostname", sa.String(255), nullable=False),
        sa.Column("description", sa.String(255)),
        sa.Column("metadata", sa.JSON, nullable=False),
        sa.Column("hints", sa.JSON, nullable=False),
        sa.Column("user_data", sa.Text, info={"secret": True}),
        sa.Column("admin_password", sa.String(255), info={"secret": True}),
        sa.Column("personality", sa.JSON, nullable=False, info={"secret": True}),
        sa.Column("config_drive", sa.Boolean),
        sa.Column("disk_config", sa.String(8), nullable=False),
        sa.Column("access_ip_v4", sa.String(15)),
        sa.Column("access_ip_v6", sa.String(45)),
        sa.Column("security_groups", sa.JSON, nullable=False),
        sa.Column("reservation_id", sa.String(16), nullable=False),
        sa.Column("launch_index", sa.Integer, nullable=False),
        sa.Column("fault", sa.JSON(none_as_null=True)),
        sa.Column("locked_by", sa.String(8)),
        sa.Column("locked_reason", sa.String(255)),
        sa.Column("group_id", sa.String(36)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger),
        sa.Column("launched_at", sa.BigInteger),
        sa.Column("terminated_at", sa.BigInteger),
    ]


servers = sa.Table(
    "servers",
    metadata,
    *_columns(),
    sa.Index("ix_servers_project_id", "project_id", "created_at", "id"),
    sa.Index("ix_servers_created_at", "created_at", "id"),
    sa.Index("ix_servers_host", "host"),
    sa.Index("ix_servers_group_id", "group_id"),
    info={"journal": "server"},
)

past = sa.Table(
    "servers_past",
    metadata,
    *_columns(),
    sa.Index("ix_servers_past_project_id", "project_id", "updated_at"),
    sa.Index("ix_servers_past_updated_at", "updated_at"),
)

counters = sa.Table(
    "compute_counters",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)

FIELDS = [column.name for column in servers.columns]


def with_host(table: sa.Table = servers) -> sa.Select[Any]:
    """Servers with what their hosts' rows add."""
    up = sa.and_(hosts.c.up, sa.not_(hosts.c.forced_down))
    return sa.select(
        table, hosts.c.zone.label("host_zone"), up.label("host_up"), hosts.c.enabled.label("host_enabled")
    ).outerjoin_from(table, hosts, hosts.c.name == table.c.host)


def from_row(row: Row[Any]) -> Server:
    """The domain object of a row of `with_host`."""
    return Server(**row._mapping)


_BY_ID = with_host().where(servers.c.id == sa.bindparam("server_id"))


def find(tx: Tx, id: str) -> Server | None:
    """A server that is, or None."""
    row = tx.one(_BY_ID, server_id=id)
    return None if row is None else from_row(row)


def find_past(tx: Tx, id: str) -> Server | None:
    """A server that was, or None."""
    row = tx.one(with_host(past).where(past.c.id == id))
    return None if row is None else from_row(row)


def get(tx: Tx, id: str) -> Server:
    """A server that is. Raises NotFound."""
    found = find(tx, id)
    if found is None:
        raise NotFound(f"Instance {id} could not be found.", name="InstanceNotFound")
    return found


def on_host(tx: Tx, host: str) -> list[Server]:
    """The servers of a host."""
    return [from_row(row) for row in tx.all(with_host().where(servers.c.host == host).order_by(servers.c.number))]


def hosts_of(tx: Tx, project_id: str, ids: Iterable[str]) -> dict[str, str]:
    """The hosts of those of a project's servers that have one, by server."""
    statement = sa.select(servers.c.id, servers.c.host).where(
        servers.c.project_id == project_id, servers.c.id.in_(list(ids)), servers.c.host.is_not(None)
    )
    return {row.id: row.host for row in tx.all(statement)}


def next_number(tx: Tx) -> int:
    """A number that no server ever had."""
    tx.lock("compute_counters", "server")
    value = (tx.scalar(sa.select(counters.c.value).where(counters.c.name == "server")) or 0) + 1
    if value == 1:
        tx.insert(counters, name="server", value=1)
    else:
        tx.update(counters, {"name": "server"}, value=value)
    return value


def add(tx: Tx, server: Server) -> None:
    """Keep a new server."""
    tx.insert(servers, **{name: getattr(server, name) for name in FIELDS})


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change columns of a server; it counts as updated now."""
    tx.update(servers, {"id": id}, **({"updated_at": clock.now()} | values))


def bury(tx: Tx, server: Server) -> None:
    """Move a server to those that were."""
    now = clock.now()
    values = {name: getattr(server, name) for name in FIELDS} | {
        "vm_state": "deleted",
        "task_state": None,
        "power_state": 0,
        "terminated_at": now,
        "updated_at": now,
        "user_data": None,
        "admin_password": None,
        "personality": {},
    }
    tx.delete(servers, id=server.id)
    tx.insert(past, **values)


def usage(tx: Tx, project_id: str) -> dict[str, int]:
    """What a project's servers use of the quotas instances, cores and ram."""
    row = tx.one(
        sa.select(
            sa.func.count().label("instances"),
            sa.func.coalesce(sa.func.sum(servers.c.vcpus), 0).label("cores"),
            sa.func.coalesce(sa.func.sum(servers.c.ram), 0).label("ram"),
        ).where(servers.c.project_id == project_id)
    )
    return {} if row is None else {name: int(value) for name, value in row._mapping.items()}


def names_of(tx: Tx, ids: Iterable[str]) -> dict[str, str]:
    """The names of servers by id, past ones included."""
    wanted = list(ids)
    found: dict[str, str] = {}
    for table in (past, servers):
        for row in tx.all(sa.select(table.c.id, table.c.name).where(table.c.id.in_(wanted))):
            found[row.id] = row.name
    return found
