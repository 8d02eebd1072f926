"""What Open311's parameters say, each looked at before anything is done."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from patrol.bridges import rules
from patrol.bridges.operations.filing import Request
from patrol.bridges.operations.requests import Asked
from patrol.errors import Invalid, NotFound
from patrol.http.caller import now
from patrol.http.parsing import storable
from patrol.http.problems import language
from patrol.places.models import City
from patrol.places.operations.cities import city_named

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
READ = ("jurisdiction_id", "service_request_id", "service_code", "start_date", "end_date", "status", "api_key")
SEEN_AT = "attribute[seen_at]"
TAKEN = ("jurisdiction_id", "api_key", "service_code", "lat", "long", "description", "client_id", SEEN_AT)
NOT_KEPT = (
    "address_string", "address_id", "email", "device_id", "account_id", "first_name", "last_name", "phone", "media_url",
)  # fmt: skip
"""Parameters of the standard that are taken and forgotten; the answer says which came."""


class Unusable(Invalid):
    """A parameter is missing or cannot be used. Facts: `name` and `wanted`, what would do, in each language."""

    words = {"ko": "{name}: {ko}", "en": "{name}: {en}"}

    def __init__(self, name: str, ko: str, en: str) -> None:
        """Name the parameter and what would do."""
        super().__init__(f"/{name}", name=name, ko=ko, en=en)


class NoSuchJurisdiction(NotFound):
    """No city has this slug."""

    words = {"ko": "jurisdiction_id '{slug}'은(는) 없습니다.", "en": "There is no jurisdiction_id {slug!r}."}


def request_of(given: Mapping[str, str]) -> Request:
    """The request in a form. Raises Unusable."""
    code = given.get("service_code", "")
    if not code:
        raise Unusable("service_code", "꼭 필요합니다.", "is required")
    missing = [name for name in ("lat", "long") if not given.get(name)]
    if missing:
        raise Unusable(
            ", ".join(missing), "꼭 필요합니다. 주소는 찾지 못합니다.", "required, as addresses cannot be looked up"
        )
    description = given.get("description", "").strip()
    if len(description) > rules.MOST_DESCRIPTION:
        most = rules.MOST_DESCRIPTION
        raise Unusable("description", f"{most}자까지입니다.", f"has at most {most} characters")
    client_id = given.get("client_id", "")
    if len(client_id) > 200:
        raise Unusable("client_id", "200자까지입니다.", "has at most 200 characters")
    return Request(
        service_code=code,
        description=description,
        lat=_degrees(given, "lat", 90.0),
        lon=_degrees(given, "long", 180.0),
        seen_at=_moment(given, SEEN_AT),
        client_id=client_id,
    )


def notice_of(given: Mapping[str, str]) -> str | None:
    """Which parameters came that are not kept."""
    lost = [name for name in NOT_KEPT if given.get(name)]
    if not lost:
        return None
    return in_word(f"저장하지 않은 값: {', '.join(lost)}", f"Not kept: {', '.join(lost)}")


def asked_of(given: Mapping[str, str]) -> Asked:
    """Which requests are asked for. Raises Unusable."""
    start, end = rules.span(_moment(given, "start_date"), _moment(given, "end_date"), now=now())
    ids = ids_of(given["service_request_id"]) if given.get("service_request_id") else None
    if ids is None and end < start:
        raise Unusable("end_date", "start_date보다 앞입니다.", "lies before start_date")
    if ids is None and end - start > rules.SPAN:
        raise Unusable("start_date", "90일까지 볼 수 있습니다.", "lies more than 90 days before end_date")
    codes, status = given.get("service_code"), given.get("status")
    statuses = _listed(status) if status else ("open", "closed")
    if set(statuses) - {"open", "closed"}:
        raise Unusable("status", "open 또는 closed여야 합니다.", "is open or closed")
    return Asked(start=start, end=end, ids=ids, codes=_listed(codes) if codes else None, status=frozenset(statuses))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def ids_of(text: str) -> tuple[UUID, ...]:
    """What is no id of ours is no request's."""
    found = _listed(text)
    if len(found) > rules.MOST_REQUESTS:
        most = rules.MOST_REQUESTS
        raise Unusable("service_request_id", f"{most}개까지입니다.", f"at most {most} ids")
    return tuple(
        UUID(part) for part in found if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", part)
    )


def _degrees(given: Mapping[str, str], name: str, most: float) -> float:
    text = given[name].strip()
    if not re.fullmatch(r"[-+]?\d{1,3}(\.\d{1,20})?", text, flags=re.ASCII) or abs(float(text)) > most:
        raise Unusable(
            name, f"-{most:g}에서 {most:g} 사이의 도(WGS 84)여야 합니다.", f"is degrees, -{most:g} to {most:g}"
        )
    return float(text)


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    text = given.get(name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))  # a + that nobody escaped has become a space
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1901 < found.year < 2199:
        raise Unusable(
            name,
            "시간대가 붙은 시각이어야 합니다. 예: 2026-11-06T19:30:00+09:00",
            "is a time with its offset, such as 2026-11-06T19:30:00+09:00",
        )
    return found.astimezone(UTC)


def city_of(given: Mapping[str, str]) -> City:
    """The city that is meant. Raises Unusable, NoSuchJurisdiction."""
    slug = given.get("jurisdiction_id")
    if slug:
        found: City | None = City.get_or_none(City.slug == slug)
        if found is None:
            raise NoSuchJurisdiction(slug=slug)
        return found
    if City.select().limit(2).count() != 1:
        raise Unusable("jurisdiction_id", "꼭 필요합니다.", "is required, as there are several cities")
    return city_named(None)


def only(given: Any, names: tuple[str, ...]) -> None:
    """Refuse what nobody would look at, what comes twice, and text that no database holds."""
    for name, values in given.lists():
        if name not in names:
            shown = name if storable(name) else "?"
            raise Unusable(
                shown,
                f"알 수 없는 항목입니다. 쓸 수 있는 항목: {', '.join(names)}",
                f"is unknown; there are {', '.join(names)}",
            )
        if len(values) > 1:
            raise Unusable(name, "한 번만 쓸 수 있습니다.", "is given more than once")
        if not storable(values[0]):
            raise Unusable(name, "글자로 쓸 수 없는 문자가 있습니다.", "holds a character that no text may")


def in_word(ko: str, en: str) -> str:
    """One of two texts, by the caller's language."""
    return ko if language() == "ko" else en
