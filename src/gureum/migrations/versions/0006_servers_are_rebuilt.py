"""Servers are rebuilt."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("servers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("incarnation", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("servers_past", schema=None) as batch_op:
        batch_op.add_column(sa.Column("incarnation", sa.Integer(), server_default="0", nullable=False))
