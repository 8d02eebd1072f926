"""The coordinators' queue: which teams, what each waits for, and papers of many decided at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from config.policy import Policy
from patrol.errors import DomainError
from patrol.people.models import Consent, Person
from patrol.people.rules import e164
from patrol.places.models import City
from patrol.places.operations.cities import policy_of, zone_of
from patrol.teams.models import Dog, DogDispute, Team, TeamNote
from patrol.teams.operations.eligibility import lapsing
from patrol.teams.operations.moving import team_of
from patrol.teams.operations.readiness import lacking_consents
from patrol.teams.operations.reading import WholeTeam, whole, within
from patrol.teams.operations.screening import decide_documents
from patrol.teams.rules import RENEWABLE, Besides, handlers_part, waiting

LEAST_DIGITS = 4
"""So many digits at the end of a phone or registration number find a team; fewer would find everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which teams of a city. None, "" and () let every team pass; days are the city's, both ends included.

    `waiting_since`: those that have waited since that day or longer. `lacks_consent`: whether a required consent is
    missing. `lapses_within`: those that something they need ends for within so many days, or has ended.
    `disputed`: whether two teams claim one of the dogs.
    """

    state: Sequence[str] = ()
    district: UUID | None = None
    applied_from: date | None = None
    applied_until: date | None = None
    waiting_since: date | None = None
    text: str = ""
    lacks_consent: bool | None = None
    lapses_within: int | None = None
    disputed: bool | None = None


@dataclass(frozen=True, slots=True)
class Applicant(WholeTeam):
    """A team with what it waits for: words of rules.WAITS, on whom, the consents it lacks, its pinned note."""

    waits_for: tuple[str, ...]
    waits_on: str | None
    lacks: list[str]
    pinned_note: str | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one team of many: the team as it is now, or why it was not done."""

    id: UUID
    team: Team | None
    refused: DomainError | None


def queue(city: City, filters: Filters, *, districts: frozenset[UUID], now: datetime) -> Any:
    """A query for the teams of these districts (none named: of the city) that pass the filters."""
    found = Team.select().where((Team.city == city) & within(districts))
    if filters.district:
        found = found.where(Team.district == filters.district)
    if filters.state:
        found = found.where(Team.state.in_(filters.state))
    zone = zone_of(city)
    if filters.applied_from:
        found = found.where(Team.created_at >= datetime.combine(filters.applied_from, time(), zone))
    if filters.applied_until:
        found = found.where(Team.created_at < _day_after(filters.applied_until, zone))
    if filters.waiting_since:
        found = found.where(Team.waiting_since < _day_after(filters.waiting_since, zone))
    policy = policy_of(city)
    if filters.text:
        found = found.where(_matches(city, filters.text, policy))
    if filters.lacks_consent is not None:
        lacks = _lacks_consent(policy, now)
        found = found.where(lacks if filters.lacks_consent else ~lacks)
    if filters.lapses_within is not None:
        standing = list(found.where(Team.state.in_(RENEWABLE)))
        ending = lapsing(city, standing, within_days=filters.lapses_within, now=now)
        found = found.where(Team.id.in_([team.id for team, _ in ending]))
    if filters.disputed is not None:
        found = found.where(_disputed(city) if filters.disputed else ~_disputed(city))
    return found


def applicants(teams: Sequence[Team], *, now: datetime) -> list[Applicant]:
    """The same teams in the same order, with all that hangs on them and what they wait for."""
    if not teams:
        return []
    handlers = {person.id: person for person in Person.select().where(Person.id.in_([t.handler_id for t in teams]))}
    policy, zone = policy_of(teams[0].city_id), zone_of(teams[0].city_id)
    lacking = lacking_consents(policy, list(handlers), at=now)
    pinned = {
        note.team_id: note.text
        for note in TeamNote.select().where(TeamNote.pinned & TeamNote.team.in_([team.id for team in teams]))
    }
    found = []
    for each in whole(teams):
        lacks = lacking[each.team.handler_id]
        part = handlers_part(
            account=handlers[each.team.handler_id].state, lacking=lacks, has_door=each.team.door_lon is not None
        )
        besides = _besides(each, policy, today=now.astimezone(zone).date())
        waits = waiting(each.team.state, handlers=part, actions=[step.action for step in each.steps], besides=besides)
        found.append(
            Applicant(
                **{field.name: getattr(each, field.name) for field in fields(WholeTeam)},
                waits_for=waits.what,
                waits_on=waits.on,
                lacks=lacks,
                pinned_note=pinned.get(each.team.id),
            )
        )
    return found


def decide_one(
    city: UUID, team_id: UUID, *, ok: bool, note: str, districts: frozenset[UUID], by: UUID, now: datetime
) -> Decided:
    """Accept or refuse the papers of one team of several: one that cannot be decided stops no other."""
    try:
        team = decide_documents(team_of(city, team_id, districts=districts), ok=ok, note=note, by=by, now=now)
    except DomainError as refused:
        return Decided(team_id, None, refused)
    return Decided(team_id, team, None)


def _day_after(day: date, zone: Any) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone)


def _matches(city: City, text: str, policy: Policy) -> Any:
    """Code, team, dog or handler by part of the name; registration and phone number by their end."""
    dogs = Dog.name.contains(text)
    people = Person.name.contains(text)
    digits = re.sub(r"[\s\-().+]", "", text)
    if digits.isdecimal() and len(digits) >= LEAST_DIGITS:
        dogs |= Dog.registration_no.endswith(digits)
        people |= Person.phone.endswith(digits) | (Person.phone == (e164(text, policy.formats) or ""))
    return (
        Team.code.contains(text)
        | Team.name.contains(text)
        | Team.id.in_(Dog.select(Dog.team).where((Dog.city == city) & dogs))
        | Team.handler.in_(Person.select(Person.id).where((Person.city == city) & people))
    )


def _lacks_consent(policy: Policy, now: datetime) -> Any:
    lacks: Any = Team.id.is_null()  # nobody, where no consent is required
    for consent in policy.consents:
        if consent.required:
            stands = (
                (Consent.kind == consent.kind) & (Consent.version == consent.version) & Consent.revoked_at.is_null()
            )
            if consent.valid_days is not None:
                stands &= Consent.given_at > now - timedelta(days=consent.valid_days)
            given = Consent.select(Consent.person).where(stands)
            lacks |= Team.handler.not_in(given)
    return lacks


def _disputed(city: City) -> Any:
    """Teams of which another claims a dog, and those that claim one."""
    open_ones = (DogDispute.city == city) & (DogDispute.state == "open")
    sides = [DogDispute.select(side).where(open_ones) for side in (DogDispute.holder, DogDispute.claimant)]
    return Team.id.in_(sides[0]) | Team.id.in_(sides[1])


def _besides(each: WholeTeam, policy: Policy, *, today: date) -> Besides:
    rules, team = policy.screening, each.team
    good_for = timedelta(days=rules.training_valid_days)
    return Besides(
        renewal=each.renewal,
        in_its_year=team.active_until is not None and team.active_until >= today,
        disputed=any(dog.disputed_at is not None for dog in each.dogs),
        untrained=rules.requires_training and (team.trained_on is None or team.trained_on + good_for < today),
    )
