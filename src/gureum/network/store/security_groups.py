"""Security groups and their rules."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx
from gureum.network.faults import group_not_found, rule_not_found
from gureum.network.security_group import SecurityGroup, SecurityRule
from gureum.network.store import standard

GROUP_REVISION, RULE_REVISION = 1, 0

groups = sa.Table(
    "security_groups",
    metadata,
    *standard.standard_columns(),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("is_default", sa.Boolean, nullable=False),
    sa.Index(
        "uq_security_groups_default",
        "project_id",
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    ),
    info={"journal": "security_group"},
)

rules = sa.Table(
    "security_group_rules",
    metadata,
    *standard.standard_columns(),
    sa.Column("security_group_id", sa.String(36), sa.ForeignKey("security_groups.id"), nullable=False, index=True),
    sa.Column("direction", sa.String(8), nullable=False),
    sa.Column("ethertype", sa.String(8), nullable=False),
    sa.Column("protocol", sa.String(40)),
    sa.Column("port_range_min", sa.Integer),
    sa.Column("port_range_max", sa.Integer),
    sa.Column("remote_ip_prefix", sa.String(64)),
    sa.Column("remote_group_id", sa.String(36), index=True),
    info={"journal": "security_group_rule"},
)


def rule_from_row(row: Row[Any]) -> SecurityRule:
    """The domain object of a row."""
    return SecurityRule(**{column.name: row._mapping[column.name] for column in rules.c})


def rules_of(tx: Tx, group_ids: Iterable[str]) -> defaultdict[str, list[SecurityRule]]:
    """The rules of many groups."""
    found: defaultdict[str, list[SecurityRule]] = defaultdict(list)
    wanted = list(group_ids)
    if wanted:
        statement = sa.select(rules).where(rules.c.security_group_id.in_(wanted))
        for row in tx.all(statement.order_by(rules.c.created_at, rules.c.direction, rules.c.ethertype, rules.c.id)):
            found[row.security_group_id].append(rule_from_row(row))
    return found


def with_rules(tx: Tx, rows: Sequence[Row[Any]]) -> list[SecurityGroup]:
    """The groups of rows, with their rules: one query for all."""
    found = rules_of(tx, [row.id for row in rows])
    return [SecurityGroup(**row._mapping, rules=tuple(found[row.id])) for row in rows]


def find(tx: Tx, id: str) -> SecurityGroup | None:
    """A group, or None."""
    row = tx.one(sa.select(groups).where(groups.c.id == id))
    return None if row is None else with_rules(tx, [row])[0]


def get(tx: Tx, id: str) -> SecurityGroup:
    """A group. Raises NotFound."""
    found = find(tx, id)
    if found is None:
        raise group_not_found(id)
    return found


def default_of(tx: Tx, project_id: str) -> str | None:
    """The id of a project's default group, None while it has none."""
    return tx.scalar(sa.select(groups.c.id).where(groups.c.project_id == project_id, groups.c.is_default))


def ids_named(tx: Tx, project_id: str, names: Iterable[str]) -> dict[str, list[str]]:
    """The ids of a project's groups by name, and of any group by id."""
    wanted = set(names)
    found: defaultdict[str, list[str]] = defaultdict(list)
    statement = sa.select(groups.c.id, groups.c.name).where(
        groups.c.project_id == project_id, sa.or_(groups.c.name.in_(wanted), groups.c.id.in_(wanted))
    )
    for row in tx.all(statement):
        found[row.name].append(row.id)
        found[row.id] = [row.id]
    return found


_NAMES = sa.select(groups.c.id, groups.c.name).where(groups.c.id.in_(sa.bindparam("ids", expanding=True)))


def names(tx: Tx, ids: Iterable[str]) -> dict[str, str]:
    """Groups' names by id."""
    return {row.id: row.name for row in tx.all(_NAMES, ids=list(set(ids)))}


def add(tx: Tx, **values: Any) -> None:
    """Keep a new group."""
    standard.add(tx, groups, values, GROUP_REVISION)


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change a group; with nothing to change, only its revision rises."""
    standard.change(tx, groups, id, **values)


def remove(tx: Tx, id: str) -> None:
    """Forget a group with its rules."""
    tx.delete(rules, security_group_id=id)
    tx.delete(groups, id=id)


def get_rule(tx: Tx, id: str) -> SecurityRule:
    """A rule. Raises NotFound."""
    row = tx.one(sa.select(rules).where(rules.c.id == id))
    if row is None:
        raise rule_not_found(id)
    return rule_from_row(row)


def add_rule(tx: Tx, **values: Any) -> None:
    """Keep a new rule."""
    standard.add(tx, rules, values, RULE_REVISION)


def change_rule(tx: Tx, id: str, **values: Any) -> None:
    """Change a rule."""
    standard.change(tx, rules, id, **values)


def remove_rule(tx: Tx, id: str) -> None:
    """Forget a rule."""
    tx.delete(rules, id=id)
