"""What a sensitive read is for: stated by whoever asks, by query parameter or header, and logged."""

from datetime import timedelta
from uuid import UUID

from flask import g, request

from patrol.errors import Invalid
from patrol.http.caller import caller, now
from patrol.people.operations.audit import note_read
from patrol.people.rules import PURPOSES

HEADER = "X-Purpose"


class PurposeNeeded(Invalid):
    """A read of somebody's identity or place states what it is for. Facts: `known`."""

    words = {
        "ko": "열람 목적을 밝혀 주세요 (purpose 또는 X-Purpose): {known}",
        "en": "State what this is read for, by `purpose` or X-Purpose, one of: {known}.",
    }

    def __init__(self) -> None:
        """Names the purposes there are."""
        super().__init__("/query/purpose", known=", ".join(PURPOSES))


class UnknownPurpose(Invalid):
    """The header names none of the purposes. Facts: `known`."""

    words = {
        "ko": "X-Purpose에 쓸 수 없는 목적입니다. 쓸 수 있는 목적: {known}",
        "en": "X-Purpose names no purpose; there are: {known}.",
    }

    def __init__(self) -> None:
        """Names the purposes there are."""
        super().__init__(f"/headers/{HEADER}", known=", ".join(PURPOSES))


def purpose_of(asked: str | None, *, inherent: str | None = None) -> str:
    """The purpose that the query or the header states; else the one that is `inherent` in what is read.

    Raises PurposeNeeded, UnknownPurpose.
    """
    header = request.headers.get(HEADER)
    if header is not None and header not in PURPOSES:
        raise UnknownPurpose
    found = asked or header or inherent
    if found is None:
        raise PurposeNeeded
    return found


def note(subjects: list[UUID], *, what: str, purpose: str, again_after: timedelta | None = None) -> None:
    """Log that the caller read this of these people; `again_after` as in note_read."""
    note_read(
        city=caller().city,
        reader=caller().person,
        subjects=subjects,
        what=what,
        purpose=purpose,
        request_id=g.request_id,
        again_after=again_after,
        now=now(),
    )
