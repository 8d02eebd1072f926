"""Several who saw the same are one sighting to those who answer, and each is kept, told and answered."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.database import database as db
from config.database import is_sqlite
from patrol.alerts.models import Alert
from patrol.places.operations.cities import policy_of
from patrol.places.rules import METRES_A_DEGREE
from patrol.sightings.models import Corroboration, Sighting
from patrol.sightings.operations import corroborating
from patrol.sightings.operations.near import CELL_DEG, cell_of, cells_within, metres_between
from tests.support.databases import sqlite_only
from tests.support.factories import LAT, LON, NOW, Time, bearer, client_of, make_box, make_city, make_person
from tests.support.patrols import API, act, ask, at_once, inbox, listed, report, reported

DEGREE = METRES_A_DEGREE


@pytest.fixture
def town(database):
    city = make_city()
    officer = make_person(city, "officer", box=make_box(city))
    return [make_person(city) for _ in range(2)], officer, client_of(database, clock=Time())


def shown(client, person, sighting):
    return ask(client, person, f"/sightings/{sighting}").json


def north(metres):
    return {"lat": LAT + metres / DEGREE}


@sqlite_only
class TestNearInPlaceAndTime:
    @pytest.mark.parametrize(
        ("metres", "minutes", "same"), [(49, 0, True), (51, 0, False), (0, 1439, True), (0, 1441, False)]
    )
    def test_a_second_one_within_fifty_metres_and_a_day_belongs_to_the_first(self, town, metres, minutes, same):
        (one, other), officer, client = town
        first = reported(client, one)
        seen_at = (NOW - timedelta(minutes=minutes)).isoformat()
        second = reported(client, other, seen_at=seen_at, **north(metres))
        assert shown(client, officer, second)["linked"] == same
        assert shown(client, officer, first)["corroborations"] == int(same)
        assert sorted(listed(client, officer)) == sorted([first] if same else [first, second])

    def test_another_kind_stays_its_own(self, town):
        (one, other), officer, client = town
        reported(client, one)
        assert shown(client, officer, reported(client, other, kind="P3"))["linked"] is False

    def test_what_is_resolved_stands_for_nobody_who_comes_later(self, town):
        (one, other), officer, client = town
        first = reported(client, one)
        act(client, officer, first, "acknowledge")
        act(client, officer, first, "resolve", outcome="fixed")
        assert shown(client, officer, reported(client, other))["linked"] is False

    @pytest.mark.parametrize("kind", ["D1", "L1", "E6", "E7", "E8"])
    def test_kinds_that_are_answered_one_by_one_have_no_place_among_the_same(self, town, kind):
        (one, other), _, client = town
        for walker in (one, other):
            reported(client, walker, kind=kind)
        assert Corroboration.select().count() == 0

    def test_thirty_reporters_raise_one_alert(self, town):
        (one, _), officer, client = town
        first = reported(client, one)
        for _ in range(3):
            reported(client, make_person(one.city))
        assert len(inbox(officer)) == 1
        assert shown(client, officer, first)["corroborations"] == 3
        assert sorted(alert.state for alert in Alert.select()) == ["open", "settled", "settled", "settled"]


@sqlite_only
class TestTheAnswerIsForAll:
    def test_every_reporter_is_told_each_step_and_none_of_the_others(self, town):
        (one, other), officer, client = town
        first, second = reported(client, one), reported(client, other)
        act(client, officer, first, "acknowledge")
        act(client, officer, first, "resolve", outcome="closed_unfixed", note="The owner must mend it.")
        own = shown(client, other, second)
        assert [step["action"] for step in own["steps"]] == ["report", "link", "acknowledge", "resolve"]
        assert own["receipts"][-1]["note"] == "The owner must mend it."
        assert (own["outcome"], own["first"], own["corroborations"]) == ("closed_unfixed", None, 0)
        assert len(inbox(other)) == 4
        assert first not in json.dumps(own)

    def test_one_of_them_opens_it_again_for_all_and_its_reason_is_for_the_officer(self, town):
        (one, other), officer, client = town
        first, second = reported(client, one), reported(client, other)
        act(client, officer, first, "acknowledge")
        act(client, officer, first, "resolve", outcome="fixed")
        assert act(client, other, second, "reopen", reason="It is there still.").json["id"] == second
        assert {shown(client, officer, each)["state"] for each in (first, second)} == {"reopened"}
        notes = {
            person.name: shown(client, person, each)["steps"][-1]["note"]
            for person, each in ((one, first), (other, second), (officer, first))
        }
        assert notes == {one.name: "", other.name: "It is there still.", officer.name: "It is there still."}

    def test_it_is_answered_at_the_first(self, town):
        (one, other), officer, client = town
        first, second = reported(client, one), reported(client, other)
        for action, content in (("acknowledge", {}), ("resolve", {"outcome": "fixed"})):
            answer = act(client, officer, second, action, **content)
            assert (answer.status_code, answer.json["type"]) == (409, "/problems/belongs-to-another")
            assert first in answer.json["detail"]

    def test_who_answers_reads_what_each_wrote_and_not_who(self, town):
        (one, other), officer, client = town
        first = reported(client, one)
        second = reported(client, other, text="It is open wide.")
        found = ask(client, officer, f"/sightings/{first}/corroborations").json
        assert [(each["id"], each["text"]) for each in found["linked"]] == [(second, "It is open wide.")]
        assert not [text for text in (str(one.id), str(other.id), one.name, other.name) if text in json.dumps(found)]


@sqlite_only
class TestByHand:
    def test_an_immediate_one_is_asked_about_and_linked_by_whoever_answers(self, town):
        (one, other), officer, client = town
        first, second = (reported(client, walker, kind="E1") for walker in (one, other))
        asked = shown(client, officer, second)
        assert (asked["linked"], asked["same_as"]) == (False, first)
        assert len(inbox(officer)) == 2
        linked = act(client, officer, second, "link", first=first, note="The same fight.").json
        assert (linked["linked"], linked["first"], linked["same_as"]) == (True, first, None)
        assert listed(client, officer) == [first]
        assert shown(client, other, second)["steps"][-1]["note"] == ""

    def test_that_it_is_not_the_same_is_an_answer_too(self, town):
        (one, other), officer, client = town
        _, second = (reported(client, walker, kind="E1") for walker in (one, other))
        answer = act(client, officer, second, "split", note="Another street.").json
        assert (answer["same_as"], answer["state"]) == (None, "alerted")
        assert act(client, officer, second, "split", note="Once more.").status_code == 409

    def test_split_it_is_alerted_and_answered_on_its_own(self, town):
        (one, other), officer, client = town
        first, second = reported(client, one), reported(client, other)
        act(client, officer, first, "acknowledge")
        told = len(inbox(officer))
        own = act(client, officer, second, "split", note="Another door.").json
        assert (own["linked"], own["state"], own["acknowledged_at"]) == (False, "alerted", None)
        assert len(inbox(officer)) == told + 1
        assert act(client, officer, second, "acknowledge").status_code == 200
        assert shown(client, officer, first)["corroborations"] == 0
        steps = [step["action"] for step in shown(client, officer, second)["steps"]]
        assert steps == ["report", "link", "acknowledge", "split", "acknowledge"]

    def test_linking_one_that_stands_for_others_brings_them_along(self, town):
        (one, other), officer, client = town
        first = reported(client, one)
        second, third = (reported(client, other, **north(500)) for _ in range(2))
        assert act(client, officer, second, "link", first=first).status_code == 200
        assert shown(client, officer, first)["corroborations"] == 2
        assert shown(client, officer, third)["first"] == first

    def test_what_cannot_be_linked_is_refused_with_the_reason(self, town):
        (one, other), officer, client = town
        first = reported(client, one, kind="P3")
        urgent, far = reported(client, other, kind="E1"), reported(client, other, kind="P3", **north(300))
        assert act(client, officer, urgent, "link", first=first).json["type"] == "/problems/less-urgent"
        assert act(client, officer, first, "link", first=first).json["type"] == "/problems/itself"
        act(client, officer, far, "acknowledge")
        act(client, officer, far, "resolve", outcome="fixed")
        assert act(client, officer, first, "link", first=far).json["type"] == "/problems/ended"
        assert act(client, officer, first, "link", first=str(uuid4())).status_code == 404

    def test_who_has_not_seen_the_last_step_is_told_so(self, town):
        (one, other), officer, client = town
        first, second = (reported(client, walker, kind="E1") for walker in (one, other))
        for action, content in (("link", {"first": first}), ("split", {})):
            path = f"{API}/sightings/{second}/{action}"
            assert client.post(path, json=content, headers={**bearer(officer), "If-Match": '"9"'}).status_code == 412


def test_of_two_reported_at_once_at_one_place_one_is_first_and_the_other_belongs_to_it(town):
    walkers, officer, client = town
    app = client.application
    answers = at_once(*[lambda who=who: report(app.test_client(), who) for who in walkers])
    assert [answer.status_code for answer in answers] == [201, 201]
    ids = {answer.json["id"] for answer in answers}
    [row] = Corroboration.select().where(Corroboration.first.is_null(is_null=False))
    assert {str(row.sighting_id), str(row.first_id)} == ids
    assert len(inbox(officer)) == 1


def test_looking_for_the_same_goes_by_the_index(town):
    (one, _), _, client = town
    reported(client, one)
    template = Sighting.select().dicts().get()
    rows = [{**template, "id": uuid4(), "walk": None, "lon": LON + number * 0.0007} for number in range(2000)]
    for start in range(0, len(rows), 500):
        Sighting.insert_many(rows[start : start + 500]).execute()
        Corroboration.insert_many(
            [
                {
                    "sighting": row["id"],
                    "city": row["city"],
                    "kind": row["kind"],
                    "cell": cell_of(row["lon"], row["lat"]),
                    "seen_at": row["seen_at"],
                }
                for row in rows[start : start + 500]
            ]
        ).execute()
    db.execute_sql("ANALYZE")
    sql, values = corroborating.candidates(Sighting.get(), policy_of(one.city)).sql()
    explain = "EXPLAIN QUERY PLAN " if is_sqlite() else "EXPLAIN "
    plan = " ".join(str(row) for row in db.execute_sql(explain + sql, values).fetchall())
    assert "corroboration_city_id_kind_cell_seen_at" in plan


places = st.tuples(st.floats(-180, 179.999), st.floats(-80, 80))


@settings(max_examples=200)
@given(
    place=places,
    aside=st.tuples(st.floats(-2, 2), st.floats(-2, 2)),
    metres=st.floats(1, 1000),
    on_border=st.booleans(),
)
def test_no_place_within_reach_lies_in_a_square_that_is_not_looked_into(place, aside, metres, on_border):
    lon, lat = (round(part / CELL_DEG) * CELL_DEG for part in place) if on_border else place
    other = ((lon + aside[0] * metres / DEGREE + 180) % 360 - 180, lat + aside[1] * metres / DEGREE)
    if metres_between((lon, lat), other) <= metres:
        assert cell_of(*other) in cells_within(lon, lat, metres)
