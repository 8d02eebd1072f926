"""What is wrong with a file, and where: a JSON pointer or a line, and a plain sentence."""

import re
from typing import TypeVar

import msgspec

Record = TypeVar("Record")

_ISSUE = re.compile(r"(?P<what>.*?)(?: - at `(?:key in )?\$(?P<path>.*)`)?", flags=re.DOTALL)
_KINDS = {
    "array": "a list",
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "null": "null",
    "object": "an object",
    "str": "a text",
}
_LIMITS = {">=": "from", ">": "above", "<=": "up to", "<": "below"}


class FileError(ValueError):
    """A file that cannot be used: `where` (a JSON pointer, or "line 7") and `what` is wrong there."""

    def __init__(self, where: str, what: str) -> None:
        """Keep both parts, so that a caller can mark the place."""
        super().__init__(f"{where or '/'}: {what}")
        self.where = where
        self.what = what

    def __reduce__(self) -> tuple[type["FileError"], tuple[str, str]]:
        """Survive the way back from another process."""
        return type(self), (self.where, self.what)


def decoded(content: bytes, kind: type[Record]) -> Record:
    """The JSON as this record. Raises FileError naming the place that does not fit."""
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as error:
        raise _at_pointer(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FileError("", f"is not JSON ({error})") from error


def known(number: dict[str, int], name: str, where: str) -> int:
    """The number of what has this id. Raises FileError at `where` when nothing has."""
    if name not in number:
        raise FileError(where, f"nothing in the problem has the id {name!r}")
    return number[name]


def _at_pointer(message: str) -> FileError:
    """The decoder's message, whose path reads like `$.teams[3].budget_s`, as a pointer and a plain sentence."""
    found = _ISSUE.fullmatch(message)
    path, what = (found["path"] or "", found["what"]) if found else ("", message)
    where = "".join(f"/{step}" for step in re.findall(r"[^.\[\]]+", path))
    field = re.search(r"(required|unknown) field `(.*)`", what)
    if field:
        return FileError(f"{where}/{field[2]}", "is missing" if field[1] == "required" else "is not of this format")
    return FileError(where, _sentence(what))


def _sentence(what: str) -> str:
    """What is expected, in plain words."""
    limit = re.fullmatch(r"Expected `(float|int)` (>=|>|<=|<) (\S+?)(?:\.0)?", what)
    if limit:
        return f"must be {_KINDS[limit[1]]} {_LIMITS[limit[2]]} {limit[3]}"
    size = re.fullmatch(r"Expected `array` of length (>= )?(\S+)(?:, got .*)?", what)
    if size:
        return f"must be a list of {size[2]}{' or more' if size[1] else ''}"
    text = re.fullmatch(r"Expected `str` of length >= 1", what)
    if text:
        return "must be a text, and not an empty one"
    kinds = re.fullmatch(r"Expected `(.*)`, got `(.*)`", what)
    if kinds:
        wanted = " or ".join(_KINDS.get(kind, kind) for kind in kinds[1].split(" | "))
        return f"must be {wanted}, is {_KINDS.get(kinds[2], kinds[2])}"
    value = re.fullmatch(r"Invalid (?:enum )?value (.*)", what)
    if value:
        return f"{value[1]} is none of the known ones"
    return f"is not usable ({what[:1].lower()}{what[1:]})"
