"""What handlers and coordinators are told about shifts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from notifications.outbox import Words, enqueue
from patrol.people.operations.accounts import coordinators_of
from patrol.places.operations.cities import zone_of
from patrol.shifts.models import Shift
from patrol.teams.models import Team

WALKERS_PAGE, COORDINATORS_PAGE = "/walk", "/map"

TO_HANDLER: dict[str, tuple[str, str, str, str]] = {
    "shift_offered": (
        "새 순찰 근무",
        "{day} {starts} 출발. {answer}까지 수락하거나 거절해 주세요.",
        "A new shift",
        "{day}, leaving at {starts}. Accept or decline by {answer}.",
    ),
    "shift_reminder": (
        "곧 순찰입니다",
        "{day} {starts} 출발합니다.",
        "Your patrol is near",
        "{day}, leaving at {starts}.",
    ),
    "shift_withdrawn": (
        "근무가 취소되었습니다",
        "{day} {starts} 근무는 없습니다.",
        "A shift was withdrawn",
        "There is no shift on {day} at {starts}.",
    ),
    "shift_kept_in": (
        "반려견을 위해 근무를 취소했습니다",
        "{day} {starts} 근무는 없습니다 – {why_ko}.",
        "A shift was withdrawn for your dogs' sake",
        "There is no shift on {day} at {starts}: {why_en}.",
    ),
    "shift_expired": (
        "답이 없어 근무가 닫혔습니다",
        "{day} {starts} 근무입니다.",
        "A shift closed unanswered",
        "It was on {day} at {starts}.",
    ),
    "shift_missed": (
        "시작하지 않은 근무",
        "{day} {starts} 근무를 시작하지 않았습니다.",
        "A shift was not walked",
        "The one on {day} at {starts} was not begun.",
    ),
}
TO_COORDINATORS: dict[str, tuple[str, str, str, str]] = {
    "shift_declined": ("근무 거절", "{evening}: {teams}", "A shift was declined", "{evening}: {teams}"),
    "shifts_expired": ("답하지 않은 근무", "{evening}: {teams}", "Shifts closed unanswered", "{evening}: {teams}"),
    "shifts_kept_in": (
        "예보 때문에 취소한 근무",
        "{evening}: {teams} – {why_ko}",
        "Shifts withdrawn for what the forecast says",
        "{evening}: {teams} – {why_en}",
    ),
    "shifts_missed": ("시작하지 않은 근무", "{evening}: {teams}", "Shifts not walked", "{evening}: {teams}"),
}


OPEN = (
    "근무 {count}건이 비었습니다",
    "{team} 팀의 자격이 지나 빈 근무: {evenings}",
    "Shifts are open: {count}",
    "Team {team} lapsed and leaves these evenings: {evenings}",
)


def tell_handler(shift: Shift, kind: str, *, now: datetime, **more: str) -> None:
    """A message to the shift's handler, its words filled with `more`. Inside the transaction that caused it."""
    zone = zone_of(shift.city_id)
    starts, answer = shift.starts_at.astimezone(zone), shift.answer_by.astimezone(zone)
    facts = {"day": f"{starts:%m-%d}", "starts": f"{starts:%H:%M}", "answer": f"{answer:%m-%d %H:%M}"} | more
    enqueue(
        city=shift.city_id,
        people=[shift.team.handler_id],
        kind=kind,
        words=_words(TO_HANDLER[kind], facts),
        link=WALKERS_PAGE,
        subject=shift.id,
        urgent=False,
        dedupe_key=f"{kind}:{shift.id}:{shift.version}",
        now=now,
    )


def tell_coordinators(shifts: Sequence[Shift], kind: str, *, note: str = "", now: datetime, **more: str) -> None:
    """One message to each coordinator about shifts of one city and evening, those of the districts they look after.

    Its words are filled with `more`. Inside the transaction that caused it. Holds no time: when a team leaves its door
    is the team's own affair.
    """
    theirs: dict[UUID, list[Shift]] = defaultdict(list)
    for shift in shifts:
        for person in coordinators_of(shift.city_id, shift.team.district_id):
            theirs[person].append(shift)
    alike: dict[tuple[UUID, ...], list[UUID]] = defaultdict(list)
    for person, found in theirs.items():
        alike[tuple(sorted(shift.id for shift in found))].append(person)
    for people in alike.values():
        _tell_alike(people, theirs[people[0]], kind, note=note, now=now, **more)


def _tell_alike(
    people: Iterable[UUID], shifts: Sequence[Shift], kind: str, *, note: str, now: datetime, **more: str
) -> None:
    """The same message to people who look after the same shifts."""
    first = min(shifts, key=lambda shift: shift.id)
    teams = ", ".join(sorted(shift.team.code for shift in shifts)) + (f" – {note}" if note else "")
    enqueue(
        city=first.city_id,
        people=people,
        kind=kind,
        words=_words(TO_COORDINATORS[kind], {"evening": first.evening.isoformat(), "teams": teams} | more),
        link=COORDINATORS_PAGE,
        subject=first.id if len(shifts) == 1 else None,
        urgent=False,
        dedupe_key=f"{kind}:{first.id}:{first.version}",
        now=now,
    )


def tell_open(team: Team, shifts: Sequence[Shift], *, now: datetime) -> None:
    """One message to the coordinators: which shifts a team that lapsed leaves open."""
    evenings = ", ".join(f"{shift.evening}" for shift in sorted(shifts, key=lambda shift: shift.evening))
    enqueue(
        city=team.city_id,
        people=coordinators_of(team.city_id, team.district_id),
        kind="shifts_open",
        words=_words(OPEN, {"team": team.code, "evenings": evenings, "count": len(shifts)}),
        link=COORDINATORS_PAGE,
        subject=team.id,
        urgent=False,
        dedupe_key=f"shifts_open:{team.id}:{team.version}",
        now=now,
    )


def _words(parts: tuple[str, str, str, str], facts: Mapping[str, object]) -> Words:
    ko_title, ko_body, en_title, en_body = (text.format(**facts) for text in parts)
    return {"ko": {"title": ko_title, "body": ko_body}, "en": {"title": en_title, "body": en_body}}
