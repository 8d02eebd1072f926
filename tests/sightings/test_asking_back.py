"""Who answers asks the reporter back; neither reads who the other is."""

import json

import pytest

from patrol.people.models import AccessEntry
from patrol.sightings.models import SightingMessage
from patrol.sightings.operations.personal import erase
from tests.support.factories import LAT, LON, NOW, Time, bearer, client_of, make_box, make_city, make_duty, make_person
from tests.support.patrols import API, act, ask, inbox, reported

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
QUESTION, ANSWER = "Which side of the street?", "The north side."


@pytest.fixture
def town(database):
    city = make_city()
    box = make_box(city)
    officers = [make_person(city, "officer", box=box) for _ in range(2)]
    return make_person(city), *officers, client_of(database, clock=Time())


def write(client, person, sighting, text, **headers):
    path = f"{API}/sightings/{sighting}/messages"
    client._own["clock"].passes(seconds=1)
    return client.post(path, json={"text": text}, headers={**bearer(person), **headers})


def thread(client, person, sighting):
    return ask(client, person, f"/sightings/{sighting}/messages").json["items"]


def test_question_and_answer_go_both_ways_without_names(town):
    walker, officer, colleague, client = town
    sighting = reported(client, walker)
    act(client, officer, sighting, "acknowledge")
    assert write(client, officer, sighting, QUESTION).status_code == 201
    assert write(client, walker, sighting, ANSWER).status_code == 201
    for reader in (walker, officer, colleague):
        lines = thread(client, reader, sighting)
        assert [(line["side"], line["text"]) for line in lines] == [("answerer", QUESTION), ("reporter", ANSWER)]
        text = json.dumps(lines)
        assert not [told for who in (walker, officer) for told in (who.name, str(who.id), who.phone) if told in text]


def test_the_reporter_reads_from_which_box_it_comes(town):
    walker, officer, _, client = town
    sighting = reported(client, walker)
    write(client, officer, sighting, QUESTION)
    assert (
        thread(client, walker, sighting)[0]["office"]
        == ask(client, officer, f"/sightings/{sighting}").json["box"]["name"]
    )


def test_each_line_is_told_to_the_other_side_without_its_words(town):
    walker, officer, colleague, client = town
    sighting = reported(client, walker)
    act(client, officer, sighting, "acknowledge")
    before = [len(inbox(person)) for person in (walker, officer, colleague)]
    write(client, officer, sighting, QUESTION)
    write(client, walker, sighting, ANSWER)
    after = [len(inbox(person)) for person in (walker, officer, colleague)]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 0]
    assert QUESTION not in json.dumps([message.words for message in inbox(walker)])


def test_each_side_sees_when_the_other_has_read_its_lines(town):
    walker, officer, _, client = town
    sighting = reported(client, walker)
    write(client, officer, sighting, QUESTION)
    assert ask(client, walker, f"/sightings/{sighting}").json["unread_messages"] == 1
    assert thread(client, officer, sighting)[0]["read_at"] is None
    read = [act(client, walker, sighting, "messages/read").json["read"] for _ in range(2)]
    assert read == [1, 0]
    assert thread(client, officer, sighting)[0]["read_at"]
    assert ask(client, walker, f"/sightings/{sighting}").json["unread_messages"] == 0


def test_the_thread_ends_with_the_sighting_and_opens_with_it(town):
    walker, officer, _, client = town
    sighting = reported(client, walker)
    act(client, officer, sighting, "acknowledge")
    act(client, officer, sighting, "resolve", outcome="fixed")
    for person in (walker, officer):
        assert write(client, person, sighting, "Late.").json["type"] == "/problems/thread-closed"
    act(client, walker, sighting, "reopen", reason="Still open.")
    assert write(client, walker, sighting, "Here.").status_code == 201


def test_nobody_else_reads_or_writes(town):
    walker, _, _, client = town
    sighting = reported(client, walker)
    for person in (
        make_person(walker.city),
        make_person(walker.city, "officer", box=make_box(walker.city, "Far", lon=LON + 0.01, lat=LAT)),
    ):
        assert write(client, person, sighting, "Hello?").status_code == 404
        assert ask(client, person, f"/sightings/{sighting}/messages").status_code == 404


def test_a_line_has_a_length_and_a_retry_is_one_line(town):
    walker, officer, _, client = town
    sighting = reported(client, walker)
    for text in ("", "x" * 1001):
        assert write(client, officer, sighting, text).json["errors"][0]["pointer"] == "/text"
    for _ in range(2):
        write(client, officer, sighting, QUESTION, **{"Idempotency-Key": "the-same"})
    assert len(thread(client, walker, sighting)) == 1


def test_of_a_restricted_kind_reading_it_is_logged_with_its_purpose(town):
    walker, officer, colleague, client = town
    make_duty(officer, "child_protection")
    sighting = reported(client, walker, kind="E6")
    AccessEntry.delete().execute()
    ask(client, officer, f"/sightings/{sighting}/messages?purpose=safety")
    [entry] = AccessEntry.select()
    assert (entry.reader, entry.subject, entry.what, entry.purpose) == (
        officer.id,
        walker.id,
        "restricted_sighting",
        "safety",
    )
    assert ask(client, colleague, f"/sightings/{sighting}/messages").status_code == 404


def test_without_a_reporter_nobody_is_asked(town):
    walker, officer, _, client = town
    sighting = reported(client, walker)
    write(client, walker, sighting, f"I am {walker.name}.")
    erase(walker.id, NOW)
    assert write(client, officer, sighting, QUESTION).json["type"] == "/problems/nobody-to-ask"
    assert walker.name not in SightingMessage.get().text
