"""What a table holds of one person, in a form that a file can hold: every room gives its part of it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One table's share: its name, what people call it in each language, and the person's rows as plain values.

    `files`: what no row can hold, by the name that a row's `file` gives it; read when it is its turn, None: gone since.
    """

    table: str
    title: dict[str, str]
    rows: list[Row]
    files: Mapping[str, Callable[[], bytes | None]] = field(default_factory=dict)


def part(query: Any, *, ko: str, en: str, without: Collection[str] = ()) -> Part:
    """The rows of a query over one table, without some of its fields: digests and secrets are nobody's to read."""
    left_out = {"city", "digest", *without}
    rows = [{name: plain(value) for name, value in row.items() if name not in left_out} for row in query.dicts()]
    return Part(query.model._meta.table_name, {"ko": ko, "en": en}, rows)  # noqa: SLF001 - peewee's own way to ask


def plain(value: Any) -> Any:
    """A column's value as JSON has it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
