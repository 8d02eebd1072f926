"""A walker applies with dogs, a door and hours, and keeps them up to date."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import peewee

from config.database import transaction
from config.policy import Policy
from patrol.errors import Conflict, Invalid, NotFound
from patrol.people.models import Person
from patrol.people.operations.consents import require
from patrol.places.models import City
from patrol.places.operations.cities import city_of, hold, policy_of, zone_of
from patrol.teams.models import Availability, Dog, Team, TeamStep
from patrol.teams.operations.disputes import dispute, holder_of
from patrol.teams.operations.dogs import check_dates
from patrol.teams.operations.lapsing import bring_back
from patrol.teams.operations.moving import move
from patrol.teams.operations.placing import district_for
from patrol.teams.operations.telling import tell_coordinators
from patrol.teams.rules import (
    MOST_DOGS,
    MOST_WINDOWS,
    Window,
    overlapping,
    registration_no,
    restricted_breed,
    too_long,
)


class HasTeam(Conflict):
    """The handler has a team already."""

    words = {"ko": "이미 신청했거나 활동 중인 팀이 있습니다: {code}", "en": "You have a team already: {code}."}


class DogTwice(Invalid):
    """The same number twice in one team."""

    words = {"ko": "같은 등록번호의 반려견이 이미 있습니다.", "en": "A dog with this number is in the team already."}


class TooManyDogs(Conflict):
    """As many as a team has. Facts: `most`."""

    words = {"ko": "한 팀에 반려견은 {most}마리까지입니다.", "en": "A team has {most} dogs at most."}


class UnusableRegistration(Invalid):
    """Not an animal registration number by the city's format."""

    words = {
        "ko": "동물등록번호 형식이 아닙니다. 예: {example}",
        "en": "Not a registration number, such as {example}.",
    }


class RestrictedBreed(Invalid):
    """One of the breeds that may not join, or a cross."""

    words = {"ko": "맹견({breed})과 그 잡종은 함께할 수 없습니다.", "en": "{breed} and its crosses may not join."}


class DoorOutside(Invalid):
    """The door is not in the area that is patrolled."""

    words = {
        "ko": "집이 순찰 지역(서 {west}, 남 {south}, 동 {east}, 북 {north}) 밖에 있습니다.",
        "en": "The door is outside the area patrolled: west {west}, south {south}, east {east}, north {north}.",
    }


class WalkTooLong(Invalid):
    """Longer than the city lets a team walk."""

    words = {"ko": "한 번에 {most}분까지 걸을 수 있습니다.", "en": "A walk lasts {most} minutes at most."}


class TooManyWindows(Invalid):
    """More than a week holds that anybody walks by. Facts: `most`."""

    words = {"ko": "시간대는 {most}개까지입니다.", "en": "{most} windows at most."}


class WindowTooLong(Invalid):
    """A window that runs past noon of the next day."""

    words = {"ko": "다음 날 정오를 넘길 수 없습니다.", "en": "It must end by noon of the next day."}


class WindowsOverlap(Invalid):
    """Two windows that cover the same time."""

    words = {"ko": "{other}번째 시간대와 겹칩니다.", "en": "It overlaps with window {other}."}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDog:
    """A dog as its handler describes it."""

    name: str
    registration_no: str
    breed: str
    born_on: date
    weight_kg: float
    brachycephalic: bool = False
    overweight: bool = False
    reactive: bool = False
    vaccinated_until: date | None = None
    stroller: bool = False
    minutes_a_day: int | None = None
    rest_days: int = 0


def apply(
    handler: Person,
    *,
    name: str,
    motive: str,
    lon: float,
    lat: float,
    walk_min: int | None,
    dogs: Sequence[NewDog],
    availability: Sequence[Window],
    district: str | None = None,
    now: datetime,
) -> Team:
    """A new team, to be screened. `walk_min` None: the city's usual walk. `district`: see placing.district_for.

    A dog that another team has registered is flagged as disputed. Raises ConsentNeeded, HasTeam and what may be wrong
    with a value (Invalid…).
    """
    city = city_of(handler.city_id)
    policy = policy_of(city)
    require(handler, policy=policy, now=now)
    check_door(city, lon, lat)
    minutes = policy.walk.default_min if walk_min is None else check_walk(walk_min, policy)
    known = check_dogs(dogs, city, policy, at="/dogs", now=now)
    check_windows(availability, at="/availability")
    with transaction():
        hold(city)  # two who apply at once would draw the same code or register the same dog
        place = district_for(city, lon, lat, stated=district)
        earlier = Team.get_or_none((Team.handler == handler) & (Team.state != "retired"))
        if earlier:
            raise HasTeam(code=earlier.code)
        team = Team.create(
            city=city,
            handler=handler,
            code=next(next_codes(city)),
            name=name,
            motive=motive,
            door_lon=lon,
            door_lat=lat,
            walk_min=minutes,
            sample=handler.sample,
            created_at=now,
            waiting_since=now,
            district=place,
        )
        TeamStep.create(city=city, team=team, action="apply", state="applied", by=handler.id, at=now)
        insert_dogs(team, known, at="/dogs", now=now)
        insert_windows(team, availability)
        tell_coordinators(team, now=now)
    return team


def add_dog(team: Team, dog: NewDog, *, now: datetime) -> Team:
    """One more dog; its papers are then to be seen, and it is screened. Raises TeamState, TooManyDogs, an Invalid."""
    city = city_of(team.city_id)
    known = check_dogs([dog], city, policy_of(city), at="", now=now)
    with transaction():
        hold(city)
        changed = move(team, "add_dog", by=team.handler_id, now=now)
        if Dog.select().where(Dog.team == team).count() >= MOST_DOGS:
            raise TooManyDogs(most=MOST_DOGS)
        insert_dogs(team, known, at="", now=now)
    return changed


def edit(team: Team, changes: dict[str, Any], *, expected: int | None, now: datetime) -> Team:
    """Change name, motive, door_lon and door_lat, district, or walk_min.

    Raises Stale, TeamState, ConsentNeeded, an Invalid.

    `expected` is the version that the caller has seen; None: whatever it is.
    """
    city = city_of(team.city_id)
    if "door_lon" in changes:
        if team.door_lon is None:  # as when applying: a home is kept of those only who agreed to it
            require(team.handler, policy=policy_of(city), now=now)
        check_door(city, changes["door_lon"], changes["door_lat"])
    if "walk_min" in changes:
        check_walk(changes["walk_min"], policy_of(city))
    with transaction():
        if "door_lon" in changes or "district" in changes:
            hold(city)
            lon, lat = changes.get("door_lon", team.door_lon), changes.get("door_lat", team.door_lat)
            found = district_for(city, lon, lat, stated=changes.get("district"))
            changes = {**changes, "district": found or team.district_id}
        return move(team, "edit", by=team.handler_id, expected=expected, now=now, **changes)


def vaccinate(team: Team, dog_id: UUID, *, vaccinated_until: date, by: UUID, now: datetime) -> Team:
    """Until when a dog's vaccination is good; a team that had lapsed for it comes back.

    Raises NotFound, TeamState, VaccinatedBeforeBirth, VaccinatedTooLong.
    """
    today = now.astimezone(zone_of(team.city_id)).date()
    with transaction():
        dog = Dog.get_or_none((Dog.id == dog_id) & (Dog.team == team))
        if dog is None:
            raise NotFound
        check_dates(dog.born_on, vaccinated_until, at="", today=today)
        Dog.update(vaccinated_until=vaccinated_until).where(Dog.id == dog.id).execute()
        changed = move(team, "vaccinate", by=by, note=f"{dog.name}: {vaccinated_until}", now=now)
        return bring_back(changed, now=now)


def put_availability(team: Team, windows: Sequence[Window], *, now: datetime) -> Team:
    """The whole week at once; what was there before is replaced. Raises TeamState, an Invalid."""
    check_windows(windows, at="")
    with transaction():
        changed = move(team, "edit", by=team.handler_id, now=now)
        Availability.delete().where(Availability.team == team).execute()
        insert_windows(team, windows)
    return changed


def check_door(city: City, lon: float, lat: float) -> None:
    """Raise DoorOutside unless the city's streets reach there."""
    if city.bbox is None:
        return
    west, south, east, north = city.bbox
    if not (west <= lon <= east and south <= lat <= north):
        raise DoorOutside("/door", west=west, south=south, east=east, north=north)


def check_walk(walk_min: int, policy: Policy) -> int:
    """The minutes, if a team may walk so long. Raises WalkTooLong."""
    if walk_min > policy.walk.hard_cap_min:
        raise WalkTooLong("/walk_min", most=policy.walk.hard_cap_min)
    return walk_min


def check_dogs(dogs: Sequence[NewDog], city: City, policy: Policy, *, at: str, now: datetime) -> list[NewDog]:
    """The dogs with their numbers as stored. Raises Invalid… naming the field below `at`."""
    today = now.astimezone(zone_of(city)).date()
    known: list[NewDog] = []
    for place, dog in zip(_places(dogs, at), dogs, strict=True):
        number = registration_no(dog.registration_no, policy.formats)
        if number is None:
            raise UnusableRegistration(f"{place}/registration_no", example=policy.formats.registration_example)
        if number in {other.registration_no for other in known}:
            raise DogTwice(f"{place}/registration_no")
        breed = restricted_breed(dog.breed, policy.screening)
        if breed:
            raise RestrictedBreed(f"{place}/breed", breed=breed)
        check_dates(dog.born_on, dog.vaccinated_until, at=place, today=today)
        known.append(replace(dog, registration_no=number))
    return known


def check_windows(windows: Sequence[Window], *, at: str) -> None:
    """Raise TooManyWindows; WindowTooLong or WindowsOverlap, naming the window below `at`."""
    if len(windows) > MOST_WINDOWS:
        raise TooManyWindows(at, most=MOST_WINDOWS)
    long = too_long(windows)
    if long is not None:
        raise WindowTooLong(f"{at}/{long}/ends")
    pair = overlapping(windows)
    if pair is not None:
        raise WindowsOverlap(f"{at}/{pair[0]}", other=pair[1])


def insert_dogs(team: Team, dogs: Sequence[NewDog], *, at: str, now: datetime) -> None:
    """Keep a team's dogs; one that another team has is disputed. Inside the transaction that holds the city."""
    for place, dog in zip(_places(dogs, at), dogs, strict=True):
        if Dog.select().where((Dog.team == team) & (Dog.registration_no == dog.registration_no)).exists():
            raise DogTwice(f"{place}/registration_no")
        holder = holder_of(team.city_id, dog.registration_no)
        flagged = None if holder is None else now
        made = Dog.create(city=team.city_id, team=team, created_at=now, disputed_at=flagged, **asdict(dog))
        if holder is not None:
            dispute(holder, made, now=now)


def _places(dogs: Sequence[NewDog], at: str) -> list[str]:
    return [f"{at}/{i}" for i in range(len(dogs))] if at else [""]


def insert_windows(team: Team, windows: Sequence[Window]) -> None:
    """Keep a team's hours."""
    for window in windows:
        Availability.create(team=team, **asdict(window))


def next_codes(city: City) -> Iterator[str]:
    """The codes after the city's highest, one after another. Inside the transaction that holds the city."""
    number = peewee.fn.SUBSTR(Team.code, 3).cast("integer")
    highest = Team.select(peewee.fn.MAX(number)).where(Team.city == city).scalar()
    return (f"T-{following:04}" for following in itertools.count((highest or 0) + 1))
