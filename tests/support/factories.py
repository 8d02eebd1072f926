"""What tests stand on, each made by a plain function with only what matters to the test named."""

import functools
import itertools
import tempfile
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from config.clock import Clock, utc_now
from config.database import transaction
from config.policy import Policy, read_policy, shipped
from config.settings import Settings, load
from patrol.inbox.operations.streams import Streams
from patrol.people.models import Duty, Person, Role, RotaEntry
from patrol.people.operations import consents
from patrol.people.operations.sessions import Lifetimes, open_session
from patrol.places.models import Block, City, District, Facility, PoliceBox
from patrol.places.operations.cities import add_city, changing_places, policy_of
from patrol.shifts.models import Shift, ShiftBlock
from patrol.teams.models import Dog, DogDispute, Team
from tests.support.routes import route_over

NOW = datetime(2026, 11, 6, 10, 30, tzinfo=UTC)
"""A Friday, 19:30 in Busan."""
LON, LAT = 129.0590, 35.1575
"""A crossing in Seomyeon."""
BBOX = [129.045, 35.145, 129.075, 35.170]
SESSION = Lifetimes(unseen=timedelta(days=60), staff_page=timedelta(hours=12), most=timedelta(days=365))

READ_BY_EACH_REQUEST = frozenset({"weather"})
"""Settings that an application need not be made anew for."""
SECRET_KEY = "a-key-that-opens-nothing-but-tests"

_numbers = itertools.count(1)


class Time:
    """A clock that a test sets."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def passes(self, **lapse: float) -> None:
        self.at += timedelta(**lapse)


def settings_of(database: str, **given: str) -> Settings:
    """Settings on this test's database, with the cheapest passwords."""
    return load(
        {},
        database_url=database,
        **{
            "password_cost": "1/8/1",
            "secret_key": SECRET_KEY,
            "var": str(Path(tempfile.gettempdir()) / "patrol-tests"),
            **given,
        },
    )


class Client(FlaskClient):
    """A client that brings its own settings and clock to an application made for many."""

    def __init__(self, application: Flask, *, own: dict[str, object]) -> None:
        super().__init__(application, use_cookies=True)
        self._own = own
        application.extensions |= own

    def open(self, *args: Any, **kwargs: Any) -> Any:
        self.application.extensions |= self._own
        return super().open(*args, **kwargs)


def client_of(database: str, *, clock: Clock | None = None, **given: str) -> FlaskClient:
    """A client of the real application."""
    own = {"settings": settings_of(database, **given), "clock": clock or Time()}
    at_start = {name: value for name, value in given.items() if name not in READ_BY_EACH_REQUEST}
    return Client(_application(**at_start), own=own)


def site_of(database: str) -> Flask:
    """The real application for a server of its own, on the clock of the wall, as its browsers are."""
    app, settings = _application(), settings_of(database)
    app.extensions |= {"settings": settings, "clock": utc_now, "streams": Streams(limit=settings.streams)}
    return app


@functools.cache
def _application(**given: str) -> Flask:
    """Made once for the same settings, as a server makes it: that takes longer than most of its answers."""
    return create_app(settings_of("sqlite:///unused", **given))


def make_city(
    name: str = "Busan", *, policy: Policy | None = None, bbox: list[float] | None = BBOX, timezone: str = "Asia/Seoul"
) -> City:
    """A city with Busan's policy."""
    city = add_city(name, timezone=timezone, policy=policy or _busan(), now=NOW)
    City.update(bbox=bbox).where(City.id == city.id).execute()
    return City.get_by_id(city.id)


@functools.cache
def _busan() -> Policy:
    return read_policy(shipped("busan"))


def make_person(
    city: City,
    *roles: str,
    box: PoliceBox | None = None,
    district: District | None = None,
    name: str = "",
    **given: Any,
) -> Person:
    """An active account with these roles (walker when none is named), whose contacts are known to be theirs.

    An officer serves at `box`, a coordinator looks after `district`; where these are not named, the whole city.
    """
    number = next(_numbers)
    roles = roles or ("walker",)
    person = Person.create(
        city=city,
        **{
            "name": name or f"Sample {roles[0]} {number:02}",
            "phone": f"+8210{number:08}",
            "created_at": NOW,
            "phone_confirmed_at": NOW,
            "email_confirmed_at": NOW if given.get("email") else None,
            **given,
        },
    )
    for role in roles:
        Role.create(
            city=city,
            person=person,
            role=role,
            box=box if role == "officer" else None,
            district=district if role == "coordinator" else None,
            created_at=NOW,
        )
    return person


def make_duty(person: Person, duty: str) -> Duty:
    """A duty that this person holds."""
    return Duty.create(city=person.city_id, person=person, duty=duty, created_at=NOW)


def make_rota_entry(person: Person, duty: str, begins_at: datetime, ends_at: datetime, **given: Any) -> RotaEntry:
    """This person is on call for a duty then."""
    return RotaEntry.create(
        city=person.city_id, person=person, duty=duty, begins_at=begins_at, ends_at=ends_at, created_at=NOW, **given
    )


def consent_to(person: Person, *kinds: str) -> None:
    """The person's consents, service and location when none is named."""
    for kind in kinds or ("service", "location"):
        consents.give(person, kind, policy=policy_of(person.city_id), now=NOW)


def token_of(person: Person, *, now: datetime = NOW, stage: str = "full") -> str:
    """A token of a fresh session of this person, who has shown a second factor unless `stage` says less."""
    with transaction():
        return open_session(person, stage=stage, device="test", channel="device", lasting=SESSION, now=now).token


def bearer(person: Person, *, now: datetime = NOW, stage: str = "full") -> dict[str, str]:
    """Headers with which this person asks, in English."""
    return {"Authorization": f"Bearer {token_of(person, now=now, stage=stage)}", "Accept-Language": "en"}


def make_box(
    city: City, name: str = "Seomyeon", *, lon: float = LON, lat: float = LAT, half: float = 0.005
) -> PoliceBox:
    """A police box in the middle of its jurisdiction, a square of twice `half` degrees."""
    west, south, east, north = lon - half, lat - half, lon + half, lat + half
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    with changing_places(city):
        return PoliceBox.create(
            city=city,
            name=name,
            station="Busanjin",
            lon=lon,
            lat=lat,
            jurisdiction={"type": "Polygon", "coordinates": [ring]},
            created_at=NOW,
        )


def make_facility(city: City, name: str = "Mirror 1", **given: Any) -> Facility:
    """A safety mirror at the crossing; `given` says whose it is."""
    place = {"lon": LON, "lat": LAT, **given}
    return Facility.create(city=city, name=name, kind="mirror", created_at=NOW, changed_at=NOW, **place)


def make_district(
    city: City, code: str = "26230", name: str = "부산진구", *, lon: float = LON, lat: float = LAT, half: float = 0.02
) -> District:
    """A district, a square of twice `half` degrees around a place; without an outline when `half` is 0."""
    west, south, east, north = lon - half, lat - half, lon + half, lat + half
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    outline = {"type": "Polygon", "coordinates": [ring]} if half else None
    with changing_places(city):
        return District.create(city=city, code=code, name=name, outline=outline, created_at=NOW)


def make_block(city: City, line: Iterable[tuple[float, float]] = (), **given: Any) -> Block:
    """A block along `line`, 89 m northward from the crossing when none is given; a single point is a hot spot."""
    points = [list(point) for point in line] or [[LON, LAT], [LON, LAT + 0.0008]]
    kind = "line" if len(points) > 1 else "point"
    geometry = (
        {"type": "LineString", "coordinates": points} if kind == "line" else {"type": "Point", "coordinates": points[0]}
    )
    return Block.create(
        city=city,
        **{
            "code": f"B-{next(_numbers):04}",
            "kind": kind,
            "street": "Seomyeon-ro",
            "geometry": geometry,
            "lon": points[0][0],
            "lat": points[0][1],
            "length_m": 89.0 if kind == "line" else 0.0,
            "dwell_s": 0 if kind == "line" else 720,
            "weight": 5.0,
            "source": "drawn",
            "created_at": NOW,
            "changed_at": NOW,
            **given,
        },
    )


def make_team(city: City, handler: Person | None = None, **given: Any) -> Team:
    """An active team with one dog and a handler who consented."""
    if handler is None:
        handler = make_person(city)
        consent_to(handler)
    number = next(_numbers)
    team = Team.create(
        city=city,
        handler=handler,
        **{
            "code": f"T-{number:04}",
            "name": f"Sample team {number:02}",
            "state": "active",
            "door_lon": LON - 0.003,
            "door_lat": LAT - 0.002,
            "walk_min": 30,
            "active_until": date(2027, 11, 1),
            "created_at": NOW,
            "waiting_since": NOW,
            **given,
        },
    )
    make_dog(team)
    return team


def make_dog(team: Team, **given: Any) -> Dog:
    """A dog that no gate minds."""
    return Dog.create(
        city=team.city_id,
        team=team,
        **{
            "name": "Bori",
            "registration_no": f"{410_000_000_000_000 + next(_numbers)}",
            "breed": "Jindo",
            "born_on": date(2022, 5, 1),
            "weight_kg": 18.0,
            "vaccinated_until": date(2027, 5, 1),
            "created_at": NOW,
            **given,
        },
    )


def make_dispute(holder: Team, claimant: Team) -> DogDispute:
    """The claimant has registered the holder's dog, too."""
    number = holder.dogs.get().registration_no
    claim = make_dog(claimant, registration_no=number, disputed_at=NOW)
    return DogDispute.create(
        city=holder.city_id, registration_no=number, holder=holder, claimant=claimant, dog=claim, created_at=NOW
    )


def make_shift(team: Team, blocks: Iterable[Block] = (), **given: Any) -> Shift:
    """A shift that starts in half an hour and was accepted, over `blocks` (one when none is given), door to door."""
    starts_at = given.pop("starts_at", NOW + timedelta(minutes=30))
    blocks = [*blocks] or [make_block(team.city)]
    shift = Shift.create(
        city=team.city_id,
        team=team,
        **{
            "plan_run": uuid4(),
            "evening": starts_at.date(),
            "state": "accepted",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=30),
            "opens_at": starts_at - timedelta(minutes=30),
            "closes_at": starts_at + timedelta(minutes=60),
            "answer_by": starts_at - timedelta(minutes=5),
            "distance_m": 1500.0,
            "duration_s": 1800.0,
            "weight": 5.0,
            "route": route_over(team, blocks),
            "created_at": NOW - timedelta(days=1),
            **given,
        },
    )
    for position, block in enumerate(blocks, start=1):
        ShiftBlock.create(shift=shift, block=block, position=position)
    return shift
