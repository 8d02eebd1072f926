"""A dog's limits and build are kept up to date, as the gates go by them."""

import pytest

from patrol.teams.models import Dog, TeamStep
from tests.support.factories import Time, bearer, client_of, make_city, make_person, make_team
from tests.support.patrols import API, ask

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def team(database):
    return make_team(make_city())


@pytest.fixture
def client(database):
    return client_of(database, clock=Time())


def change(client, team, person=None, *, dog=None, version=None, **changes):
    dog = dog or team.dogs.get()
    headers = bearer(person or team.handler) | ({"If-Match": f'"{version}"'} if version else {})
    return client.patch(f"{API}/teams/{team.id}/dogs/{dog.id}", json=changes, headers=headers)


def test_a_handler_changes_what_the_gates_go_by_and_what_is_left_out_stays(client, team):
    answer = change(client, team, weight_kg=52.5, overweight=True, minutes_a_day=40, rest_days=2, stroller=True)
    assert answer.status_code == 200
    (dog,) = answer.json["dogs"]
    shown = {name: dog[name] for name in ("weight_kg", "overweight", "minutes_a_day", "rest_days", "stroller", "name")}
    assert shown == {
        "weight_kg": 52.5,
        "overweight": True,
        "minutes_a_day": 40,
        "rest_days": 2,
        "stroller": True,
        "name": "Bori",
    }
    assert TeamStep.get(TeamStep.team == team).note.startswith("Bori: weight_kg 52.5, overweight True")
    change(client, team, minutes_a_day=None)
    assert Dog.get(Dog.team == team).minutes_a_day is None


def test_a_coordinator_may_too_and_nobody_elses_dog_is_there(client, team):
    assert change(client, team, make_person(team.city, "coordinator"), overweight=True).status_code == 200
    other = make_team(team.city)
    assert change(client, team, other.handler, overweight=True).status_code == 404
    assert change(client, team, dog=other.dogs.get(), overweight=True).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"weight_kg": 0},
        {"weight_kg": 121},
        {"minutes_a_day": 4},
        {"minutes_a_day": 601},
        {"rest_days": -1},
        {"rest_days": 14},
        {"rest_days": 1.5},
        {"name": "Mong"},
    ],
)
def test_what_cannot_be_is_refused(client, team, changes):
    assert change(client, team, **changes).status_code == 422


def test_of_two_changes_to_what_was_seen_the_second_is_told(client, team):
    assert change(client, team, version=team.version, overweight=True).status_code == 200
    assert change(client, team, version=team.version, overweight=False).status_code == 412
    assert Dog.get(Dog.team == team).overweight


def test_coordinators_see_which_teams_are_never_grouped(client, team):
    coordinator = make_person(team.city, "coordinator")

    def may():
        return ask(client, coordinator, f"/teams/{team.id}?purpose=roster").json["may_be_grouped"]

    assert may() is True
    change(client, team, reactive=True)
    assert may() is False
