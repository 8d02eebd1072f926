"""Cities with one of everything, so that every endpoint has something to be asked for."""

import functools
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient

from config.database import Record, connection, database, is_sqlite
from notifications.devices import put_device
from notifications.models import Message
from patrol.alerts.models import Alert, Drill, Recipient
from patrol.alerts.operations.drills import start
from patrol.bridges.operations.keys import make_key
from patrol.bridges.operations.webhooks import make_webhook
from patrol.bridges.rules import EVENTS
from patrol.notices.operations import issue
from patrol.people.models import Challenge, Person, Session
from patrol.people.operations.passwords import digest
from patrol.places.models import Block, City
from patrol.planning.operations.pairing import pair
from patrol.sightings.models import Sighting
from patrol.teams.models import PracticalTest, Team
from tests.support.examples import CODE, PASSWORD
from tests.support.factories import (
    LAT,
    LON,
    NOW,
    bearer,
    consent_to,
    make_box,
    make_dispute,
    make_district,
    make_duty,
    make_facility,
    make_person,
    make_rota_entry,
    make_shift,
    make_team,
)
from tests.support.patrols import attached, reported, started
from tests.support.planning import a_finished_run, a_scene
from tests.support.proofs import KEYS
from tests.support.screening import make_day, put_on

ROLES = ("walker", "coordinator", "officer", "admin")
DUTY = "child_protection"
ELSEWHERE = {"lon": LON + 0.01, "lat": LAT + 0.008}
"""A place in the city, of another box."""


@dataclass
class World:
    """A city in mid-evening. `headers` sign in one account per role, and others that matter by their own names.

    `ids` are by the name that paths give them: the walker's own things, what the officer's box answers, and what is
    the city's. `nearer` are a role's own where they differ, `farther` what it has no business with, in the same city.
    """

    city: City
    people: dict[str, Person]
    ids: dict[str, str]
    headers: dict[str, dict[str, str]]
    nearer: dict[str, dict[str, str]] = field(default_factory=dict)
    farther: dict[str, dict[str, str]] = field(default_factory=dict)

    def near(self, role: str) -> dict[str, str]:
        """Things that `role` reaches wherever it reaches anything."""
        return self.ids | self.nearer.get(role, {})

    def far(self, role: str) -> dict[str, str]:
        """Things of somebody else, or in somebody else's charge; what has no owner is the same as in `near`."""
        return self.near(role) | self.farther["everybody"] | self.farther.get(role, {})

    def texts(self) -> set[str]:
        """Every id, name and other text of this city in the database, as an answer would hold it."""
        found: set[str] = set()
        for model in _of_a_city():
            for row in model.select().where(_city_of(model) == self.city.id).dicts():
                found |= {text for value in row.values() for text in _texts(value) if len(text) > 3}
        return found

    @functools.cached_property
    def whole(self) -> list[list[tuple[Any, ...]]]:
        """What they were when it was first asked, for requests that are taken back."""
        return self.kept()

    def kept(self) -> list[list[tuple[Any, ...]]]:
        """What the city's things are at present: every row, as the database gives it."""
        rows = (model.select().where(_city_of(model) == self.city.id) for model in _of_a_city())
        return [list(database.execute(each.order_by(*each.model._meta.get_primary_keys())).fetchall()) for each in rows]


def make_world(client: FlaskClient, name: str = "Busan", *, door: tuple[float, float] | None = None) -> World:
    """Two teams that walk and have reported something; a plan ready to publish; an officer at each of two boxes.

    The coordinator looks after the district of the walker's team, not after the other. `door`: where its walks begin,
    [lon, lat]; a junction near its blocks when nothing is said.

    One of the sightings is restricted: to the walker, who reported it, and to "duty", who holds it.
    """
    scene = a_scene(name, teams=2, blocks=6)
    box, other_box = make_box(scene.city), make_box(scene.city, "Elsewhere", **ELSEWHERE)
    district = make_district(scene.city, half=0.004)
    other_district = make_district(scene.city, "26999", "Elsewhere", half=0.004, **ELSEWHERE)
    mine, theirs = scene.teams
    if door is not None:
        Team.update(door_lon=door[0], door_lat=door[1]).where(Team.id == mine.id).execute()
        mine.door_lon, mine.door_lat = scene.teams[0].door_lon, scene.teams[0].door_lat = door
    for team, where in ((mine, district), (theirs, other_district)):
        Team.update(district=where).where(Team.id == team.id).execute()
        consent_to(team.handler, "police", "photo")
    people = {
        "walker": mine.handler,
        "coordinator": make_person(scene.city, "coordinator", district=district),
        "officer": make_person(scene.city, "officer", box=box),
        "admin": make_person(scene.city, "admin"),
        "neighbour": theirs.handler,
        "officer elsewhere": make_person(scene.city, "officer", box=other_box),
        "duty": make_person(scene.city, "officer", box=other_box),
    }
    make_duty(people["duty"], DUTY)
    on_call = make_rota_entry(people["duty"], DUTY, NOW - timedelta(hours=1), NOW + timedelta(hours=8))
    Person.update(password_hash=digest(PASSWORD, cost=(1, 8, 1))).where(Person.city == scene.city).execute()
    for block, where in zip(scene.blocks, [district] * 4 + [other_district] * 2, strict=True):
        Block.update(district=where).where(Block.id == block.id).execute()
    run = a_finished_run(replace(scene, teams=[mine], blocks=scene.blocks[:4]), districts=frozenset({district.id}))
    citys_run = a_finished_run(scene)
    pin, their_pin = (
        pair(scene.city.id, kind="pin", team=team.id, block=block.id, note="", by=None, now=NOW)
        for team, block in ((mine, scene.blocks[0]), (theirs, scene.blocks[4]))
    )
    PracticalTest.create(city=scene.city, team=mine, attempt=1, booked_for=NOW)
    PracticalTest.create(city=scene.city, team=theirs, attempt=1, booked_for=NOW)
    shift, their_shift = make_shift(mine, scene.blocks[:2]), make_shift(theirs, scene.blocks[2:4])
    headers = {role: bearer(person) for role, person in people.items()}
    to_box, restricted = reported(client, mine.handler), reported(client, mine.handler, kind="E6")
    to_coordinators, to_admins = (reported(client, mine.handler, kind=kind) for kind in ("C1", "C2"))
    Sighting.update(routed_to="admins").where(Sighting.id == to_admins).execute()
    pictured = {
        each: _pictured(client, mine.handler, each) for each in (to_box, restricted, to_coordinators, to_admins)
    }
    return World(
        city=scene.city,
        people=people,
        ids={
            "block_id": str(scene.blocks[0].id),
            "team_id": str(mine.id),
            "dog_id": str(mine.dogs.get().id),
            "dispute_id": str(make_dispute(mine, theirs).id),
            "day_id": str(_screening_day(scene.city, mine, people["walker"])),
            "number": "1",
            "mark_id": str(uuid4()),
            "account_id": str(mine.handler_id),
            "shift_id": str(shift.id),
            "walk_id": started(client, shift),
            "notice_id": _notice(scene.city, people["officer"]),
            "drill_id": _drill(scene.city, *(people[role] for role in ("officer", "coordinator", "admin", "duty"))),
            "batch_id": str(uuid4()),
            "run_id": str(run.id),
            "pairing_id": str(pin.id),
            **pictured[to_box],
            "person_id": str(people["officer"].id),
            "holder_id": str(people["duty"].id),
            "entry_id": str(on_call.id),
            "box_id": str(box.id),
            "facility_id": str(make_facility(scene.city).id),
            "attempt": "1",
            "slug": scene.city.slug,
            "layer": "cctv",
            "kind": "photo",
            "webhook_id": str(_webhook(scene.city)),
            "alert_id": str(uuid4()),
            "key_id": str(make_key(scene.city, name="City hall", rights=("file",), now=NOW)[0].id),
            **_personal(people["walker"]),
        },
        headers=headers,
        nearer={
            "coordinator": {**_personal(people["coordinator"]), **pictured[to_coordinators]},
            "officer": {
                **_personal(people["officer"]),
                "day_id": str(_screening_day(scene.city, mine, people["officer"])),
            },
            "admin": {**_personal(people["admin"]), **pictured[to_admins]},
            "duty": {**_personal(people["duty"]), **pictured[restricted]},
        },
        farther={
            "everybody": {
                "block_id": str(scene.blocks[4].id),
                "run_id": str(citys_run.id),
                "pairing_id": str(their_pin.id),
                "team_id": str(theirs.id),
                "dog_id": str(theirs.dogs.get().id),
                "day_id": str(_screening_day(scene.city, theirs)),
                "dispute_id": str(make_dispute(theirs, make_team(scene.city, district=other_district)).id),
                "shift_id": str(their_shift.id),
                "walk_id": started(client, their_shift),
                "notice_id": _notice(scene.city, people["officer elsewhere"]),
                "drill_id": _drill(scene.city),
                **_pictured(client, theirs.handler, reported(client, theirs.handler, **ELSEWHERE)),
                **_personal(people["neighbour"]),
            },
            "coordinator": pictured[restricted],
            "duty": pictured[to_box],
        },
    )


def _drill(city: City, *people: Person) -> str:
    """A drill whose call went to these people, and to nobody else."""
    Drill.update(ended_at=NOW).where(Drill.city == city).execute()
    drill = start(city, by=None, now=NOW)
    alerts = Alert.select().where(Alert.exercise & Alert.subject.in_([call.id for call in drill.calls]))
    Recipient.delete().where(Recipient.alert.in_(alerts)).execute()
    for person in people:
        Recipient.create(alert=alerts.get(), person=person, told_at=NOW)
    return str(drill.id)


def _notice(city: City, author: Person) -> str:
    """A look-out that this member of staff wrote."""
    notice = issue(
        city,
        by=author.id,
        kind="look_out",
        words={"ko": "파란 트럭", "en": "A blue lorry"},
        lon=LON,
        lat=LAT,
        radius_m=500.0,
        expires_at=NOW + timedelta(hours=2),
        now=NOW,
    )
    return str(notice.id)


def _pictured(client: FlaskClient, walker: Person, sighting: str) -> dict[str, str]:
    """A walker's sighting and a photo of it."""
    return {"sighting_id": sighting, "photo_id": attached(client, walker, sighting)}


def _personal(person: Person) -> dict[str, str]:
    """A message, a session, a device and an asked-for contact of this person, who has a password."""
    message = Message.create(
        city=person.city_id,
        person=person.id,
        kind="test",
        words={language: {"title": "A test", "body": f"For {person.name}."} for language in ("ko", "en")},
        dedupe_key="test",
        created_at=NOW,
    )
    session = Session.select().where(Session.person == person).order_by(Session.id).first()
    device = put_device(
        uuid4(),
        city=person.city_id,
        person=person.id,
        session=None,
        kind="fcm_fid",
        address=f"fid-{person.id}",
        keys=None,
        label=f"Phone of {person.name}",
        language="ko",
        now=NOW,
    )
    assert device is not None
    contact = Challenge.create(
        id=(asked := uuid4()),
        city=person.city_id,
        purpose="contact",
        person=person,
        channel="email",
        contact=f"{person.id}@example.org",
        code_digest=KEYS.digest("code", str(asked), CODE),
        opens=True,
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=15),
    )
    Person.update(password_hash=digest(PASSWORD, cost=(1, 8, 1))).where(Person.id == person.id).execute()
    return {
        "message_id": str(message.id),
        "session_id": str(session.id),
        "device_id": str(device.id),
        "contact": str(contact.id),
    }


@contextmanager
def undone() -> Iterator[Callable[[], bool]]:
    """Take back whatever the requests in the block did to the database; gives whether they wrote anything.

    PostgreSQL does not count writes, so there it is always true.
    """
    with connection(), database.atomic() as everything:
        count = (lambda: database.connection().total_changes) if is_sqlite() else itertools.count().__next__
        before = count()
        yield lambda: count() != before
        everything.rollback()


def _of_a_city() -> list[type[Record]]:
    """Every table whose rows say which city they belong to, and the cities themselves; not a migration's copies."""
    ours = [model for model in _all(Record) if model.__module__.startswith(("patrol.", "notifications."))]
    return [model for model in ours if model is City or "city" in model._meta.fields]


def _all(base: type[Record]) -> Iterator[type[Record]]:
    for model in base.__subclasses__():
        yield model
        yield from _all(model)


def _city_of(model: type[Record]) -> Any:
    return model.id if model is City else model.city


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str | UUID):
        yield str(value)


def _webhook(city: City) -> UUID:
    made, _ = make_webhook(
        city, name="City hall", url="https://example.org/hook", events=EVENTS, inside=(), keys=KEYS, now=NOW
    )
    return made.id


def _screening_day(city: City, team: Team, *examiners: Person) -> UUID:
    """A day with one candidate: led by the examiner who is named, or by somebody else."""
    for person in examiners:
        make_duty(person, "examiner")
    day = make_day(city, among=examiners).day
    put_on(day, team)
    return day.id
