"""Tables of traces: a row a request, a row a step of its strands and an ask of theirs. Bounded by age and by number."""

import sqlalchemy as sa

from gureum.kernel.store.schema import metadata

requests = sa.Table(
    "trace_requests",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("request_id", sa.String(64), nullable=False, index=True),
    sa.Column("global_request_id", sa.String(64), index=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("micros", sa.BigInteger, nullable=False),
    sa.Column("changes", sa.Boolean, nullable=False),
    sa.Column("service", sa.String(32), nullable=False),
    sa.Column("method", sa.String(16), nullable=False),
    sa.Column("path", sa.String(255), nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("user_id", sa.String(64)),
    sa.Column("project_id", sa.String(64)),
    sa.Column("spans", sa.JSON, nullable=False),
    sa.Index("ix_trace_requests_changes", "changes", "id"),
    sqlite_autoincrement=True,
)

works = sa.Table(
    "trace_works",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("request_id", sa.String(64), nullable=False, index=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("micros", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("name", sa.String(128), nullable=False),
    sa.Column("subject", sa.String(100), nullable=False),
    sa.Column("agent", sa.String(255)),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("spans", sa.JSON, nullable=False),
    sqlite_autoincrement=True,
)
