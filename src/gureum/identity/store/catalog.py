"""Regions, services and endpoints: what the catalog is made of."""

from dataclasses import dataclass

import sqlalchemy as sa

from gureum.identity.store.epoch import watched
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
    sa.Column("description", sa.Text),
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
    sa.Column("name", sa.String(255)),
    sa.Column("extra", sa.JSON, nullable=False),
    info=watched("endpoint"),
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An enabled endpoint of an enabled service, as the catalog shows it. `url` may be a path, to be put behind the address
    that the client used."""

    service_id: str
    service_type: str
    service_name: str
    id: str
    interface: str
    url: str
    region_id: str | None


def offered(tx: Tx) -> list[Endpoint]:
    """What the catalog shows, by service and interface."""
    rows = tx.all(
        sa.select(
            services.c.id.label("service_id"),
            services.c.type.label("service_type"),
            sa.func.coalesce(services.c.name, "").label("service_name"),
            endpoints.c.id,
            endpoints.c.interface,
            endpoints.c.url,
            endpoints.c.region_id,
        )
        .join(endpoints, endpoints.c.service_id == services.c.id)
        .where(services.c.enabled, endpoints.c.enabled)
        .order_by(services.c.type, services.c.id, endpoints.c.interface)
    )
    return [Endpoint(**row._mapping) for row in rows]
