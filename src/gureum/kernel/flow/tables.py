"""Tables of strands, asks and what is waiting. Ids are never used again: agents and late answers remember them."""

import sqlalchemy as sa

from gureum.kernel.store.schema import metadata

strands = sa.Table(
    "strands",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("flow", sa.String(64), nullable=False),
    sa.Column("step", sa.String(64), nullable=False),
    sa.Column("args", sa.JSON, nullable=False),
    sa.Column("subject_kind", sa.String(32), nullable=False),
    sa.Column("subject_id", sa.String(64), nullable=False),
    sa.Column("parent", sa.Integer),
    sa.Column("caller", sa.Text),
    sa.Column("waiting", sa.String(8)),
    sa.Column("wait", sa.Integer, nullable=False, server_default="0"),
    sa.Column("fault_step", sa.String(64)),
    sa.Column("silent", sa.BigInteger),
    sa.Column("due", sa.BigInteger, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("last_fault", sa.Text),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("finished_at", sa.BigInteger),
    sa.Index(
        "ix_strands_due",
        "due",
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    ),
    sa.Index(
        "uq_strands_subject",
        "subject_kind",
        "subject_id",
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    ),
    sa.Index("ix_strands_parent", "parent"),
    sqlite_autoincrement=True,
)

signals = sa.Table(
    "signals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("subject_kind", sa.String(32), nullable=False),
    sa.Column("subject_id", sa.String(64), nullable=False),
    sa.Column("flow", sa.String(64), nullable=False),
    sa.Column("args", sa.JSON, nullable=False),
    sa.Column("caller", sa.Text),
    sa.UniqueConstraint("subject_kind", "subject_id", "flow"),
)

generations = sa.Table(
    "generations",
    metadata,
    sa.Column("subject", sa.String(100), primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)

asks = sa.Table(
    "asks",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("strand", sa.Integer, nullable=False),
    sa.Column("wait", sa.Integer, nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("agent", sa.String(255)),
    sa.Column("role", sa.String(16)),
    sa.Column("subject", sa.String(100), nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("insist", sa.Boolean, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due", sa.BigInteger, nullable=False),
    sa.Column("answer", sa.Text),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Index(
        "ix_asks_open",
        "agent",
        "role",
        sqlite_where=sa.text("answer IS NULL"),
        postgresql_where=sa.text("answer IS NULL"),
    ),
    sa.Index("ix_asks_strand", "strand", "wait"),
    sqlite_autoincrement=True,
)
