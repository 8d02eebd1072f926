"""How requests are read: strict JSON, no value that the database could not hold, no parameter that nobody knows."""

import json
import math
from collections.abc import Iterator
from typing import Any, Never

import marshmallow as ma
from flask import Request
from webargs import missing
from webargs.core import is_json
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

NOT_TEXT = "Holds a character that no text may: NUL or half of a surrogate pair."
TWICE = "Given more than once."
NOT_FINITE = "Special numeric values (nan or infinity) are not permitted."


class Parser(FlaskParser):
    """webargs, with what it lets pass refused: unknown query parameters, NaN, NUL, another media type."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": ma.RAISE}

    def load_querystring(self, req: Request, schema: Any) -> Any:
        """The parameters. Raises ValidationError for one that comes twice where one value is wanted.

        Which of the two counts is nobody's to guess: a proxy that looks at requests may have taken the other.
        """
        found = super().load_querystring(req, schema)
        twice = [name for name, values in req.args.lists() if len(values) > 1 and name not in found.multiple_keys]
        if twice:
            raise ma.ValidationError({name: [TWICE] for name in twice})
        return found

    def load_json(self, req: Request, schema: Any) -> Any:
        """The body. Raises ValidationError for values nested in it that no field would look at."""
        content = super().load_json(req, schema)
        if content is not missing:
            refuse_unstorable(content)
        return content

    def _raw_load_json(self, req: Request) -> Any:
        """Parsed body, or missing where there is none; JSONDecodeError is turned into a 400 by webargs."""
        body = req.get_data(cache=True)
        if not body:
            return missing
        if not is_json(req.mimetype):
            raise UnsupportedMediaType("Send application/json.")
        try:
            return json.loads(body, parse_constant=_no_constant, object_pairs_hook=_once)
        except json.JSONDecodeError:
            raise
        except (ValueError, RecursionError) as error:  # not UTF-8, a number of 5,000 digits, brackets 10,000 deep
            raise json.JSONDecodeError(str(error), "body", 0) from None


def refuse_unstorable(content: Any) -> None:
    """Raise ValidationError, naming each place, where JSON holds text or numbers that a database cannot."""
    found: dict[str | int, Any] = {}
    for path, problem in _unstorable(content, ()):
        at: dict[str | int, Any] = found
        for step in path[:-1]:
            at = at.setdefault(step, {})
        at[path[-1] if path else "_schema"] = [problem]
    if found:
        raise ma.ValidationError(found)


def storable(text: str) -> bool:
    """Whether a database can hold `text`."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _unstorable(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        if not storable(value):
            yield path, NOT_TEXT
    elif isinstance(value, float):
        if not math.isfinite(value):  # 1e999
            yield path, NOT_FINITE
    elif isinstance(value, dict):
        for key, inner in value.items():
            if storable(key):
                yield from _unstorable(inner, (*path, key))
            else:
                yield path, NOT_TEXT
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _unstorable(inner, (*path, i))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object's members. Raises ValueError for a name that comes twice, as readers differ on which counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name comes twice in one object")
    return found


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")
