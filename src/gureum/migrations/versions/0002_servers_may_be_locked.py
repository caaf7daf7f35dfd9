"""Servers may be locked."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("servers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("locked_by", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("locked_reason", sa.String(length=255), nullable=True))

    with op.batch_alter_table("servers_past", schema=None) as batch_op:
        batch_op.add_column(sa.Column("locked_by", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("locked_reason", sa.String(length=255), nullable=True))
