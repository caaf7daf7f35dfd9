"""What the Placement API shows: trees of providers, units, traits, aggregates, custom classes, consumers' generations."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision. Providers that are there are trees of their own, consumers are servers."""
    _providers()
    _inventories()
    _consumers()
    for name in ("traits", "resource_classes"):
        op.create_table(
            name,
            sa.Column("name", sa.String(length=255), nullable=False),
            sa.Column("created_at", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint("name", name=op.f(f"pk_{name}")),
        )
    for what, length in (("trait", 255), ("aggregate", 36)):
        table = f"provider_{what}s"
        op.create_table(
            table,
            sa.Column("provider", sa.String(length=36), nullable=False),
            sa.Column(what, sa.String(length=length), nullable=False),
            sa.PrimaryKeyConstraint("provider", what, name=op.f(f"pk_{table}")),
        )
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(f"ix_{table}_{what}", [what, "provider"], unique=False)


def _providers() -> None:
    with op.batch_alter_table("resource_providers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("root", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("updated_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE resource_providers SET root = uuid, updated_at = created_at")
    with op.batch_alter_table("resource_providers", schema=None) as batch_op:
        batch_op.alter_column("root", existing_type=sa.String(length=36), nullable=False)
        batch_op.alter_column("updated_at", existing_type=sa.BigInteger(), nullable=False)
        batch_op.create_index(batch_op.f("ix_resource_providers_parent"), ["parent"], unique=False)
        batch_op.create_index(batch_op.f("ix_resource_providers_root"), ["root"], unique=False)


def _inventories() -> None:
    with op.batch_alter_table("inventories", schema=None) as batch_op:
        batch_op.add_column(sa.Column("min_unit", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("max_unit", sa.Integer(), server_default="2147483647", nullable=False))
        batch_op.add_column(sa.Column("step_size", sa.Integer(), server_default="1", nullable=False))
    for table in ("inventories", "allocations"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(
                "resource_class", existing_type=sa.String(length=64), type_=sa.String(length=255), nullable=False
            )


def _consumers() -> None:
    with op.batch_alter_table("consumers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("generation", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("type", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("updated_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE consumers SET generation = 1, type = 'INSTANCE', updated_at = created_at")
    with op.batch_alter_table("consumers", schema=None) as batch_op:
        batch_op.alter_column("generation", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("updated_at", existing_type=sa.BigInteger(), nullable=False)
        for column in ("project_id", "user_id"):
            batch_op.alter_column(
                column, existing_type=sa.String(length=64), type_=sa.String(length=255), nullable=False
            )
        batch_op.create_index("ix_consumers_project_id", ["project_id", "user_id"], unique=False)
