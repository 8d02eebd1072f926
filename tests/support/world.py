"""Cities with one of everything, so that every endpoint has something to be asked for."""

from dataclasses import dataclass
from uuid import uuid4

from flask.testing import FlaskClient

from notifications.models import Message
from patrol.people.models import Person
from patrol.places.models import City
from patrol.planning.operations.pairing import pair
from patrol.sightings.models import Sighting
from tests.support.factories import NOW, bearer, make_box, make_person, make_shift
from tests.support.patrols import reported, started
from tests.support.planning import a_finished_run, a_scene

ROLES = ("walker", "coordinator", "officer", "admin")


@dataclass
class World:
    """A city in mid-evening. `ids` are by the name that paths give them, `headers` sign in one account per role."""

    city: City
    people: dict[str, Person]
    ids: dict[str, str]
    headers: dict[str, dict[str, str]]

    def at(self, path: str) -> str:
        """The path with this city's things in it."""
        for name, value in self.ids.items():
            path = path.replace(f"{{{name}}}", value)
        return path


def make_world(client: FlaskClient, name: str = "Busan") -> World:
    """Two teams: one walks and has reported something, one has an offered shift; a plan that is ready to publish."""
    scene = a_scene(name, teams=2, blocks=6)
    box = make_box(scene.city)
    people = {
        "walker": scene.teams[0].handler,
        "coordinator": scene.coordinator,
        "officer": make_person(scene.city, "officer", box=box),
        "admin": make_person(scene.city, "admin"),
    }
    run = a_finished_run(scene)
    pin = pair(scene.city.id, kind="pin", team=scene.teams[0].id, block=scene.blocks[0].id, note="", by=None, now=NOW)
    shift = make_shift(scene.teams[0], scene.blocks[:2])
    make_shift(scene.teams[1], scene.blocks[2:4], state="offered")
    walk = started(client, shift)
    sighting = reported(client, people["walker"])
    told = Message.get(Message.person == people["officer"])
    return World(
        city=scene.city,
        people=people,
        ids={
            "block_id": str(scene.blocks[0].id),
            "team_id": str(scene.teams[0].id),
            "shift_id": str(shift.id),
            "walk_id": walk,
            "batch_id": str(uuid4()),
            "run_id": str(run.id),
            "pairing_id": str(pin.id),
            "sighting_id": str(Sighting.get_by_id(sighting).id),
            "message_id": str(told.id),
            "session_id": str(uuid4()),
            "attempt": "1",
            "slug": scene.city.slug,
            "layer": "cctv",
            "kind": "photo",
        },
        headers={role: bearer(person) for role, person in people.items()},
    )
