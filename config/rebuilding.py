"""Making tables anew with all that they hold, for what neither database changes in place alike, such as a CHECK.

Migration scripts of all times call it: what it does stays as it is, and the tests of every script hold it to that.
"""

from collections.abc import Mapping, Sequence

import peewee

from config.database import Record


def rebuild(
    db: peewee.Database,
    before: Sequence[type[Record]],
    after: Sequence[type[Record]],
    *,
    filled: Mapping[tuple[str, str], str] | None = None,
) -> None:
    """Make the tables `after` in place of `before`, model by model the same, and copy what both can hold.

    `filled`: (table, column) → SQL of what a row gets in a column that it did not have; the row itself is `old`.
    The models are bound to `db`; foreign keys that refer to the tables from elsewhere must not stand in the way.
    """
    names = [str(model._meta.table_name) for model in before]  # noqa: SLF001 - peewee's own way to ask
    for name in names:
        db.execute_sql(f"CREATE TABLE {name}_old AS SELECT * FROM {name}")  # noqa: S608 - a script's own names
    db.drop_tables(list(before))
    db.create_tables(list(after), safe=False)
    for name, old, new in zip(names, before, after, strict=True):
        values = _values(name, old, new, filled or {})
        columns = ", ".join(f'"{column}"' for column in values)
        taken = ", ".join(values.values())
        db.execute_sql(f"INSERT INTO {name} ({columns}) SELECT {taken} FROM {name}_old old")  # noqa: S608 - as above
    for name in names:
        db.execute_sql(f"DROP TABLE {name}_old")


def rewrite(
    db: peewee.Database, table: str, changes: Mapping[str, str], *, filled: Mapping[str, str] | None = None
) -> None:
    """SQLite: make a table anew from its own text with these changes, so that all else of it stays as it is.

    `filled`: column → SQL of what a row gets in a column that it did not have. Raises ValueError where the text lacks
    something that is to change.
    """
    text = db.execute_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()[0]
    made = "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
    indexes = db.execute_sql(made, (table,)).fetchall()
    before = [column.name for column in db.get_columns(table)]
    for old, new in changes.items():
        if old not in text:
            raise ValueError(f"the table {table} has no {old}")
        text = text.replace(old, new)
    db.execute_sql(text.replace(f'CREATE TABLE "{table}"', f'CREATE TABLE "{table}_anew"'))
    after = [column.name for column in db.get_columns(f"{table}_anew")]
    values = [name if name in before else (filled or {})[name] for name in after]
    copied = f"INSERT INTO {table}_anew ({', '.join(after)}) SELECT {', '.join(values)} FROM {table}"  # noqa: S608 - a script's own names
    db.execute_sql(copied)
    db.execute_sql(f"DROP TABLE {table}")
    db.execute_sql(f"ALTER TABLE {table}_anew RENAME TO {table}")
    for (index,) in indexes:
        db.execute_sql(index)


def _values(name: str, old: type[Record], new: type[Record], filled: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Column of the new table → where its value comes from, for those that have one."""
    kept = old._meta.columns  # noqa: SLF001 - peewee's own way to ask
    return {
        column: f'old."{column}"' if column in kept else filled[name, column]
        for column in new._meta.columns  # noqa: SLF001 - as above
        if column in kept or (name, column) in filled
    }
