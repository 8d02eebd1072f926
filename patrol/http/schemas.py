"""Fields that schemas on the wire share. Schemas refuse unknown fields: a slip of the pen must not be lost silently."""

import re
from datetime import UTC, date, datetime
from typing import Any

import marshmallow as ma

from patrol.http.parsing import NOT_TEXT, storable

FIRST_YEAR, LAST_YEAR = 1900, 2200


class Schema(ma.Schema):
    """Base of every schema of ours."""

    class Meta:
        unknown = ma.RAISE


class Moment(ma.fields.AwareDateTime):
    """An instant: RFC 3339 with offset, between 1900 and 2200; without one it is refused. What goes out is UTC."""

    def __init__(self, **kwargs: Any) -> None:
        """ISO format, aware."""
        super().__init__(format="iso", default_timezone=None, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR < moment.year < LAST_YEAR:  # a year apart, as its offset may move it across New Year
            raise ma.ValidationError(f"Not a time between {FIRST_YEAR} and {LAST_YEAR}.")
        return moment.astimezone(UTC)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return super()._serialize(value.astimezone(UTC) if value else value, attr, obj, **kwargs)


class Day(ma.fields.Date):
    """A day that somebody names, between 1900 and 2200: midnight of it is an instant in every zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        day = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR < day.year < LAST_YEAR:
            raise ma.ValidationError(f"Not a day between {FIRST_YEAR} and {LAST_YEAR}.")
        return day


class Text(ma.fields.String):
    """A line or more of text: trimmed, bounded, never NUL (PostgreSQL cannot hold it)."""

    def __init__(self, *, most: int, least: int = 0, **kwargs: Any) -> None:
        """Between `least` and `most` characters after trimming."""
        super().__init__(validate=ma.validate.Length(least, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if not storable(text):
            raise ma.ValidationError(NOT_TEXT)
        return text


class Whole(ma.fields.Integer):
    """A whole number in a JSON body. 4.0 is one, as JSON Schema has it; 4.5, true and "4" are none."""

    def _validated(self, value: Any) -> int:
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if not whole or isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._validated(int(value))


class Degrees(ma.fields.Float):
    """A JSON number, or in a query its digits."""

    def _validated(self, value: Any) -> float:
        if isinstance(value, bool) or (isinstance(value, str) and not re.fullmatch(r"[-+]?[0-9.]+", value)):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Lon(Degrees):
    """Degrees east, WGS 84."""

    def __init__(self, **kwargs: Any) -> None:
        """-180 to 180."""
        super().__init__(validate=ma.validate.Range(-180, 180), **kwargs)


class Lat(Degrees):
    """Degrees north, WGS 84."""

    def __init__(self, **kwargs: Any) -> None:
        """-90 to 90."""
        super().__init__(validate=ma.validate.Range(-90, 90), **kwargs)


class ProblemField(ma.Schema):
    """Which value, and what is wrong with it."""

    pointer = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)


class Problem(ma.Schema):
    """RFC 9457."""

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    instance = ma.fields.String(required=True)
    errors = ma.fields.List(ma.fields.Nested(ProblemField))
