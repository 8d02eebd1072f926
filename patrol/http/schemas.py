"""Fields that schemas on the wire share. Schemas refuse unknown fields: a slip of the pen must not be lost silently."""

from datetime import UTC, datetime
from typing import Any

import marshmallow as ma


class Schema(ma.Schema):
    """Base of every schema of ours."""

    class Meta:
        unknown = ma.RAISE


class Moment(ma.fields.AwareDateTime):
    """An instant: RFC 3339 with offset. A time without one is refused; what goes out is UTC."""

    def __init__(self, **kwargs: Any) -> None:
        """ISO format, aware."""
        super().__init__(format="iso", default_timezone=None, **kwargs)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return super()._serialize(value.astimezone(UTC) if value else value, attr, obj, **kwargs)


class Text(ma.fields.String):
    """A line or more of text: trimmed, bounded, never NUL (PostgreSQL cannot hold it)."""

    def __init__(self, *, most: int, least: int = 0, **kwargs: Any) -> None:
        """Between `least` and `most` characters after trimming."""
        super().__init__(validate=ma.validate.Length(least, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if "\x00" in text:
            raise ma.ValidationError("Holds a NUL character.")
        return text


class Lon(ma.fields.Float):
    """Degrees east, WGS 84."""

    def __init__(self, **kwargs: Any) -> None:
        """-180 to 180."""
        super().__init__(validate=ma.validate.Range(-180, 180), **kwargs)


class Lat(ma.fields.Float):
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
