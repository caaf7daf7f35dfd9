"""Run by alembic: on the connection that `kernel.store.migrate` hands over."""

from alembic import context

from gureum.kernel.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
