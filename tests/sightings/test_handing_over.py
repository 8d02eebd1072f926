"""At the end of a shift what one took goes to a colleague, or back to those who come next."""

from datetime import timedelta
from uuid import UUID

import pytest

from patrol.alerts.operations.reading import alerts_of
from patrol.people.models import Role
from tests.support.factories import LAT, LON, NOW, Time, bearer, client_of, make_box, make_city, make_person
from tests.support.patrols import API, act, ask, inbox, reported

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def town(database):
    city = make_city()
    box = make_box(city)
    time = Time()
    officers = [make_person(city, "officer", box=box, name=f"Sample officer {letter}") for letter in "AB"]
    return make_person(city), *officers, client_of(database, clock=time), time


def taken(client, walker, officer, **given):
    sighting = reported(client, walker, **given)
    assert act(client, officer, sighting, "acknowledge").status_code == 200
    return sighting


def hand_over(client, person, sighting, to, note="", **headers):
    content = {"to": to and str(to.id), "note": note}
    return client.post(f"{API}/sightings/{sighting}/hand-over", json=content, headers={**bearer(person), **headers})


def test_a_colleague_has_it_from_then_on_and_is_told(town):
    walker, officer, colleague, client, _ = town
    sighting = taken(client, walker, officer)
    told = len(inbox(colleague))
    assert [each["id"] for each in ask(client, officer, f"/sightings/{sighting}/colleagues").json] == [
        str(colleague.id)
    ]
    answer = hand_over(client, officer, sighting, colleague, "The owner calls back at ten.").json
    assert (answer["state"], answer["acknowledged_by"]) == ("acknowledged", colleague.name)
    assert (answer["steps"][-1]["action"], answer["steps"][-1]["note"]) == ("hand_over", "The owner calls back at ten.")
    assert len(inbox(colleague)) == told + 1
    own = ask(client, walker, f"/sightings/{sighting}").json
    assert own["steps"][-1]["note"] == own["receipts"][-1]["note"] == ""
    assert colleague.name not in str(own)


def test_back_in_the_queue_it_is_alerted_and_due_anew(town):
    walker, officer, colleague, client, time = town
    sighting = taken(client, walker, officer)
    time.passes(hours=1)
    told = len(inbox(colleague)), len(inbox(officer))
    answer = hand_over(client, officer, sighting, None).json
    assert (answer["state"], answer["acknowledged_by"]) == ("alerted", None)
    assert answer["due_at"] == (NOW + timedelta(minutes=90)).isoformat()
    assert (len(inbox(colleague)), len(inbox(officer))) == (told[0] + 1, told[1])
    assert alerts_of([UUID(sighting)])[UUID(sighting)].escalate_at == NOW + timedelta(minutes=90)
    assert act(client, colleague, sighting, "acknowledge").json["acknowledged_by"] == colleague.name


def test_only_who_has_it_hands_it_over_and_only_to_who_could_answer(town):
    walker, officer, colleague, client, _ = town
    sighting = taken(client, walker, officer)
    assert hand_over(client, colleague, sighting, None).json["type"] == "/problems/taken-already"
    for stranger in (
        walker,
        make_person(walker.city, "officer", box=make_box(walker.city, "Far", lon=LON + 0.01, lat=LAT)),
    ):
        assert hand_over(client, officer, sighting, stranger).json["errors"][0]["pointer"] == "/to"
    assert hand_over(client, officer, sighting, colleague, **{"If-Match": '"1"'}).status_code == 412
    open_one = reported(client, walker, kind="P3")
    assert hand_over(client, officer, open_one, colleague).status_code == 409


def test_what_was_passed_on_is_handed_over_and_back_among_those_who_have_it_now(town):
    walker, officer, colleague, client, time = town
    far = make_box(walker.city, "Far", lon=LON + 0.01, lat=LAT)
    theirs, other = (make_person(walker.city, "officer", box=far) for _ in range(2))
    sighting = reported(client, walker)
    time.passes(minutes=1)
    act(client, officer, sighting, "route", to="box", box=str(far.id), reason="Across the line")
    act(client, theirs, sighting, "acknowledge")
    assert [each["id"] for each in ask(client, theirs, f"/sightings/{sighting}/colleagues").json] == [str(other.id)]
    time.passes(minutes=1)
    everybody = (officer, colleague, theirs, other)
    before = [len(inbox(person)) for person in everybody]
    assert hand_over(client, theirs, sighting, None).json["box"]["name"] == "Far"
    told = [len(inbox(person)) - count for person, count in zip(everybody, before, strict=True)]
    assert told == [0, 0, 0, 1], "nobody is told of what they cannot open"
    assert act(client, other, sighting, "acknowledge").status_code == 200


def test_what_one_may_not_answer_any_more_keeps_nothing_else_from_going(town):
    walker, officer, colleague, client, _ = town
    for person in (officer, colleague):
        Role.create(person=person, city=person.city, role="coordinator", created_at=NOW)
    theirs, mine = (taken(client, walker, officer, kind=kind) for kind in ("P1", "C1"))
    Role.update(ended_at=NOW).where((Role.person == officer) & (Role.role == "officer")).execute()
    content = {"to": str(colleague.id)}
    answer = client.post(f"{API}/sightings/hand-over", json=content, headers=bearer(officer))
    assert (answer.status_code, answer.json) == (200, {"went": [mine], "kept": []})
    assert alerts_of([UUID(theirs)])[UUID(theirs)].acknowledged_by_id == officer.id


def test_all_that_one_took_goes_at_once(town):
    walker, officer, colleague, client, _ = town
    mine = [taken(client, walker, officer, kind=kind) for kind in ("P1", "P3")]
    theirs = taken(client, walker, colleague, kind="C3")
    path, content = f"{API}/sightings/hand-over", {"to": str(colleague.id)}
    answer = client.post(path, json=content, headers=bearer(officer)).json
    assert (sorted(answer["went"]), answer["kept"]) == (sorted(mine), [])
    assert {alert.acknowledged_by_id for alert in alerts_of([*mine, theirs]).values()} == {colleague.id}


def test_acknowledging_what_was_resolved_tells_how_and_when(town):
    walker, officer, colleague, client, _ = town
    sighting = taken(client, walker, officer)
    act(client, officer, sighting, "resolve", outcome="no_action")
    answer = act(client, colleague, sighting, "acknowledge")
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/ended-already")
    assert answer.json["detail"] == "This was resolved at 2026-11-06 19:30 already (no_action)."


def test_acknowledging_takes_the_version_that_was_seen(town):
    walker, officer, _, client, _ = town
    sighting = reported(client, walker)
    path = f"{API}/sightings/{sighting}/acknowledge"
    codes = [
        client.post(path, headers={**bearer(officer), "If-Match": f'"{version}"'}).status_code for version in (7, 1)
    ]
    assert codes == [412, 200]
