"""Lists in pages by keyset: {"items": […], "next": cursor or null}. No totals, no offsets."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import marshmallow as ma
import peewee

from patrol.errors import Invalid

LIMIT, MOST = 50, 200


class BadCursor(Invalid):
    """The cursor is not one that this list gave out."""

    words = {"ko": "이 목록의 cursor가 아닙니다.", "en": "Not a cursor that this list gave out."}


class PageQuery(ma.Schema):
    """What every list takes."""

    cursor = ma.fields.String(load_default=None, metadata={"description": "`next` of the page before."})
    limit = ma.fields.Integer(
        strict=False, load_default=LIMIT, validate=ma.validate.Range(1, MOST), metadata={"description": f"1 to {MOST}."}
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


def page(
    query: Any,
    *,
    by: Sequence[tuple[Any, bool]],
    cursor: str | None,
    limit: int,
) -> dict[str, Any]:
    """One page of `query` in the order `by`: (field, descending) pairs, the last of them unique.

    Raises BadCursor.
    """
    if cursor:
        query = query.where(_after(by, _open(cursor, [field for field, _ in by])))
    rows = list(query.order_by(*(field.desc() if down else field.asc() for field, down in by)).limit(limit + 1))
    more = len(rows) > limit
    rows = rows[:limit]
    return {"items": rows, "next": _seal([getattr(rows[-1], field.name) for field, _ in by]) if more else None}


def _after(by: Sequence[tuple[Any, bool]], values: list[Any]) -> Any:
    """(a, b) after (x, y): a beyond x, or a = x and b beyond y; each in its own direction."""
    clause: Any = None
    for (field, down), value in reversed(list(zip(by, values, strict=True))):
        beyond = field < value if down else field > value
        clause = beyond if clause is None else beyond | ((field == value) & clause)
    return clause


def _seal(values: list[Any]) -> str:
    plain = [
        value.isoformat() if isinstance(value, datetime) else value if isinstance(value, int | float) else str(value)
        for value in values
    ]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _open(cursor: str, fields: list[peewee.Field]) -> list[Any]:
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_typed(field, value) for field, value in zip(fields, plain, strict=True)]
    except (ValueError, TypeError):
        raise BadCursor("/cursor") from None


def _typed(field: peewee.Field, value: Any) -> Any:
    if isinstance(field, peewee.DateTimeField):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    if isinstance(field, peewee.DateField):
        return datetime.fromisoformat(value).date()
    return field.python_value(value)
