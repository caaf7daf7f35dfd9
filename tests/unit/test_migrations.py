"""From nothing, the migrations make exactly the tables that the code works with."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

import gureum.app
from gureum import migrations
from gureum.kernel.store.database import Database
from gureum.kernel.store.migrate import TooNew, _begin, alembic_config, migrate
from gureum.kernel.store.opening import open_database
from gureum.kernel.store.schema import metadata
from tests import databases
from tests.databases import new_database

SCRIPTS = Path(migrations.__file__).parent


_ON_POSTGRESQL = """
    SELECT format('%s.%s', table_name, column_name),
           concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'test%%'
    UNION SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'test%%'
    UNION SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'test%%'
"""


def schema(database: Database) -> dict[str, str]:
    """Every table's and index's definition, without the order of its parts."""
    with database.engine.connect() as conn:
        if database.engine.dialect.name == "postgresql":
            return {name: what for name, what in conn.exec_driver_sql(_ON_POSTGRESQL).all() if "alembic" not in name}
        rows = conn.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    found: dict[str, str] = {}
    for name, sql in rows:
        if name.startswith(("test_", "sqlite_", "alembic")):
            continue
        body = " ".join(sql.replace('"', "").split())
        found[name] = " ".join(sorted(part.strip(" ()") for part in body.split(",")))
    return found


def test_from_nothing_to_the_tables_of_the_code(tmp_path: Path) -> None:
    assert gureum.app.APIS
    made, migrated = new_database(tmp_path / "made"), new_database(tmp_path / "migrated")
    metadata.create_all(made.engine)
    migrate(migrated.engine, SCRIPTS, migrations.HEAD)
    expected, found = schema(made), schema(migrated)
    made.close()
    migrated.close()
    assert set(found) == set(expected)
    for name, sql in expected.items():
        assert found[name] == sql, name


def test_the_line_is_one_and_ends_at_the_head(tmp_path: Path) -> None:
    database = new_database(tmp_path / "x")
    with database.engine.connect() as conn:
        script = ScriptDirectory.from_config(alembic_config(SCRIPTS, conn))
    assert script.get_heads() == [migrations.HEAD]
    database.close()


def test_again_changes_nothing_and_a_newer_database_is_refused(tmp_path: Path) -> None:
    database = new_database(tmp_path / "x")
    migrate(database.engine, SCRIPTS, migrations.HEAD)
    before = schema(database)
    migrate(database.engine, SCRIPTS, migrations.HEAD)
    assert schema(database) == before
    with database.engine.connect() as conn:
        conn.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(TooNew, match="newer gureum"):
        migrate(database.engine, SCRIPTS, migrations.HEAD)
    database.close()


def test_on_postgresql_a_statement_has_a_minute_and_a_migration_all_the_time_it_needs(tmp_path: Path) -> None:
    url = databases.server().create("template0")
    database = open_database(url, tmp_path)
    try:
        with database.engine.connect() as conn:
            assert conn.exec_driver_sql("SHOW statement_timeout").scalar() == "1min"
            _begin(conn, database.engine)
            assert conn.exec_driver_sql("SHOW statement_timeout").scalar() == "0"
            conn.exec_driver_sql("ROLLBACK")
    finally:
        database.close()
        databases.server().drop(url)
