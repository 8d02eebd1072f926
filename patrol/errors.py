"""Errors are facts: a rule says no, with what it knows. Each class has its words; http/problems.py gives a status."""

from typing import Any, ClassVar


class DomainError(Exception):
    """Base. `facts` fill the words: `ShiftTaken(shift=…)`. The problem type is the class's name in kebab-case."""

    words: ClassVar[dict[str, str]] = {"ko": "처리할 수 없습니다.", "en": "This cannot be done."}

    def __init__(self, **facts: Any) -> None:
        """Keep the facts; the English words are the exception's text."""
        self.facts = facts
        super().__init__(self.say("en"))

    def say(self, language: str) -> str:
        """The sentence for a person, in `language` (ko or en)."""
        return self.words.get(language, self.words["en"]).format_map(self.facts)


class NotFound(DomainError):
    """There is no such thing, or none that the caller may know of."""

    words: ClassVar = {"ko": "찾을 수 없습니다.", "en": "There is no such thing here."}


class Conflict(DomainError):
    """The present state forbids it."""


class Forbidden(DomainError):
    """The caller may not."""

    words: ClassVar = {"ko": "권한이 없습니다.", "en": "You may not do this."}


class Stale(DomainError):
    """Somebody else changed it in between."""

    words: ClassVar = {
        "ko": "그 사이에 다른 사람이 바꾸었습니다. 다시 불러오세요.",
        "en": "Somebody changed this in between; fetch it again.",
    }


class Gone(DomainError):
    """It was there and is over."""


class TooMany(DomainError):
    """Too often. Facts: `retry_after_s`."""

    words: ClassVar = {
        "ko": "너무 잦은 시도입니다. {retry_after_s}초 뒤에 다시 해 주세요.",
        "en": "Too many attempts; try again in {retry_after_s} seconds.",
    }


class Invalid(DomainError):
    """A value cannot be used. `pointer` (JSON pointer) names the field; the words say what would do."""

    def __init__(self, pointer: str, **facts: Any) -> None:
        """As DomainError, with the field's place."""
        self.pointer = pointer
        super().__init__(**facts)


class InvalidRows(DomainError):
    """Rows of a file cannot be used; nothing was imported. `rows` is a list of (row or feature number, problem)."""

    words: ClassVar = {
        "ko": "{count}개 행에 문제가 있어 아무것도 가져오지 않았습니다.",
        "en": "{count} rows have problems; nothing was imported.",
    }

    def __init__(self, rows: list[tuple[int, str]]) -> None:
        """At most the first 100 rows are carried along."""
        self.rows = rows[:100]
        super().__init__(count=len(rows))
