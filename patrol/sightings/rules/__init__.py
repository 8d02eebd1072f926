"""Pure decisions about sightings: how they live, who gets one and why, and what their reporter is told."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from patrol.places.rules import METRES_A_DEGREE

Words = Mapping[str, str]

STATES = ("alerted", "acknowledged", "responding", "resolved", "reopened")
STATES_KO = {
    "alerted": "접수됨",
    "acknowledged": "확인됨",
    "responding": "처리 중",
    "resolved": "종결",
    "reopened": "다시 열림",
}
OUTCOMES = ("fixed", "closed_unfixed", "no_action", "duplicate")
ROUTES = ("box", "coordinators", "duty", "holders", "facility", "admins")
IN_PERSON = ("duty", "holders", "facility")
"""Where a sighting goes to people by name, not to whoever serves at a place."""
WAYS = ("box", "facility", "duty", "coordinators")
"""Where it may be sent by hand."""
ACTIONS = (
    "report",
    "acknowledge",
    "respond",
    "resolve",
    "reopen",
    "route",
    "link",
    "split",
    "hand_over",
    "hand_back",
    "share_contact",
    "withdraw_contact",
)
NOTES_TOLD = ("resolve", "reopen")
"""Steps whose note their reporter reads; other notes are among those who answer."""
SIDES = ("answerer", "reporter")
BY_ROLES = ("reporter", "officer", "coordinator", "admin")
STAFF_IN_TURN = BY_ROLES[1:]
URGENCY_RANK = {"Immediate": 0, "Expected": 1, "Future": 2}

NEXT: dict[str, dict[str, str]] = {
    "alerted": {"acknowledge": "acknowledged", "route": "alerted"},
    "acknowledged": {
        "respond": "responding",
        "resolve": "resolved",
        "route": "alerted",
        "hand_over": "acknowledged",
        "hand_back": "alerted",
    },
    "responding": {"resolve": "resolved", "route": "alerted", "hand_over": "responding", "hand_back": "alerted"},
    "resolved": {"reopen": "reopened"},
    "reopened": {"acknowledge": "acknowledged", "route": "alerted"},
}
"""State → action → state. What is not here is refused."""

CLOCK_SLACK = timedelta(minutes=2)
OLDEST = timedelta(days=365)

RECEIPTS = {
    "report": {
        "ko": "신고가 접수되어 담당자에게 전달되었습니다.",
        "en": "Your sighting has arrived and was passed on to those who answer.",
    },
    "acknowledge": {"ko": "담당자가 신고를 확인했습니다.", "en": "Somebody responsible has read your sighting."},
    "respond": {"ko": "담당자가 처리하고 있습니다.", "en": "It is being dealt with."},
    "route": {"ko": "맡을 곳으로 다시 전달되었습니다.", "en": "Your sighting was passed on to others who answer."},
    "reopen": {"ko": "다시 열어 담당자에게 알렸습니다.", "en": "It was opened again; those who answer have been told."},
    "link": {
        "ko": "같은 건의 다른 신고와 함께 처리합니다. 결과는 똑같이 알려 드립니다.",
        "en": "Others reported the same; it is answered together with theirs, and you are told all the same.",
    },
    "split": {"ko": "다른 신고와 나누어 따로 처리합니다.", "en": "It is answered on its own from now on."},
    "hand_over": {"ko": "다른 담당자가 이어서 맡습니다.", "en": "Somebody else has taken it over."},
    "hand_back": {"ko": "다음 담당자가 확인할 예정입니다.", "en": "It waits for the next to answer it."},
    "share_contact": {
        "ko": "담당자에게 이름과 번호를 알렸습니다.",
        "en": "You gave your name and number to those who answer.",
    },
    "withdraw_contact": {
        "ko": "담당자에게 알린 이름과 번호를 거두었습니다.",
        "en": "You took your name and number back.",
    },
}
RESOLVED = {
    "fixed": {"ko": "해결되었습니다.", "en": "Fixed."},
    "closed_unfixed": {
        "ko": "해결되지 않은 채 종결되었습니다.",
        "en": "Closed, not fixed.",
    },
    "no_action": {"ko": "확인 결과 조치할 것이 없었습니다.", "en": "Looked into; there was nothing to do."},
    "duplicate": {"ko": "이미 접수된 신고와 같은 건입니다.", "en": "The same as a sighting that was there already."},
}
ALERT = {
    "Immediate": {"ko": ("긴급 신고", "바로 확인해 주세요."), "en": ("Urgent sighting", "Please read it at once.")},
    "Expected": {"ko": ("새 신고", "확인해 주세요."), "en": ("New sighting", "Please read it soon.")},
    "Future": {
        "ko": ("새 신고", "시간이 될 때 확인해 주세요."),
        "en": ("New sighting", "Please read it when you can."),
    },
}
AGAIN = {
    "ko": ("다시 열린 신고", "신고자가 다시 열었습니다. 확인해 주세요."),
    "en": ("Sighting opened again", "Its reporter opened it again; please read why."),
}
CLOSED = {"ko": "맡은 시설의 신고가 종결되었습니다", "en": "A sighting at your facility was closed"}
HANDED_OVER = {
    "ko": ("신고를 넘겨받았습니다", "동료가 맡던 신고입니다. 확인해 주세요."),
    "en": ("A sighting was handed over to you", "A colleague had it until now. Please read it."),
}
QUESTION = {
    "ko": ("신고에 대한 질문", "담당자가 신고에 대해 물었습니다."),
    "en": ("A question about your sighting", "Somebody who answers it asks you something."),
}
REPLY = {
    "ko": ("신고자의 메시지", "신고자가 메시지를 남겼습니다."),
    "en": ("Word from a reporter", "The reporter of a sighting wrote to you."),
}

PASSED_ON = {
    "ko": ("넘겨받은 신고", "아무도 확인하지 않아 넘어왔습니다. 확인해 주세요."),
    "en": ("Sighting passed on to you", "Nobody has acknowledged it in time; please read it."),
}
REMINDER = {
    "ko": ("아직 확인되지 않은 신고", "아무도 확인하지 않았습니다. 확인해 주세요."),
    "en": ("Still not acknowledged", "Nobody has acknowledged this sighting; please read it."),
}
UNMANNED = {
    "ko": ("담당자가 없습니다", "보호가 필요한 신고가 기다립니다. 임무를 맡을 사람을 바로 정해 주세요."),
    "en": ("Nobody is charged", "A report of a protected kind waits. Please give somebody its duty at once."),
}

PAGE = {
    "box": "/alerts",
    "duty": "/alerts",
    "holders": "/alerts",
    "facility": "/alerts",
    "coordinators": "/map",
    "admins": "/map",
}
"""The page on which a recipient answers."""
RUNG_PAGE = {"coordinators": "/map", "admins": "/map"}
"""The same by rung of escalation; those who are not here answer on the officers' page."""


def passed_on(to: Words) -> dict[str, str]:
    """What the reporter is told when nobody acknowledged in time; `to` names the next contact."""
    return {
        "ko": f"아직 확인되지 않아 다음 담당자에게 전달했습니다: {to['ko']}",
        "en": f"Nobody has acknowledged it yet, so it was passed on to {to['en']}.",
    }


def outside(bbox: Sequence[float] | None, lon: float, lat: float) -> bool:
    """Whether a place lies beyond the city's [west, south, east, north]; unknown bounds leave nothing out."""
    if bbox is None:
        return False
    west, south, east, north = bbox
    return not (west <= lon <= east and south <= lat <= north)


def beyond_the_compass(direction: str) -> bool:
    """Whether a direction is a number that is none of degrees from north."""
    number = direction.strip().rstrip("°").strip()
    return bool(re.fullmatch(r"[+-]?[\d.,]+", number)) and not re.fullmatch(
        r"[0-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]", number
    )


def in_future(moment: datetime, *, now: datetime) -> bool:
    """Whether a phone's time lies ahead of ours by more than clocks differ."""
    return moment > now + CLOCK_SLACK


def too_old(moment: datetime, *, now: datetime) -> bool:
    """Whether a phone's time is so long ago that its clock must be wrong."""
    return moment < now - OLDEST


def receipt(action: str, outcome: str | None) -> dict[str, str]:
    """What the reporter is told of one step, in each language. Names nobody, no place and no kind."""
    return RESOLVED[outcome] if action == "resolve" and outcome else RECEIPTS[action]


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who reads or answers. `boxes` are those an officer serves at, `districts` those a coordinator looks after.

    None of either: the whole city. `kinds_on_duty` are the kinds whose duty the viewer holds and is on now.
    """

    person: UUID
    city: UUID
    roles: frozenset[str]
    boxes: frozenset[UUID]
    districts: frozenset[UUID]
    kinds_on_duty: frozenset[str]


def answering_role(
    viewer: Viewer, *, routed_to: str, box: UUID | None, restricted: bool, told: bool, passed_on: bool = False
) -> str | None:
    """The role in which a viewer answers a sighting that went `routed_to` `box`, or None when it is not theirs.

    `told`: the alert was sent to the viewer in person. A restricted one is answered by those alone.
    `passed_on`: it was, as nobody else had acknowledged.
    """
    if restricted and not told:
        return None
    if told and (passed_on or routed_to in IN_PERSON):
        return next((role for role in STAFF_IN_TURN if role in viewer.roles), None)
    if routed_to in ("duty", "holders"):
        return None
    needed = {"box": "officer", "coordinators": "coordinator", "facility": "coordinator", "admins": "admin"}[routed_to]
    if needed not in viewer.roles:
        return None
    if needed == "officer" and not restricted and viewer.boxes and box not in viewer.boxes:
        return None
    return needed


def coarse(lon: float, lat: float, grid_m: float) -> tuple[float, float]:
    """The middle of the square of a grid, `grid_m` wide, that a place lies in: which place in it is no longer told."""
    step_lat = grid_m / METRES_A_DEGREE
    row = math.floor(lat / step_lat)
    middle_lat = min((row + 0.5) * step_lat, 90.0)
    step_lon = step_lat / max(math.cos(math.radians(middle_lat)), 0.01)
    middle_lon = min((math.floor(lon / step_lon) + 0.5) * step_lon, 180.0)
    return round(middle_lon, 6), round(middle_lat, 6)


def without_number(text: str, phone: str) -> str:
    """A text without a phone number (E.164), with whatever people write between its digits."""
    last = phone.lstrip("+")[-8:]
    return re.sub(r"[+0-9() .\-]*" + r"[ .\-]*".join(last), "…", text)
