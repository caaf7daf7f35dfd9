"""Regions, services and endpoints: what the catalog is made of."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.identity.catalog import Endpoint, Region, Service
from gureum.identity.store.epoch import watched
from gureum.identity.store.listing import EVERYTHING, Listing, listed
from gureum.kernel.faults import NotFound
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

regions = sa.Table(
    "regions",
    metadata,
    sa.Column("id", sa.String(255), primary_key=True),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("parent_region_id", sa.String(255)),
    sa.Column("extra", sa.JSON, nullable=False),
    info=watched("region"),
)

services = sa.Table(
    "services",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("type", sa.String(255), nullable=False),
    sa.Column("name", sa.String(255)),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("extra", sa.JSON, nullable=False),
    info=watched("service"),
)

endpoints = sa.Table(
    "endpoints",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("service_id", sa.String(64), nullable=False, index=True),
    sa.Column("interface", sa.String(8), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("region_id", sa.String(255)),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("extra", sa.JSON, nullable=False),
    info=watched("endpoint"),
)


def _row(tx: Tx, table: sa.Table, kind: str, id: str) -> Row[Any]:
    row = tx.one(sa.select(table).where(table.c.id == id))
    if row is None:
        raise NotFound(f"Could not find {kind}: {id}.")
    return row


def find_region(tx: Tx, id: str) -> Region | None:
    """A region by id, or None."""
    row = tx.one(sa.select(regions).where(regions.c.id == id))
    return None if row is None else Region(**row._mapping)


def get_region(tx: Tx, id: str) -> Region:
    """A region by id. Raises NotFound."""
    return Region(**_row(tx, regions, "region", id)._mapping)


def search_regions(tx: Tx, parent: str | None = None) -> list[Region]:
    """Every region, or those directly in another, by id."""
    listing = EVERYTHING if parent is None else EVERYTHING.where("parent_region_id", parent)
    return [Region(**row._mapping) for row in tx.all(listed(regions, listing))]


def add_region(tx: Tx, region: Region) -> None:
    """Keep a new region."""
    tx.insert(regions, **_columns(regions, region))


def change_region(tx: Tx, id: str, **values: Any) -> None:
    """Change columns of a region."""
    tx.update(regions, {"id": id}, **values)


def remove_region(tx: Tx, id: str) -> None:
    """Forget a region."""
    tx.delete(regions, id=id)


def find_service(tx: Tx, id: str) -> Service | None:
    """A service by id, or None."""
    row = tx.one(sa.select(services).where(services.c.id == id))
    return None if row is None else Service(**row._mapping)


def get_service(tx: Tx, id: str) -> Service:
    """A service by id. Raises NotFound."""
    return Service(**_row(tx, services, "service", id)._mapping)


def search_services(tx: Tx, listing: Listing = EVERYTHING) -> list[Service]:
    """The services that a list request means."""
    return [Service(**row._mapping) for row in tx.all(listed(services, listing))]


def add_service(tx: Tx, service: Service) -> None:
    """Keep a new service."""
    tx.insert(services, **_columns(services, service))


def change_service(tx: Tx, id: str, **values: Any) -> None:
    """Change columns of a service."""
    tx.update(services, {"id": id}, **values)


def remove_service(tx: Tx, id: str) -> None:
    """Forget a service and its endpoints."""
    tx.delete(endpoints, service_id=id)
    tx.delete(services, id=id)


def get_endpoint(tx: Tx, id: str) -> Endpoint:
    """An endpoint by id. Raises NotFound."""
    return Endpoint(**_row(tx, endpoints, "endpoint", id)._mapping)


def search_endpoints(tx: Tx, listing: Listing = EVERYTHING) -> list[Endpoint]:
    """The endpoints that a list request means."""
    return [Endpoint(**row._mapping) for row in tx.all(listed(endpoints, listing))]


def add_endpoint(tx: Tx, endpoint: Endpoint) -> None:
    """Keep a new endpoint."""
    tx.insert(endpoints, **_columns(endpoints, endpoint))


def change_endpoint(tx: Tx, id: str, **values: Any) -> None:
    """Change columns of an endpoint."""
    tx.update(endpoints, {"id": id}, **values)


def remove_endpoint(tx: Tx, id: str) -> None:
    """Forget an endpoint."""
    tx.delete(endpoints, id=id)


def offered(tx: Tx) -> list[tuple[Service, list[Endpoint]]]:
    """What the catalog shows: enabled services by type, with their enabled endpoints by interface."""
    by_service: dict[str, list[Endpoint]] = {}
    enabled = sa.select(endpoints).where(endpoints.c.enabled).order_by(endpoints.c.interface, endpoints.c.id)
    for row in tx.all(enabled):
        by_service.setdefault(row.service_id, []).append(Endpoint(**row._mapping))
    rows = tx.all(sa.select(services).where(services.c.enabled).order_by(services.c.type, services.c.id))
    return [(Service(**row._mapping), by_service.get(row.id, [])) for row in rows]


def _columns(table: sa.Table, thing: object) -> dict[str, Any]:
    return {column.name: getattr(thing, column.name) for column in table.columns}
