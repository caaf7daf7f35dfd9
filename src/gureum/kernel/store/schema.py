"""The one MetaData that every table of every service belongs to, and the kernel's own journal.

A table says in `info` what the door of `Tx` does for it: `{"journal": kind}` writes a journal row for each change, and
columns with `info={"secret": True}` stay out of it, and those with `info={"operator": True}` are shown to administrators only.
"""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.BigInteger, nullable=False, index=True),
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("global_request_id", sa.String(64)),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("project_id", sa.String(64)),
    sa.Column("kind", sa.String(48), nullable=False),
    sa.Column("subject", sa.String(255), nullable=False),
    sa.Column("owner", sa.String(64)),
    sa.Column("verb", sa.String(8), nullable=False),
    sa.Column("before", sa.JSON),
    sa.Column("after", sa.JSON),
    sa.Index("ix_journal_subject", "subject", "id"),
    sqlite_autoincrement=True,
)
