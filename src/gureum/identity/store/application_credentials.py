"""Application credentials, and the access rules that they refer to."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.identity.application_credential import AccessRule, ApplicationCredential
from gureum.identity.store.epoch import watched
from gureum.identity.store.listing import Listing, listed
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

application_credentials = sa.Table(
    "application_credentials",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("project_id", sa.String(64), nullable=False, index=True),
    sa.Column("secret_hash", sa.String(255), nullable=False, info={"secret": True}),
    sa.Column("expires_at", sa.BigInteger),
    sa.Column("unrestricted", sa.Boolean),
    sa.Column("role_ids", sa.JSON, nullable=False),
    sa.Column("access_rule_ids", sa.JSON(none_as_null=True)),
    sa.UniqueConstraint("user_id", "name"),
    info=watched("application_credential"),
)

access_rules = sa.Table(
    "access_rules",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("method", sa.String(16), nullable=False),
    sa.Column("path", sa.String(255), nullable=False),
    sa.UniqueConstraint("user_id", "service", "method", "path"),
    info=watched("access_rule"),
)


def _from_row(row: Row[Any]) -> ApplicationCredential:
    return ApplicationCredential(**row._mapping)


def find(tx: Tx, id: str) -> ApplicationCredential | None:
    """An application credential by id, or None."""
    row = tx.one(sa.select(application_credentials).where(application_credentials.c.id == id))
    return None if row is None else _from_row(row)


def find_by_name(tx: Tx, user_id: str, name: str) -> ApplicationCredential | None:
    """An application credential of a user by name, or None."""
    table = application_credentials
    row = tx.one(sa.select(table).where(table.c.user_id == user_id, table.c.name == name))
    return None if row is None else _from_row(row)


def search(tx: Tx, listing: Listing) -> list[ApplicationCredential]:
    """The application credentials that a list request means."""
    return [_from_row(row) for row in tx.all(listed(application_credentials, listing))]


def add(tx: Tx, credential: ApplicationCredential) -> None:
    """Keep a new application credential."""
    columns = application_credentials.columns
    tx.insert(application_credentials, **{column.name: getattr(credential, column.name) for column in columns})


def remove(tx: Tx, id: str) -> None:
    """Forget an application credential."""
    tx.delete(application_credentials, id=id)


def remove_of(tx: Tx, **owner: str) -> None:
    """Forget all those of a user (`user_id`) or a project (`project_id`); with a user, the access rules too."""
    tx.delete(application_credentials, **owner)
    if "user_id" in owner:
        tx.delete(access_rules, **owner)


def find_rule(tx: Tx, user_id: str, id: str) -> AccessRule | None:
    """An access rule of a user by id, or None."""
    row = tx.one(sa.select(access_rules).where(access_rules.c.id == id, access_rules.c.user_id == user_id))
    return None if row is None else AccessRule(**row._mapping)


def same_rule(tx: Tx, user_id: str, service: str, method: str, path: str) -> AccessRule | None:
    """The access rule of a user that says exactly this, or None."""
    table = access_rules
    where = (table.c.user_id == user_id, table.c.service == service, table.c.method == method, table.c.path == path)
    row = tx.one(sa.select(table).where(*where))
    return None if row is None else AccessRule(**row._mapping)


def rules(tx: Tx, ids: list[str]) -> dict[str, AccessRule]:
    """Access rules by id."""
    rows = tx.all(sa.select(access_rules).where(access_rules.c.id.in_(ids)))
    return {row.id: AccessRule(**row._mapping) for row in rows}


def search_rules(tx: Tx, listing: Listing) -> list[AccessRule]:
    """The access rules that a list request means."""
    return [AccessRule(**row._mapping) for row in tx.all(listed(access_rules, listing))]


def add_rule(tx: Tx, rule: AccessRule) -> None:
    """Keep a new access rule."""
    tx.insert(access_rules, **{column.name: getattr(rule, column.name) for column in access_rules.columns})


def remove_rule(tx: Tx, id: str) -> None:
    """Forget an access rule."""
    tx.delete(access_rules, id=id)
