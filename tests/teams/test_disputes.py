"""A dog that two people register is flagged, not lost; a coordinator decides, and neither learns who the other is."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import peewee
import pytest

from config.database import connection
from notifications.models import Message
from patrol.people.models import Person, Role
from patrol.teams.models import Dog, DogDispute, Team
from patrol.teams.operations import disputes
from patrol.teams.operations.applying import NewDog, add_dog, apply
from patrol.teams.operations.lapsing import look_after_teams
from patrol.teams.operations.personal import forget_team
from patrol.teams.operations.standing import change
from tests.support.factories import (
    LAT,
    LON,
    NOW,
    bearer,
    client_of,
    consent_to,
    make_city,
    make_dispute,
    make_district,
    make_dog,
    make_person,
    make_team,
)
from tests.support.queries import Queries

NUMBER = "410000000000001"
DOG = {"name": "Choco", "registration_no": NUMBER, "breed": "Maltese", "born_on": NOW.date(), "weight_kg": 4.0}


@pytest.fixture
def holder(city):
    team = make_team(city, name="The first team")
    Dog.update(registration_no=NUMBER).where(Dog.team == team).execute()
    return team


def claimed(city, *, handler=None):
    """A second application with the same dog, besides one of its own."""
    handler = handler or make_person(city)
    consent_to(handler)
    own = NewDog(**{**DOG, "name": "Duri", "registration_no": f"41999999999{Team.select().count():04}"})
    given = {"name": "The other team", "motive": "", "lon": LON, "lat": LAT, "walk_min": None, "availability": []}
    return apply(handler, **given, dogs=[NewDog(**DOG), own], now=NOW)


def dog_names(team):
    return sorted(dog.name for dog in Dog.select().where(Dog.team == team))


def words_to(person):
    return [str(message.words) for message in Message.select().where(Message.person == person)]


def decide(database, city, keeps, *, headers=None):
    found = DogDispute.get(DogDispute.state == "open")
    headers = headers or bearer(make_person(city, "coordinator"))
    url = f"/api/v1/dog-disputes/{found.id}/decision"
    return client_of(database).post(url, json={"keeps": keeps, "note": "By its chip"}, headers=headers)


def test_the_second_application_is_taken_with_its_dog_marked_and_the_coordinators_are_told(database, city, holder):
    coordinator = make_person(city, "coordinator")
    team = claimed(city)
    client = client_of(database)
    mine = client.get("/api/v1/teams/mine", headers=bearer(team.handler)).json["items"][0]
    assert {dog["name"]: dog["disputed"] for dog in mine["dogs"]} == {"Choco": True, "Duri": False}
    assert Message.get((Message.person == coordinator) & (Message.kind == "team_dog_disputed")).subject == team.id
    listed = client.get("/api/v1/dog-disputes?state=open", headers=bearer(coordinator)).json["items"]
    assert [(each["holder"]["code"], each["claimant"]["code"]) for each in listed] == [(holder.code, team.code)]


def test_a_team_with_a_disputed_dog_is_not_activated(database, city, holder):
    team = claimed(city)
    Team.update(state="passed", trained_on=NOW.date()).where(Team.id == team.id).execute()
    url, headers = f"/api/v1/teams/{team.id}/activate", bearer(make_person(city, "coordinator"))
    refused = client_of(database).post(url, headers=headers)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/dog-disputed")
    decide(database, city, "claimant")
    assert client_of(database).post(url, headers=headers).json["state"] == "active"


@pytest.mark.parametrize("to_the_holder", [True, False])
def test_the_dog_stays_with_one_and_leaves_the_other_and_both_are_told(database, city, holder, to_the_holder):
    team = claimed(city)
    answer = decide(database, city, "holder" if to_the_holder else "claimant")
    assert (answer.status_code, answer.json["state"]) == (200, "decided")
    left = (["Bori"], ["Duri"]) if to_the_holder else ([], ["Choco", "Duri"])
    assert (dog_names(holder), dog_names(team)) == left
    assert Dog.select().where(~Dog.disputed_at.is_null()).count() == 0
    for one, other in ((holder, team), (team, holder)):
        said = " ".join(words_to(one.handler_id))
        assert "registration" in said
        for told in (other.name, other.code, other.handler.name, other.handler.phone):
            assert told not in said
    assert decide_again(database, city, answer.json["id"], "claimant").json["type"] == "/problems/decided"


def decide_again(database, city, dispute, keeps):
    headers = bearer(make_person(city, "coordinator"))
    url = f"/api/v1/dog-disputes/{dispute}/decision"
    return client_of(database).post(url, json={"keeps": keeps}, headers=headers)


def test_what_two_coordinators_decide_at_once_of_two_claims_holds_in_either_order(city, holder):
    claimed(city), claimed(city)
    first, second = DogDispute.select().order_by(DogDispute.created_at, DogDispute.id)
    by = make_person(city, "coordinator").id
    for found in (first, second):  # both read before either is decided
        disputes.decide(found, keeps="claimant", note="", by=by, now=NOW)
    held = Dog.get((Dog.registration_no == NUMBER) & Dog.disputed_at.is_null())
    assert held.team_id == second.claimant_id
    assert Dog.select().where(Dog.registration_no == NUMBER).count() == 1


def test_a_team_that_loses_its_only_dog_leaves_patrols(database, city, holder):
    claimed(city)
    decide(database, city, "claimant")
    look_after_teams(effects=(), blocked=lambda *_: [], now=NOW)
    assert Team.get_by_id(holder.id).state == "lapsed"


def test_the_dog_goes_to_one_of_the_two(database, city, holder):
    claimed(city)
    answer = decide(database, city, "neither")
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/keeps")
    assert DogDispute.get().state == "open"


def test_a_coordinator_of_another_city_finds_no_dispute(database, city, holder):
    claimed(city)
    stranger = bearer(make_person(make_city("Elsewhere"), "coordinator"))
    assert decide(database, city, "claimant", headers=stranger).status_code == 404


def test_a_dog_between_two_districts_is_for_somebody_who_looks_after_both(database, city, holder):
    here, there = make_district(city, "1", "Here"), make_district(city, "2", "There", lon=LON + 1)
    Team.update(district=there).where(Team.id == holder.id).execute()
    team = claimed(city)
    assert Team.get_by_id(team.id).district_id == here.id
    for one, far in ((here, "There"), (there, "Here")):
        refused = decide(database, city, "holder", headers=bearer(make_person(city, "coordinator", district=one)))
        assert (refused.status_code, refused.json["type"]) == (409, "/problems/beyond-reach")
        assert f"({far})" in refused.json["detail"]
        assert DogDispute.get().state == "open"
    both = make_person(city, "coordinator", district=here)
    Role.create(city=city, person=both, role="coordinator", district=there, created_at=NOW)
    assert decide(database, city, "holder", headers=bearer(both)).status_code == 200


@pytest.mark.parametrize("whose", ["coordinator", "admin"])
def test_of_a_dog_between_two_districts_those_are_told_who_may_decide(database, city, holder, whose):
    here, there = make_district(city, "1", "Here"), make_district(city, "2", "There", lon=LON + 1)
    Team.update(district=there).where(Team.id == holder.id).execute()
    theirs, others = (make_person(city, "coordinator", district=one) for one in (here, there))
    whole = make_person(city, whose)
    claimed(city)
    told = {message.person for message in Message.select().where(Message.kind == "team_dog_disputed")}
    assert (whole.id in told, theirs.id in told, others.id in told) == (True, True, False)
    assert decide(database, city, "holder", headers=bearer(whole)).status_code == 200


def test_a_retired_teams_dog_is_no_dispute(city, holder):
    change(holder, "retire", by=holder.handler_id, now=NOW)
    team = claimed(city)
    assert not DogDispute.select().exists()
    assert Dog.get((Dog.team == team) & (Dog.registration_no == NUMBER)).disputed_at is None


def test_when_the_holder_retires_the_first_who_claimed_has_the_dog_and_later_claims_are_against_them(city, holder):
    first, second = claimed(city), claimed(city)
    change(holder, "retire", by=holder.handler_id, now=NOW)
    assert Dog.get((Dog.team == first) & (Dog.registration_no == NUMBER)).disputed_at is None
    left = DogDispute.get(DogDispute.state == "open")
    assert (left.holder_id, left.claimant_id) == (first.id, second.id)


def test_when_the_holder_is_forgotten_who_claimed_has_the_dog(city, holder):
    team = claimed(city)
    forget_team(holder, effects=(), now=NOW)
    assert Dog.get((Dog.team == team) & (Dog.registration_no == NUMBER)).disputed_at is None


def test_when_the_claimant_retires_the_dispute_is_over(city, holder):
    change(claimed(city), "retire", by=None, now=NOW)
    assert [row.state for row in DogDispute.select()] == ["dropped"]
    assert dog_names(holder) == ["Bori"]


def test_a_dog_added_later_is_flagged_too(city, holder):
    team = make_team(city, state="documents_ok")
    add_dog(team, NewDog(**DOG), now=NOW)
    assert DogDispute.get().claimant_id == team.id


def test_of_two_who_register_a_dog_at_once_one_holds_it_and_one_disputes_it(city):
    handlers = [make_person(city).id for _ in range(4)]
    start = Barrier(4)

    def send(handler):
        with connection():
            start.wait()
            return claim_alone(Person.get_by_id(handler)).id

    for handler in handlers:
        consent_to(Person.get_by_id(handler))
    with ThreadPoolExecutor(4) as pool:
        teams = list(pool.map(send, handlers))
    assert len(set(teams)) == 4
    assert Dog.select().where(Dog.disputed_at.is_null()).count() == 1
    assert DogDispute.select().count() == 3


def claim_alone(handler):
    given = {"name": "Sample", "motive": "", "lon": LON, "lat": LAT, "walk_min": None, "availability": []}
    return apply(handler, **given, dogs=[NewDog(**DOG)], now=NOW)


@pytest.mark.both_fast
def test_one_team_holds_a_number_whatever_writes_it(city, holder):
    with pytest.raises(peewee.IntegrityError):
        make_dog(make_team(city), registration_no=NUMBER)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_list_asks_no_more_of_the_database_the_longer_it_is(database, city, coordinator):
    client = client_of(database)

    def asked():
        with Queries() as queries:
            items = client.get("/api/v1/dog-disputes?state=open", headers=coordinator).json["items"]
        return len(items), len(queries.asked)

    found = []
    for _ in range(2):
        make_dispute(make_team(city), make_team(city))
        make_dispute(make_team(city), make_team(city))
        found.append(asked())
    (few, once), (many, again) = found
    assert (few, many, again) == (2, 4, once)
