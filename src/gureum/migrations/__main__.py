"""Write the next migration from what the tables say: `python -m gureum.migrations "what it does"`. Read it before you commit it.

Then raise `gureum.migrations.HEAD`.
"""

import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic import command

import gureum.app  # all tables
from gureum import migrations
from gureum.kernel.store.migrate import alembic_config, migrate
from gureum.kernel.store.schema import metadata

SCRIPTS = Path(__file__).parent


def main() -> None:
    """Compare a database at the last revision with the tables, and write what is missing."""
    assert gureum.app.APIS
    present = sorted(path.name[:4] for path in (SCRIPTS / "versions").glob("[0-9]*.py"))
    for table in metadata.tables.values():
        table.info.clear()  # what our own code reads there is nothing for a migration
        for column in table.columns:
            column.info.clear()
    with tempfile.TemporaryDirectory() as folder:
        engine = sa.create_engine(f"sqlite:///{folder}/x", isolation_level="AUTOCOMMIT")
        if present:
            migrate(engine, SCRIPTS, migrations.HEAD)
        with engine.connect() as conn:
            number = f"{int(present[-1]) + 1 if present else 1:04d}"
            config = alembic_config(SCRIPTS, conn)
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            command.revision(config, message=sys.argv[1], autogenerate=True, rev_id=number)
        engine.dispose()


if __name__ == "__main__":
    main()
