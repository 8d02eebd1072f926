"""Who gets a sighting and why: each step is considered in turn, and why it was passed over is kept."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from config.policy import Destination

BECAUSE = {
    "duty": {"ko": "이 일을 맡은 담당자입니다.", "en": "They are charged with this kind."},
    "holders": {
        "ko": "지금 당직이 없어 이 임무를 맡은 모두에게 보냈습니다.",
        "en": "Nobody is on call, so all who hold the duty answer.",
    },
    "station_officers": {
        "ko": "맡은 사람이 없어 경찰서 당직에게 보냈습니다.",
        "en": "Nobody holds the duty, so station officers answer.",
    },
    "facility": {
        "ko": "시설의 관리자와 운영위원회(코디네이터)가 맡습니다.",
        "en": "The facility's owner and the committee (coordinators) answer.",
    },
    "by_hand": {"ko": "담당자가 직접 보냈습니다.", "en": "Somebody who answers passed it on by hand."},
    "jurisdiction": {"ko": "관할 구역 안입니다.", "en": "The place lies in this box's jurisdiction."},
    "nearest_on_foot": {"ko": "걸어서 가장 가까운 지구대입니다.", "en": "This box is the nearest on foot."},
    "nearest": {"ko": "가장 가까운 지구대입니다.", "en": "This box is the nearest."},
    "nobody_on_duty": {
        "ko": "맡은 담당자가 없어 지구대로 보냈습니다.",
        "en": "Nobody holds the duty, so the box answers.",
    },
    "no_officer_at_box": {
        "ko": "지구대에 담당자가 없어 도시 전체 담당 경찰관에게 보냈습니다.",
        "en": "The box has no officer here, so officers of the whole city answer.",
    },
    "kind": {"ko": "코디네이터가 맡는 종류입니다.", "en": "Coordinators answer this kind."},
    "outside_city": {"ko": "도시 밖의 위치입니다.", "en": "The place lies outside the city."},
    "no_boxes": {"ko": "이 도시에는 지구대가 없습니다.", "en": "The city has no police boxes."},
    "no_officer": {"ko": "담당 경찰관이 없습니다.", "en": "No officer is there to answer."},
    "no_coordinator": {
        "ko": "코디네이터가 없어 관리자에게 보냈습니다.",
        "en": "No coordinator is there, so admins answer.",
    },
    "nobody": {
        "ko": "아직 받을 사람이 없습니다. 생기는 대로 보냅니다.",
        "en": "Nobody is there to answer yet; it is sent as soon as somebody is.",
    },
}
"""Why a sighting went where it went."""
PASSED = {
    "nobody_on_call": {"ko": "지금 당직이 없습니다.", "en": "nobody is on call for the duty now"},
    "no_holder": {"ko": "이 임무를 맡은 사람이 없습니다.", "en": "nobody holds the duty"},
    "no_station_officer": {"ko": "경찰서 당직이 없습니다.", "en": "there is no station officer"},
    "no_facility": {"ko": "가까이에 등록된 시설이 없습니다.", "en": "no facility is registered near the place"},
    "no_owner": {
        "ko": "시설 관리자의 계정이 없습니다. 코디네이터가 시설의 전자우편으로 전해 주세요.",
        "en": "the facility's owner has no account here; coordinators pass it on to the facility's e-mail address",
    },
    "outside_city": {"ko": "도시 밖의 위치입니다.", "en": "the place lies outside the city"},
    "no_boxes": {"ko": "이 도시에는 지구대가 없습니다.", "en": "the city has no police boxes"},
    "no_officer_at_box": {"ko": "지구대에 담당자가 없습니다.", "en": "the box has no officer here"},
    "no_officer": {"ko": "도시 전체 담당 경찰관이 없습니다.", "en": "no officer of the whole city is there"},
    "no_coordinator": {"ko": "코디네이터가 없습니다.", "en": "no coordinator is there"},
    "no_admin": {"ko": "관리자가 없습니다.", "en": "no admin is there"},
}
"""Why a step on a sighting's way was passed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """Who could answer in a city. `because` says how the responsible box was found; `no_boxes` means there is none.

    `duty` are on call for the kind's duty, `holders` all who hold it; `facility`: whether one is near, `owners` whose.
    """

    because: str
    duty: Collection[UUID] = ()
    holders: Collection[UUID] = ()
    station_officers: Collection[UUID] = ()
    facility: bool = False
    owners: Collection[UUID] = ()
    box_officers: Collection[UUID] = ()
    city_officers: Collection[UUID] = ()
    coordinators: Collection[UUID] = ()
    admins: Collection[UUID] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """Where a sighting goes: one of ROUTES, a key of BECAUSE, and the people.

    `passed`: what was considered before, as (one of ROUTES, key of PASSED).
    """

    to: str
    because: str
    people: tuple[UUID, ...]
    passed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    to: str
    because: str
    people: Collection[UUID]
    without: str


def route(goes_to: Destination, contacts: Contacts, *, outside: bool, restricted: bool = False) -> Route:
    """The first who are there to answer; with nobody at all, whoever comes: admins, or who is charged with the kind.

    A restricted one stays among those who are charged with such.
    """
    passed: list[tuple[str, str]] = []
    turns = _charged(contacts) if restricted else _in_turn(goes_to, contacts, outside=outside)
    for step in turns:
        if step.people:
            return Route(step.to, step.because, tuple(sorted(set(step.people))), tuple(passed))
        passed.append((step.to, step.without))
    return Route("duty" if restricted else "admins", "nobody", (), tuple(passed))


def _charged(contacts: Contacts) -> Iterator[_Step]:
    yield _Step("duty", "duty", contacts.duty, "nobody_on_call")
    yield _Step("holders", "holders", contacts.holders, "no_holder")
    yield _Step("holders", "station_officers", contacts.station_officers, "no_station_officer")


def _in_turn(goes_to: Destination, contacts: Contacts, *, outside: bool) -> Iterator[_Step]:
    if goes_to == "duty":
        yield _Step("duty", "duty", contacts.duty, "nobody_on_call")
    if goes_to == "facility":
        owners = {*contacts.owners, *contacts.coordinators} if contacts.owners else ()
        yield _Step("facility", "facility", owners, "no_owner" if contacts.facility else "no_facility")
    no_box = outside or contacts.because == "no_boxes"
    if goes_to in ("box", "duty"):
        without = "outside_city" if outside else "no_boxes" if no_box else "no_officer_at_box"
        found = "nobody_on_duty" if goes_to == "duty" else contacts.because
        yield _Step("box", found, () if no_box else contacts.box_officers, without)
        if not no_box:
            yield _Step("box", "no_officer_at_box", contacts.city_officers, "no_officer")
    if goes_to in ("coordinators", "facility"):
        because = "kind"
    elif outside:
        because = "outside_city"
    else:
        because = "no_boxes" if no_box else "no_officer"
    yield _Step("coordinators", because, contacts.coordinators, "no_coordinator")
    yield _Step("admins", "no_coordinator", contacts.admins, "no_admin")


def explained(why: dict[str, Any]) -> dict[str, Any]:
    """Where a sighting went and why, in words: what was considered before, and the numbers that it was left to."""
    return {
        "because": why["because"],
        "distance_m": why["distance_m"],
        "text": BECAUSE[why["because"]],
        "passed": [{"to": to, "because": because, "text": PASSED[because]} for to, because in why.get("passed", ())],
        "referred_to": why.get("referred_to", []),
    }
