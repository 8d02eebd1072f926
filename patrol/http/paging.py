"""Lists in pages by keyset: {"items": […], "next": cursor or null}. No totals, no offsets.

A cursor holds the order it belongs to and the last row's place in it. It is not signed: whatever a forged one says, the
list's own filter stands beside it, so it can only move within what its caller may see anyway.
"""

import base64
import json
import math
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import marshmallow as ma
import peewee

from patrol.errors import Invalid
from patrol.http.parsing import storable

LIMIT, MOST = 50, 200
LONGEST_CURSOR = 2000
INTEGER, BIGINT = 2**31, 2**63

Order = Sequence[tuple[peewee.Field, bool]]
"""(field, descending) pairs: none of the fields nullable, the last of them unique."""


class BadCursor(Invalid):
    """The cursor is not one that this list gave out."""

    words = {"ko": "이 목록의 cursor가 아닙니다.", "en": "Not a cursor that this list gave out."}


class PageQuery(ma.Schema):
    """What every list takes."""

    cursor = ma.fields.String(
        load_default=None,
        validate=ma.validate.Length(max=LONGEST_CURSOR),
        metadata={"description": "`next` of the page before."},
    )
    limit = ma.fields.Integer(
        load_default=LIMIT, validate=ma.validate.Range(1, MOST), metadata={"description": f"1 to {MOST}."}
    )


def page_of(item: type[ma.Schema]) -> ma.Schema:
    """Schema of a page of `item`."""
    return ma.Schema.from_dict(
        {
            "items": ma.fields.List(ma.fields.Nested(item), required=True),
            "next": ma.fields.String(allow_none=True, required=True),
        },
        name=f"{item.__name__}Page",
    )()


def page(query: Any, *, by: Order, cursor: str | None, limit: int) -> dict[str, Any]:
    """One page of `query` in the order `by`. Raises BadCursor."""
    if cursor:
        query = query.where(_after(by, _open(cursor, by)))
    rows = list(query.order_by(*(field.desc() if down else field.asc() for field, down in by)).limit(limit + 1))
    more = len(rows) > limit
    rows = rows[:limit]
    return {"items": rows, "next": _seal(rows[-1], by) if more else None}


def page_among(
    rows: Iterable[Any], *, by: str, place: Callable[[Any], tuple[str, ...]], cursor: str | None, limit: int
) -> dict[str, Any]:
    """The same of rows that no query can put in order: what their order goes by is worked out.

    `place` is a row's place in it, no two alike; `by` names the order, as `_name_of` does. Raises BadCursor.
    """
    ordered = sorted((place(row), number, row) for number, row in enumerate(rows))
    if cursor:
        last = _opened(cursor, by)
        ordered = [each for each in ordered if each[0] > last]
    found = ordered[:limit]
    more = len(ordered) > limit
    return {"items": [row for *_, row in found], "next": _sealed([by, *found[-1][0]]) if more else None}


def _after(by: Order, values: list[Any]) -> Any:
    """(a, b) after (x, y): a beyond x, or a = x and b beyond y; each in its own direction."""
    clause: Any = None
    for (field, down), value in reversed(list(zip(by, values, strict=True))):
        beyond = field < value if down else field > value
        clause = beyond if clause is None else beyond | ((field == value) & clause)
    return clause


def _seal(row: Any, by: Order) -> str:
    plain = [_name_of(by), *(_plain(_value(row, field)) for field, _ in by)]
    return _sealed(plain)


def _sealed(plain: Sequence[str | int | float]) -> str:
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _value(row: Any, field: peewee.Field) -> Any:
    """A field of a row, or of what it belongs to: of a walk its own id, and its shift's evening."""
    held_by = row if hasattr(row, field.name) else getattr(row, field.model._meta.name)  # noqa: SLF001 - as below
    return getattr(held_by, field.name)


def _opened(cursor: str, by: str) -> tuple[str, ...]:
    try:
        name, *texts = _unsealed(cursor)
        _kind(name, str, fits=by.__eq__)
        return tuple(_kind(text, str, fits=storable) for text in texts)
    except (ValueError, TypeError, RecursionError):
        raise BadCursor("/query/cursor") from None


def _unsealed(cursor: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))


def _open(cursor: str, by: Order) -> list[Any]:
    try:
        name, *plain = _unsealed(cursor)
        _kind(name, str, fits=_name_of(by).__eq__)
        return [_typed(field, value) for (field, _), value in zip(by, plain, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise BadCursor("/query/cursor") from None


def _name_of(by: Order) -> str:
    """The order in words, so that another list's cursor is not taken for one's own: `-block.weight,block.id`."""
    return ",".join(f"{'-' * down}{field.model._meta.table_name}.{field.name}" for field, down in by)  # noqa: SLF001 - peewee's public attribute has this name


def _plain(value: Any) -> str | int | float:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, int | float) else str(value)


def _typed(field: peewee.Field, value: Any) -> Any:
    """What a cursor says of one field, as that field's type. Raises ValueError, TypeError, OverflowError."""
    if isinstance(field, peewee.DateTimeField):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment.astimezone(UTC)
    if isinstance(field, peewee.DateField):
        return date.fromisoformat(value)
    if isinstance(field, peewee.UUIDField):
        return UUID(str(value))
    if isinstance(field, peewee.IntegerField):
        most = BIGINT if isinstance(field, peewee.BigIntegerField | peewee.BigAutoField) else INTEGER
        return _kind(value, int, fits=lambda number: -most <= number < most)
    if isinstance(field, peewee.FloatField | peewee.DoubleField):
        return _kind(value, int | float, fits=math.isfinite)
    return _kind(value, str, fits=storable)


def _kind(value: Any, kind: Any, *, fits: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, kind) or not fits(value):
        raise ValueError(value)
    return value
