"""Teams by the file: looked through without a trace, then brought in; their handlers are invited to do their part.

Nothing is guessed for a handler: without a position the door stays unknown, and consents are nobody's but theirs.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from patrol.errors import Conflict, InvalidRows
from patrol.people.models import Person
from patrol.people.operations.inviting import invite_walker
from patrol.people.operations.posting import Invitation, Post
from patrol.places.models import City, District
from patrol.places.operations.cities import hold, policy_of
from patrol.places.operations.districts import lying_in
from patrol.places.rules import Unfit
from patrol.teams.models import Dog, Team, TeamImport, TeamStep
from patrol.teams.operations.applying import insert_dogs, insert_windows, next_codes
from patrol.teams.operations.entries import Entry, Reading, RowProblem, entries_of
from patrol.teams.operations.reading import within
from patrol.teams.operations.spreadsheets import read_sheet

AT_ONCE = 500
"""Values in one question to the database."""


class OtherFile(Conflict):
    """Not the file that was looked through."""

    words = {
        "ko": "미리 살펴본 파일과 다릅니다. 먼저 미리보기를 해 주세요.",
        "en": "This is not the file that was tried out; try it out first.",
    }


@dataclass(slots=True)
class Outcome:
    """What becomes of one team of the file.

    `outcome`: new (made, or to be made), known (the handler or the file was here before; nothing is changed) or
    invalid. `team` is None for a known one beyond the importer's districts, too. `disputed` are dogs that another team
    has: both claims are kept, and a coordinator decides. `invitation` is known at this moment only.
    """

    rows: list[int]
    outcome: str
    name: str
    dogs: list[str]
    problems: list[RowProblem] = field(default_factory=list)
    disputed: list[str] = field(default_factory=list)
    team: Team | None = None
    invitation: Invitation | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do. `strange` are headers that mean nothing here."""

    digest: str
    dry_run: bool
    outcomes: list[Outcome]
    strange: tuple[str, ...]

    def count(self, outcome: str) -> int:
        """How many teams came out so."""
        return sum(1 for each in self.outcomes if each.outcome == outcome)


def try_out(
    city: City, content: bytes, *, name: str = "file", districts: frozenset[UUID] = frozenset(), now: datetime
) -> ImportReport:
    """What importing the file would do; nothing is written. `districts`: see import_teams. Raises FileRefused."""
    sheet = read_sheet(content, name=name)
    entries = entries_of(sheet, city, now=now)
    digest = hashlib.sha256(content).hexdigest()
    outcomes = _judge(entries, _Ground(city, Reading(city, policy_of(city), sheet.headers, now), districts), digest)
    return ImportReport(digest, dry_run=True, outcomes=outcomes, strange=sheet.strange)


def import_teams(
    city: City,
    content: bytes,
    *,
    name: str = "file",
    digest: str | None = None,
    only_valid: bool = False,
    districts: frozenset[UUID] = frozenset(),
    by: UUID | None,
    post: Post | None = None,
    now: datetime,
) -> ImportReport:
    """Bring in the file's teams, all in one transaction; the same file again makes nothing twice.

    `digest` is the SHA-256 of the file that was looked through, where one was. With `only_valid`, teams with a problem
    are left out; else nothing is done when there is one. Without `post` no invitation is sent. `districts` are those
    that `by` looks after, none named: all. Raises FileRefused, OtherFile, InvalidRows.
    """
    found_digest = hashlib.sha256(content).hexdigest()
    if digest is not None and digest.lower() != found_digest:
        raise OtherFile
    sheet = read_sheet(content, name=name)
    entries = entries_of(sheet, city, now=now)
    ground = _Ground(city, Reading(city, policy_of(city), sheet.headers, now), districts)
    with transaction():
        hold(city)
        outcomes = _judge(entries, ground, found_digest)
        wrong = [problem for each in outcomes if each.outcome == "invalid" for problem in each.problems]
        if wrong and not only_valid:
            raise InvalidRows([(problem.row, f"{problem.column}: {problem.ko} ({problem.en})") for problem in wrong])
        made, codes = {}, next_codes(city)
        for entry, outcome in zip(entries, outcomes, strict=True):
            if outcome.outcome == "new":
                outcome.team, outcome.invitation = _make(ground, entry, code=next(codes), by=by, post=post, now=now)
                made[str(entry.rows[0])] = str(outcome.team.id)
        _remember(city, found_digest, made, by=by, now=now)
    return ImportReport(found_digest, dry_run=False, outcomes=outcomes, strange=sheet.strange)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What entries are judged by: the city, how its rows were read, the districts in reach."""

    city: City
    reading: Reading
    districts: frozenset[UUID]


def _judge(entries: Sequence[Entry], ground: _Ground, digest: str) -> list[Outcome]:
    """What becomes of each entry, by what the database holds now."""
    city, reading = ground.city, ground.reading
    people = _people(city, entries)
    teams = {
        team.handler_id: team
        for some in _batches([person.id for person in people.values()])
        for team in Team.select().where(Team.handler.in_(some) & (Team.state != "retired") & within(ground.districts))
    }
    earlier = TeamImport.get_or_none((TeamImport.city == city) & (TeamImport.digest == digest))
    made: dict[str, str] = earlier.made if earlier else {}
    names = {district.name: district for district in District.select().where(District.city == city)}
    taken = _registered(city, entries)
    outcomes = []
    for entry, at in zip(entries, _lying_in(list(names.values()), entries), strict=True):
        known = {person.id: person for key in entry.keys if (person := people.get(key))}
        outcome = Outcome(entry.rows, "new", entry.values["name"] or "", [dog.name for dog in entry.dogs])
        if len(known) > 1:
            both = Unfit("email", "연락처와 이메일이 서로 다른 계정의 것입니다", "and the phone belong to two accounts")
            entry.problems.append(reading.problem(entry.rows[0], "email", both))
        elif not known and str(entry.rows[0]) not in made:
            _place(entry, at, names, ground)
            outcome.disputed = [dog.name for dog in entry.dogs if dog.registration_no in taken]
            if not entry.problems:
                taken |= {dog.registration_no for dog in entry.dogs}
        if entry.problems:
            outcome.outcome, outcome.problems = "invalid", sorted(entry.problems, key=lambda problem: problem.row)
        elif known or str(entry.rows[0]) in made:
            outcome.outcome = "known"
            outcome.team = next((teams[person] for person in known if person in teams), None)
        outcomes.append(outcome)
    return outcomes


def _place(entry: Entry, at: UUID | None, names: dict[str, District], ground: _Ground) -> None:
    """Put the entry's district in: where its door lies, else by its name or the address, which itself is not kept."""
    stated, address = entry.values["district"], entry.values["address"]
    found = names.get(stated or "")
    if stated and names and found is None:
        known = ", ".join(sorted(names))
        strange = Unfit("district", f"없는 지역구입니다: {stated} (있는 곳: {known})", f"is no district here: {known}")
        entry.problems.append(ground.reading.problem(entry.rows[0], "district", strange))
        return
    if at is not None:
        found = next(district for district in names.values() if district.id == at)
    elif found is None and address:
        found = next((names[part] for part in re.split(r"[\s,]+", address) if part in names), None)
    if ground.districts and found is None and len(ground.districts) == 1:
        found = next(district for district in names.values() if district.id in ground.districts)
    if ground.districts and (found is None or found.id not in ground.districts):
        beyond = Unfit("district", "담당하는 지역구를 적어 주세요", "must name a district that you look after")
        entry.problems.append(ground.reading.problem(entry.rows[0], "district", beyond))
    entry.values["district_row"] = found


def _registered(city: City, entries: Iterable[Entry]) -> set[str]:
    """Registration numbers that teams of the city have, of those that the entries name."""
    numbers = [dog.registration_no for entry in entries for dog in entry.dogs]
    return {
        dog.registration_no
        for some in _batches(numbers)
        for dog in Dog.select(Dog.registration_no).where(
            (Dog.city == city) & Dog.registration_no.in_(some) & Dog.released_at.is_null()
        )
    }


def _lying_in(districts: Sequence[District], entries: Sequence[Entry]) -> list[UUID | None]:
    """Of each entry the district in which its door lies, where it has one and an outline says."""
    doors = {number: door for number, entry in enumerate(entries) if (door := entry.values.get("door"))}
    known = dict(zip(doors, lying_in(districts, list(doors.values())), strict=True))
    return [known.get(number) for number in range(len(entries))]


def _people(city: City, entries: Iterable[Entry]) -> dict[str, Person]:
    """Accounts of the city by phone number and by e-mail address, of those that the entries name."""
    keys = [key for entry in entries for key in entry.keys]
    found: dict[str, Person] = {}
    for some in _batches(keys):
        for person in Person.select().where((Person.city == city) & (Person.phone.in_(some) | Person.email.in_(some))):
            found |= {key: person for key in (person.phone, person.email) if key}
    return found


def _batches(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[at : at + AT_ONCE] for at in range(0, len(values), AT_ONCE)]


def _make(
    ground: _Ground, entry: Entry, *, code: str, by: UUID | None, post: Post | None, now: datetime
) -> tuple[Team, Invitation]:
    """The handler's account, invited, and the team; and the invitation."""
    city, given = ground.city, entry.values
    handler, invited = invite_walker(
        city,
        name=given["name"],
        phone=given["phone"],
        email=given["email"],
        born_on=given["born_on"],
        post=post,
        now=now,
    )
    lon, lat = given["door"] or (None, None)
    team = Team.create(
        city=city,
        handler=handler,
        code=code,
        name=given["team_name"] or "·".join(dog.name for dog in entry.dogs)[:40],
        motive=given["motive"] or "",
        door_lon=lon,
        door_lat=lat,
        walk_min=given["walk_min"] or ground.reading.policy.walk.default_min,
        created_at=now,
        waiting_since=now,
        district=given["district_row"],
    )
    TeamStep.create(city=city, team=team, action="import", state="applied", by=by, at=now)
    insert_dogs(team, entry.dogs, at="/dogs", now=now)
    insert_windows(team, given["hours"] or [])
    return team, invited


def _remember(city: City, digest: str, made: dict[str, str], *, by: UUID | None, now: datetime) -> None:
    """Note which rows of the file have made which teams. Within the city's lock."""
    earlier = TeamImport.get_or_none((TeamImport.city == city) & (TeamImport.digest == digest))
    if earlier is None:
        TeamImport.create(city=city, digest=digest, made=made, by=by, created_at=now)
    elif made:
        TeamImport.update(made={**earlier.made, **made}).where(TeamImport.id == earlier.id).execute()
