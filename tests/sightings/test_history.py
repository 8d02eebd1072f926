"""What happened to a sighting stands as it was written: the database itself refuses to change or remove it."""

from datetime import timedelta
from uuid import uuid4

import peewee
import pytest

from config.database import database as db
from config.database import is_sqlite, transaction
from patrol.alerts.models import Alert, Escalation
from patrol.places.models import PoliceBox
from patrol.sightings.models import Sighting, SightingStep
from patrol.sightings.operations.escalating import escalate
from tests.support.factories import LON, NOW, bearer, make_box, make_city, make_person
from tests.support.patrols import act, ask, reported

WRITTEN = "Mr Oh, 010-1234-5678, [gate 3] 50% *?_\\ of it"


@pytest.fixture
def people(database):
    city = make_city()
    make_person(city, "officer", box=make_box(city, "Near", lon=LON + 0.01, half=0.001))
    return make_person(city), make_person(city, "officer", box=make_box(city))


@pytest.fixture
def sighting(client, people):
    """Passed on once, acknowledged, resolved with a note."""
    walker, officer = people
    found = reported(client, walker)
    escalate(NOW + timedelta(minutes=30))
    act(client, officer, found, "acknowledge")
    act(client, officer, found, "resolve", outcome="fixed", note=WRITTEN)
    return found


def refused(query):
    with pytest.raises(peewee.IntegrityError, match="is history"), transaction():
        query.execute()
    return True


def other(row, name):
    """A value that the column could have, and has not."""
    value = row[name.removesuffix("_id")]
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return {"action": "respond", "by_role": "admin", "passed_to": "admins"}.get(name, f"{value} and more")
        case list():
            return [*value, "station"]
        case None:
            return "fixed" if name == "outcome" else uuid4()
    return value + timedelta(days=1) if name.endswith("at") else uuid4()


@pytest.mark.both_fast
def test_no_column_of_a_step_is_changed(client, sighting):
    for model in (SightingStep, Escalation):
        row = model.select().order_by(model.at).dicts().first()
        for name in model._meta.columns:
            assert refused(model.update({name: other(row, name)}).where(model.id == row["id"])), name
        assert model.select().where(model.id == row["id"]).dicts().get() == row


@pytest.mark.both_fast
def test_no_step_is_removed_but_with_the_sighting_itself(client, sighting):
    for model, count in ((SightingStep, 3), (Escalation, 1)):
        assert refused(model.delete())
        if not is_sqlite():
            with pytest.raises(peewee.IntegrityError, match="is history"), transaction():
                db.execute_sql(f"TRUNCATE {model._meta.table_name}")
        assert model.select().count() == count
    with transaction():
        Sighting.delete().execute()
        Alert.delete().execute()
    assert (SightingStep.select().count(), Escalation.select().count()) == (0, 0)


@pytest.mark.both_fast
def test_whom_a_step_names_may_be_forgotten_and_of_its_words_parts_be_taken_out_but_none_put_in(client, sighting):
    step = SightingStep.get(SightingStep.action == "resolve")
    mine = SightingStep.id == step.id
    for note in (
        f"{WRITTEN}.",
        "Mr Lee, 010-1234-5678, [gate 3] 50% *?_\\ of it",
        "Mr Oh, …, [gate 4] 50% *?_\\ of it",
        "mr oh, …, [gate 3] 50% *?_\\ of it",
        "Mr Oh",
    ):
        assert refused(SightingStep.update(note=note).where(mine)), note
    for note in ("Mr Oh, …, [gate 3] 50% *?_\\ of it", "…, …, [gate 3] 50% *?_\\ of it", ""):
        SightingStep.update(note=note).where(mine).execute()
    assert refused(SightingStep.update(note=WRITTEN).where(mine))
    SightingStep.update(by=None).where(mine).execute()
    assert refused(SightingStep.update(by=step.by).where(mine))
    left = SightingStep.get_by_id(step.id)
    assert (left.by, left.note, left.outcome) == (None, "", "fixed")


def test_a_box_that_is_no_more_leaves_the_escalation_to_it(client, sighting):
    before = Escalation.get()
    assert before.box_id is not None
    PoliceBox.delete().where(PoliceBox.id == before.box_id).execute()
    after = Escalation.get()
    assert (after.box_id, after.passed_to, after.at) == (None, "neighbour", before.at)


def test_sharing_a_contact_and_taking_it_back_are_steps_for_those_who_may_see_the_sighting(client, people):
    walker, officer = people
    sighting = reported(client, walker)
    path = f"/api/v1/sightings/{sighting}/contact"
    client.put("/api/v1/me/consents/police", headers=bearer(walker))
    for method in ("put", "put", "delete", "delete", "put"):
        assert getattr(client, method)(path, headers=bearer(walker)).status_code == 200
    client.delete("/api/v1/me/consents/police", headers=bearer(walker))
    mine, theirs = (ask(client, person, f"/sightings/{sighting}") for person in (walker, officer))
    ways = [(step["action"], step["by_role"]) for step in theirs.json["steps"]]
    turns = ["share_contact", "withdraw_contact"] * 2
    assert ways == [("report", "reporter"), *((turn, "reporter") for turn in turns)]
    assert [step["action"] for step in mine.json["steps"]] == ["report", *turns]
    assert [receipt["text"]["en"] for receipt in mine.json["receipts"]][1:3] == [
        "You gave your name and number to those who answer.",
        "You took your name and number back.",
    ]
    assert walker.name not in theirs.text
    assert mine.json["version"] == theirs.json["version"] == 5
    assert ask(client, make_person(walker.city), f"/sightings/{sighting}").status_code == 404


def test_passing_on_by_hand_is_a_step_with_its_reason_for_those_who_answer(client, people):
    walker, officer = people
    sighting = reported(client, walker)
    there = make_box(walker.city, "There", lon=LON + 0.02, half=0.001)
    next_officer = make_person(walker.city, "officer", box=there)
    assert act(client, officer, sighting, "route", to="box", box=str(there.id), reason="Their park.").status_code == 204
    seen = {
        person.id: ask(client, person, f"/sightings/{sighting}").json["steps"][-1] for person in (next_officer, walker)
    }
    assert {step["action"] for step in seen.values()} == {"route"}
    assert [seen[person.id]["note"] for person in (next_officer, walker)] == ["Their park.", ""]
    assert ask(client, officer, f"/sightings/{sighting}").status_code == 404
