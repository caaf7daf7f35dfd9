"""A transaction on OVN's northbound database while it is put together: rows by name, made when missing, guarded by generation.

How things are called in the database: a switch `network-<id>`, its ports by the port's id (libvirt needs a plain UUID),
a router `router-<id>`, its legs `leg-<port id>`, a security group `group_<id with _>`. Everything of ours carries
`gureum:generation` (bare things, made as somebody's missing parent, carry none).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ovs.db import idl

Row = Any
"""A row of ovs.db.idl; untyped there."""

GENERATION = "gureum:generation"
NAMED = ("Logical_Switch", "Logical_Switch_Port", "Logical_Router", "Logical_Router_Port", "Port_Group")
"""Tables that are looked up by name."""
TABLES = (*NAMED, "DHCP_Options", "ACL", "NAT", "Logical_Router_Static_Route", "Gateway_Chassis", "Address_Set")
DROP_GROUP = "group_drop"


def switch_name(network_id: str) -> str:
    return f"network-{network_id}"


def router_name(router_id: str) -> str:
    return f"router-{router_id}"


def leg_name(port_id: str) -> str:
    return f"leg-{port_id}"


def group_name(group_id: str) -> str:
    return "group_" + group_id.replace("-", "_")


def hardware_address(text: str) -> str:
    """The same in lower case. ValueError for anything that is no MAC."""
    if not re.fullmatch(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", text.lower()):
        raise ValueError(f"{text!r} is no hardware address")
    return text.lower()


class Draft:
    """One transaction being written. Not to be kept beyond it."""

    def __init__(self, database: idl.Idl, txn: idl.Transaction, chassis: Mapping[str, list[str]]) -> None:
        self._idl = database
        self._txn = txn
        self.chassis = chassis
        """Physical network to the names of the chassis that reach it."""

    def find(self, table: str, name: str) -> Row | None:
        """The row of that name, None when there is none."""
        entry = self._idl.tables[table].rows.IndexEntry(name=name)
        return next(iter(self._idl.index_equal(table, "name", entry)), None)

    def rows(self, table: str, **external_ids: str) -> Iterator[Row]:
        """All rows whose external ids contain these. Walks the table: for small ones."""
        wanted = {f"gureum:{key}": value for key, value in external_ids.items()}
        for row in list(self._idl.tables[table].rows.values()):
            known = read(row, "external_ids", {})
            if all(known.get(key) == value for key, value in wanted.items()):
                yield row

    def make(self, table: str, **columns: Any) -> Row:
        """A new row."""
        row = self._txn.insert(self._idl.tables[table])
        for column, value in columns.items():
            setattr(row, column, value)
        return row

    def find_or_make(self, table: str, name: str, **columns: Any) -> Row:
        """The row of that name, made with `columns` when missing."""
        return self.find(table, name) or self.make(table, name=name, **columns)

    def outdated(self, row: Row | None, generation: int) -> bool:
        """Whether the row already says something newer. The row may not change until the transaction is through."""
        if row is None or row._data is None:
            return row is not None and _generation(row) > generation
        row.verify("external_ids")
        return _generation(row) > generation

    def stamp(self, row: Row, generation: int, **more: str) -> None:
        """Write the generation (and more of our own keys) to the row."""
        ours = {GENERATION: str(generation), **{f"gureum:{key}": value for key, value in more.items()}}
        change(row, "external_ids", {**read(row, "external_ids", {}), **ours})


def _generation(row: Row) -> int:
    return int(read(row, "external_ids", {}).get(GENERATION, "0"))


def read(row: Row, column: str, default: Any) -> Any:
    """A column's value; the default for one that was not yet written in a new row."""
    try:
        return getattr(row, column)
    except AttributeError:
        return default


def change(row: Row, column: str, value: Any) -> None:
    """Write a column unless it has that value: an unchanged row costs no commit and wakes nobody."""
    missing = object()
    present = read(row, column, missing)
    if present is missing or present != value:
        setattr(row, column, value)


def join(row: Row, column: str, member: Row) -> None:
    """Add to a set of rows: as a mutation where another writer may be at the same row, plainly in a new one."""
    if row._data is None:
        setattr(row, column, [*read(row, column, []), member])
    else:
        row.addvalue(column, member)


def part(row: Row, column: str, member: Row) -> None:
    """Take from a set of rows."""
    if row._data is None:
        setattr(row, column, [other for other in read(row, column, []) if other != member])
    else:
        row.delvalue(column, member)


def first(values: Iterable[Any]) -> Any | None:
    """An optional column is a list of at most one."""
    return next(iter(values), None)
