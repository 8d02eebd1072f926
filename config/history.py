"""Tables of history: what is written stands. The database itself refuses every other change, whoever asks for it.

A line goes with the thing that it tells of, and not before. Two changes remain, as the law asks for them: whom a line
names may be forgotten, and of its words all may be taken out, or parts of them give way to "…".
"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from config.database import database, is_sqlite


class History:
    """Beside Record, a base of such a table.

    `part_of`: the key to what a line tells of. `forgets`: columns that may become null; `shortens`: texts that may
    lose words.
    """

    part_of: ClassVar[str]
    forgets: ClassVar[Sequence[str]] = ()
    shortens: ClassVar[Sequence[str]] = ()

    @classmethod
    def create_table(cls, safe: bool = True, **options: Any) -> None:  # noqa: FBT001, FBT002 - as peewee has it
        """Make the table with its triggers."""
        super().create_table(safe, **options)  # type: ignore[misc]  # Record's
        for statement in guards(cls):
            database.execute_sql(statement)


def guards(model: type[History]) -> Iterator[str]:
    """The statements that make a table's triggers in the connected database."""
    record: Any = model
    meta = record._meta  # noqa: SLF001 - peewee's own way to ask
    table, key = meta.table_name, meta.fields[model.part_of]
    whole, column = key.rel_model._meta.table_name, key.column_name  # noqa: SLF001 - as above
    stands = f'EXISTS (SELECT 1 FROM "{whole}" WHERE id = OLD."{column}")'  # noqa: S608 - our own names
    if is_sqlite():
        yield from _sqlite(table, list(meta.columns), model, stands)
    else:
        yield from _postgresql(table, model, stands)


def _sqlite(table: str, columns: Sequence[str], model: type[History], stands: str) -> Iterator[str]:
    kept = [f'NEW."{name}" IS OLD."{name}"' for name in columns if name not in (*model.forgets, *model.shortens)]
    kept += [f'(NEW."{name}" IS OLD."{name}" OR NEW."{name}" IS NULL)' for name in model.forgets]
    for name in model.shortens:
        literal = f"""replace(replace(replace(NEW."{name}", '[', '[[]'), '*', '[*]'), '?', '[?]')"""
        kept.append(f"""(NEW."{name}" = '' OR OLD."{name}" GLOB replace({literal}, '…', '*'))""")
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is history'); END"
    yield f'CREATE TRIGGER "{table}_stands" BEFORE UPDATE ON "{table}" WHEN NOT ({" AND ".join(kept)}) {refuse}'
    yield f'CREATE TRIGGER "{table}_stays" BEFORE DELETE ON "{table}" WHEN {stands} {refuse}'


def _postgresql(table: str, model: type[History], stands: str) -> Iterator[str]:
    """Each % stands twice: by itself it would be the driver's."""
    loose = ", ".join(f"'{name}'" for name in (*model.forgets, *model.shortens))
    kept = [f"to_jsonb(NEW) - ARRAY[{loose}]::text[] = to_jsonb(OLD) - ARRAY[{loose}]::text[]"]
    kept += [f'(NEW."{name}" IS NOT DISTINCT FROM OLD."{name}" OR NEW."{name}" IS NULL)' for name in model.forgets]
    for name in model.shortens:
        literal = rf"""replace(replace(replace(NEW."{name}", '\', '\\'), '%%', '\%%'), '_', '\_')"""
        kept.append(f"""(NEW."{name}" = '' OR OLD."{name}" LIKE replace({literal}, '…', '%%'))""")
    yield (
        f'CREATE FUNCTION "{table}_stands"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        f"IF TG_OP = 'UPDATE' AND {' AND '.join(kept)} THEN RETURN NEW; END IF; "
        f"IF TG_OP = 'DELETE' AND NOT {stands} THEN RETURN OLD; END IF; "
        f"RAISE EXCEPTION '{table} is history' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    yield (
        f'CREATE TRIGGER "{table}_stands" BEFORE UPDATE OR DELETE ON "{table}" '
        f'FOR EACH ROW EXECUTE FUNCTION "{table}_stands"()'
    )
    yield (
        f'CREATE TRIGGER "{table}_stays" BEFORE TRUNCATE ON "{table}" '
        f'FOR EACH STATEMENT EXECUTE FUNCTION "{table}_stands"()'
    )
