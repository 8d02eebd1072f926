"""What scripts of all times rely on when they make a table anew; it stays as these say."""

import peewee
import pytest

from config.database import Record, connection, database, transaction
from config.rebuilding import rebuild, rewrite
from tests.support.databases import sqlite_only


class Before(Record):
    id = peewee.IntegerField(primary_key=True)
    name = peewee.TextField()
    gone = peewee.TextField(default="gone")

    class Meta:
        table_name = "kennel"


class After(Record):
    id = peewee.IntegerField(primary_key=True)
    name = peewee.TextField(index=True)
    dogs = peewee.IntegerField()
    note = peewee.TextField(null=True)

    class Meta:
        table_name = "kennel"
        constraints = (peewee.Check("dogs >= 0"),)


class InKennel(Record):
    kennel = peewee.ForeignKeyField(Before, primary_key=True, on_delete="CASCADE")

    class Meta:
        table_name = "in_kennel"


class InNewKennel(Record):
    kennel = peewee.ForeignKeyField(After, primary_key=True, on_delete="CASCADE")

    class Meta:
        table_name = "in_kennel"


@pytest.fixture
def kennels(database):
    with connection():
        Before.create_table()
        for number, name in enumerate(("north", "south")):
            Before.create(id=number, name=name)
        yield


def test_rows_keep_what_both_tables_hold_and_get_what_the_new_one_asks_for(kennels):
    with transaction():
        rebuild(database, [Before], [After], filled={("kennel", "dogs"): "LENGTH(old.name)"})
    assert [*After.select().order_by(After.id).tuples()] == [(0, "north", 5, None), (1, "south", 5, None)]
    assert [index.columns for index in database.get_indexes("kennel") if not index.unique] == [["name"]]
    with pytest.raises(peewee.IntegrityError), transaction():
        After.create(id=2, name="east", dogs=-1)
    assert "kennel_old" not in database.get_tables()


def test_tables_that_refer_to_each_other_are_made_anew_together(kennels):
    InKennel.create_table()
    InKennel.create(kennel=1)
    with transaction():
        rebuild(database, [Before, InKennel], [After, InNewKennel], filled={("kennel", "dogs"): "0"})
    assert [row.kennel.name for row in InNewKennel.select()] == ["south"]
    After.delete().execute()
    assert InNewKennel.select().count() == 0


@sqlite_only
def test_a_table_is_made_anew_from_its_own_text_with_its_indexes(kennels):
    database.execute_sql('CREATE INDEX "kennel_name" ON "kennel" ("name")')
    rewrite(
        database,
        "kennel",
        {'"gone" TEXT NOT NULL': '"gone" TEXT NOT NULL, "dogs" INTEGER NOT NULL CHECK (dogs > 0)'},
        filled={"dogs": "id + 1"},
    )
    assert database.execute_sql("SELECT id, name, gone, dogs FROM kennel ORDER BY id").fetchall() == [
        (0, "north", "gone", 1),
        (1, "south", "gone", 2),
    ]
    assert [index.name for index in database.get_indexes("kennel")] == ["kennel_name"]
    with pytest.raises(ValueError, match="the table kennel has no colour"):
        rewrite(database, "kennel", {"colour": "color"})
