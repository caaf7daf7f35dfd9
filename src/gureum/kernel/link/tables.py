"""Agents as the control plane knows them."""

import sqlalchemy as sa

from gureum.kernel.store.schema import metadata

agents = sa.Table(
    "agents",
    metadata,
    sa.Column("name", sa.String(255), primary_key=True),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("session", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("process", sa.Integer, nullable=False, server_default="1"),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("version", sa.String(32), nullable=False),
    sa.Column("up", sa.Boolean, nullable=False),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)
