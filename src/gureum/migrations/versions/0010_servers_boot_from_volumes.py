"""Servers boot from volumes."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("server_volumes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("boot_index", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("made", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.alter_column("attachment_id", existing_type=sa.VARCHAR(length=36), nullable=True)
