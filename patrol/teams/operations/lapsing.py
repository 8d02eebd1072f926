"""What the clock does by itself: it warns, takes lapsed teams out of patrols, and brings back those put right.

Due jobs; all is read from the tables, so that a second run, or one after a crash, does only what is left.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import UUID

from config.database import transaction
from config.due import one_by_one
from notifications.outbox import Words, enqueue
from patrol.people.models import Person
from patrol.places.models import City
from patrol.places.operations.cities import policy_of, zone_of
from patrol.teams.models import LapseWarning, Team, TeamStep
from patrol.teams.operations.eligibility import BlockedShifts, clock_of, clocks
from patrol.teams.operations.moving import TeamState, move
from patrol.teams.operations.telling import tell_handler
from patrol.teams.rules import RENEWABLE, Clock, Standing, due_lead, in_words

OnLapsed = Callable[[Team, date, datetime], None]
"""Told of the last day on which the team was eligible; its later shifts fall away."""


def look_after_teams(*, effects: tuple[OnLapsed, ...], blocked: BlockedShifts, now: datetime) -> None:
    """Warn of what will lapse, take out what has, bring back what is in order again."""
    one_by_one("teams", City.select(), lambda city: _look_after_city(city, effects=effects, blocked=blocked, now=now))


def bring_back(team: Team, *, now: datetime) -> Team:
    """A lapsed team for which all is right again goes on as before it lapsed, without a new test."""
    today = now.astimezone(zone_of(team.city_id)).date()
    if (
        team.state != "lapsed"
        or not clock_of(team).eligible(today)
        or Person.get_by_id(team.handler_id).state != "active"
    ):
        return team
    with transaction():
        action = "return_paused" if _was_paused(team) else "return"
        changed = move(team, action, by=None, now=now)
        tell_handler(changed, action, now=now)
    return changed


def _look_after_city(city: City, *, effects: tuple[OnLapsed, ...], blocked: BlockedShifts, now: datetime) -> None:
    policy, zone = policy_of(city), zone_of(city)
    today = now.astimezone(zone).date()
    teams = list(Team.select().where((Team.city == city) & Team.state.in_(RENEWABLE)))
    found = clocks(teams, policy=policy, zone=zone)

    def look_after(team: Team) -> None:
        gone = found[team.id].lapsed(today)
        with suppress(TeamState):  # somebody changed it in between
            if team.state == "lapsed":
                if found[team.id].eligible(today):
                    bring_back(team, now=now)
            elif gone:
                _lapse(team, gone, effects=effects, today=today, now=now)
            else:
                _warn(team, found[team.id], policy.screening.warn_days, blocked=blocked, today=today, now=now)

    one_by_one("teams", teams, look_after)


def _lapse(team: Team, gone: list[Standing], *, effects: tuple[OnLapsed, ...], today: date, now: datetime) -> None:
    last = min(each.until or today - timedelta(days=1) for each in gone)
    with transaction():
        changed = move(team, "lapse", by=None, note=in_words(gone)[1], now=now)
        tell_handler(changed, "lapse", note=in_words(gone), now=now)
        for effect in effects:
            effect(changed, last, now)


def _was_paused(team: Team) -> bool:
    """Whether the team rested when it lapsed: by the last step in a state of its own choice."""
    before = (TeamStep.team == team) & TeamStep.state.in_(("active", "paused"))
    last = TeamStep.select().where(before).order_by(TeamStep.at.desc()).first()
    return last is not None and last.state == "paused"


def _warn(
    team: Team, found: Clock, leads: Iterable[int], *, blocked: BlockedShifts, today: date, now: datetime
) -> None:
    """Each day on which something ends, each lead time, once: who writes the row sends the message."""
    ending = found.ending(today, today + timedelta(days=max(leads, default=0)))
    for until in sorted({each.until for each in ending if each.until is not None}):
        lead = due_lead(leads, until=until, today=today)
        if lead is None:
            continue
        with transaction():
            row = {"city": team.city_id, "team": team, "until": until, "days_ahead": lead, "at": now}
            if LapseWarning.insert(**row).on_conflict_ignore().as_rowcount().execute():
                ends = [each for each in ending if each.until == until]
                _tell_ahead(team, until, ends, blocked(team.id, until), lead=lead, now=now)


def _tell_ahead(
    team: Team, until: date, ends: list[Standing], shifts: list[tuple[UUID, date]], *, lead: int, now: datetime
) -> None:
    ko, en = in_words(ends)
    days = ", ".join(f"{evening:%m-%d}" for _, evening in shifts)
    words: Words = {
        "ko": {
            "title": f"{until}에 끝납니다",
            "body": f"{team.name}: {ko}." + (f" 그 뒤의 근무는 걸을 수 없습니다: {days}." if days else ""),
        },
        "en": {
            "title": f"Ends on {until}",
            "body": f"{team.name}: {en}." + (f" Shifts that would fall away: {days}." if days else ""),
        },
    }
    enqueue(
        city=team.city_id,
        people=[team.handler_id],
        kind="team_lapses_soon",
        words=words,
        link="/team",
        subject=team.id,
        urgent=False,
        dedupe_key=f"lapses:{team.id}:{until}:{lead}",
        now=now,
    )
