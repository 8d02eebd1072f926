import importlib
import pkgutil
import shutil
import sqlite3
from pathlib import Path

import pytest
from playhouse.migrations import Runner

import config
import notifications
import patrol
from config import migrating
from config.database import (
    SQLITE_PRAGMAS,
    DatabaseUnusable,
    Record,
    connect,
    connection,
    disconnect,
    is_sqlite,
    transaction,
)
from config.database import database as db
from config.migrating import SCRIPTS, migrate, pending
from patrol.people.models import Role
from tests.support.databases import sqlite_only
from tests.support.factories import make_city, make_person
from tests.support.migrations import emptied, migration

NAMES = sorted(path.stem for path in SCRIPTS.glob("[0-9]*.py"))


@pytest.fixture
def empty(database, tmp_path):
    """The URL of a database without any table, connected."""
    return emptied(database, tmp_path)


@pytest.fixture
def scripts(tmp_path):
    """A copy of the scripts, to add to."""
    return Path(shutil.copytree(SCRIPTS, tmp_path / "scripts"))


def models():
    """Every record of the product; the scripts' frozen copies are of other modules."""
    for room in (config, notifications, patrol):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(module.name)
    found, todo = [], [Record]
    while todo:
        for kind in todo.pop().__subclasses__():
            todo.append(kind)
            if kind.__module__.split(".")[0] in ("config", "notifications", "patrol"):
                found.append(kind)
    return found


def schema(name="public"):
    """What the database itself says of its tables: columns, constraints with their CHECKs, indexes, triggers."""
    if is_sqlite():
        rows = db.execute_sql("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
        return {row for row in rows if "schema_migration" not in row[0]}
    of = "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = %s"
    columns = "c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull"
    statements = (
        f"SELECT {columns} {of} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relkind = 'r'",
        f"SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) {of} JOIN pg_constraint k ON k.conrelid = c.oid",
        "SELECT i.tablename, i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = %s",
        (
            f"SELECT c.relname, pg_get_triggerdef(t.oid), pg_get_functiondef(t.tgfoid) {of} "
            "JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal"
        ),
    )
    rows = [row for statement in statements for row in db.execute_sql(statement, (name,)).fetchall()]
    plain = {tuple(str(cell).replace(f"{name}.", "") for cell in row) for row in rows}
    return {row for row in plain if row[0] != "schema_migration"}


def test_the_scripts_make_what_the_models_say_checks_and_indexes_included(database, tmp_path):
    migrated = schema()
    if is_sqlite():
        disconnect()
        connect(f"sqlite:///{tmp_path}/fresh.db")
        db.create_tables(models())
        made = schema()
    else:
        db.execute_sql("CREATE SCHEMA fresh")
        with transaction():
            db.execute_sql("SET LOCAL search_path TO fresh")
            db.create_tables(models())
        made = schema("fresh")
    assert {row for row in migrated if "CHECK" in str(row)}
    assert migrated - made == set()
    assert made - migrated == set()


def test_every_script_can_be_undone_and_done_again(database):
    before = schema()
    undone = Runner(db.obj, directory=str(SCRIPTS)).down(NAMES[0])
    assert undone == NAMES[::-1]
    assert schema() == set()
    assert pending() == NAMES
    assert migrate() == NAMES
    assert schema() == before


def test_an_empty_database_is_brought_up_and_then_there_is_nothing_to_do(empty):
    assert pending() == NAMES
    assert migrate() == NAMES
    assert (migrate(), pending()) == ([], [])


def test_several_at_once_apply_each_script_once(empty):
    running = [migration(empty) for _ in range(2 if is_sqlite() else 3)]
    said = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0] * len(running), said
    assert sorted(name for out, _ in said for name in out.split()) == NAMES
    assert pending() == []


DIES = """
import os
def up(migrator, db):
    db.execute_sql("CREATE TABLE half_done (id INTEGER)")
    os._exit(9)
"""
FAILS = DIES.replace("os._exit(9)", "db.execute_sql('SELECT nonsense FROM nowhere')")
WORKS = DIES.replace("os._exit(9)", "")


@pytest.mark.parametrize("broken", [DIES, FAILS], ids=["dies", "fails"])
def test_a_script_that_breaks_off_leaves_nothing_half_done(empty, scripts, broken, monkeypatch):
    (scripts / "9999_broken.py").write_text(broken, encoding="utf-8")
    with migration(empty, scripts) as process:
        assert process.wait(timeout=120) != 0
        process.communicate()
    monkeypatch.setattr(migrating, "SCRIPTS", scripts)
    assert not db.table_exists("half_done")
    assert "9999_broken" in pending()
    (scripts / "9999_broken.py").write_text(WORKS, encoding="utf-8")
    assert migrate()[-1] == "9999_broken"
    assert db.table_exists("half_done")


def test_a_script_that_makes_a_table_anew_loses_nothing_that_refers_to_it(database, scripts, monkeypatch):
    make_person(make_city(), "walker", "officer")
    (scripts / "9999_anew.py").write_text(
        "def up(migrator, db):\n    migrator.migrate(migrator.drop_not_null('person', 'name'))\n", encoding="utf-8"
    )
    monkeypatch.setattr(migrating, "SCRIPTS", scripts)
    assert migrate() == ["9999_anew"]
    assert Role.select().count() == 2
    if is_sqlite():
        assert db.execute_sql("PRAGMA foreign_keys").fetchone() == (1,)
        assert db.execute_sql("PRAGMA foreign_key_check").fetchall() == []


def test_a_database_newer_than_the_code_is_left_alone(database):
    db.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9999_future', '2030-01-01 00:00:00')")
    for look in (migrate, pending):
        with pytest.raises(DatabaseUnusable, match=r"newer than this code \(it has 9999_future\)"):
            look()


@sqlite_only
def test_a_locked_database_is_said_to_be(database, monkeypatch):
    monkeypatch.setitem(SQLITE_PRAGMAS, "busy_timeout", 50)
    disconnect()
    connect(database)
    other = sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnusable, match="locked by another process"):
        migrate()
    other.close()
    assert migrate() == []


def test_a_database_that_may_only_be_read_is_said_to_be(empty):
    refuse = "PRAGMA query_only = 1" if is_sqlite() else "SET default_transaction_read_only = on"
    with connection():
        db.execute_sql(refuse)
        with pytest.raises(DatabaseUnusable, match="read-only"):
            migrate()
        db.execute_sql(refuse.replace("1", "0").replace(" on", " off"))
        assert migrate() == NAMES


@sqlite_only
def test_a_file_that_is_no_database_is_left_as_it_is(empty, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("This is no database, but somebody's notes. " * 50)
    before = path.read_bytes()
    connect(f"sqlite:///{path}")
    with pytest.raises(DatabaseUnusable, match="not a SQLite database"):
        migrate()
    disconnect()
    assert path.read_bytes() == before


@sqlite_only
def test_a_server_that_does_not_answer_is_named_without_the_password(database):
    disconnect()
    connect("postgresql://patrol:hunter2@127.0.0.1:1/patrol")
    with pytest.raises(DatabaseUnusable, match=r"127\.0\.0\.1") as refused:
        migrate()
    assert "hunter2" not in str(refused.value)
