"""Ports have DHCP options of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("ports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("extra_dhcp_opts", sa.JSON(), server_default="[]", nullable=False))
