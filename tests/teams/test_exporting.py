"""Teams as a spreadsheet: with a reason that each handler can read, safe to open, and it comes in again."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patrol.people.models import AccessEntry, Person
from patrol.teams.models import Availability, Dog, Team
from patrol.teams.operations.applicants import Filters, queue
from patrol.teams.operations.exporting import COLUMNS, export
from patrol.teams.operations.importing import import_teams
from patrol.teams.rules import BY_KEY, text_of
from tests.support.databases import sqlite_only
from tests.support.factories import NOW, bearer, make_city, make_dog, make_person, make_team

URL = "/api/v1/teams/exports"
REASON = "Calling applicants for the test in May"


@pytest.fixture
def coordinator(city):
    return make_person(city, "coordinator")


def rows_of(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_a_file_is_had_with_a_reason_alone(client, coordinator):
    for asked in ({}, {"reason": "  x "}):
        answer = client.post(URL, json=asked, headers=bearer(coordinator))
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/reason")


def test_the_reason_stands_in_each_handlers_access_log(client, city, coordinator):
    teams = [make_team(city) for _ in range(2)]
    make_team(city, state="retired")
    make_team(make_city("Ulsan"))
    asked = {"reason": REASON, "filters": {"state": ["active"]}, "columns": ["code", "name", "phone"]}
    rows = rows_of(client.post(URL, json=asked, headers=bearer(coordinator)))
    assert [row["Code"] for row in rows] == sorted(team.code for team in teams)
    assert list(rows[0]) == ["Code", "Name", "Phone"]
    found = {(entry.reader, entry.subject, entry.what, entry.purpose) for entry in AccessEntry.select()}
    assert found == {(coordinator.id, team.handler_id, "roster_file", REASON) for team in teams}


@sqlite_only
def test_it_opens_in_a_spreadsheet_program_and_runs_nothing(client, city, coordinator):
    handler = make_person(city, name="=HYPERLINK(1)", phone="+358401234567")
    make_team(city, handler, name="@here", motive="-1+2")
    answer = client.post(URL, json={"reason": REASON}, headers=bearer(coordinator))
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.content_type == "text/csv; charset=utf-8"
    row = rows_of(answer)[0]
    assert (row["Name"], row["Team"], row["Motive"]) == ("'=HYPERLINK(1)", "'@here", "'-1+2")
    assert row["Phone"] == "'+358401234567"
    assert row["Registration number"].count("-") == 3


@sqlite_only
def test_the_door_is_in_no_column(client, city, coordinator):
    make_team(city, door_lon=129.05123, door_lat=35.15321)
    text = client.post(URL, json={"reason": REASON}, headers=bearer(coordinator)).text
    assert "129.05" not in text
    assert "35.15" not in text
    answer = client.post(URL, json={"reason": REASON, "columns": ["lon"]}, headers=bearer(coordinator))
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/columns/0")


@sqlite_only
def test_it_is_for_coordinators_and_admins(client, city):
    for role, status in (("walker", 403), ("officer", 403), ("admin", 200)):
        answer = client.post(URL, json={"reason": REASON}, headers=bearer(make_person(city, role)))
        assert answer.status_code == status


@sqlite_only
def test_a_filter_that_is_not_known_is_named(client, coordinator):
    asked = {"reason": REASON, "filters": {"stat": "active"}}
    answer = client.post(URL, json=asked, headers=bearer(coordinator))
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/filters/stat")


WORDS = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20).filter(
    lambda text: text_of(text) == text and text.isprintable() and not text.startswith(("=", "'"))
)
NAMES = WORDS.filter(lambda text: "견본" not in text)


@sqlite_only
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    words=st.tuples(NAMES, WORDS, WORDS),
    dogs=st.lists(NAMES, min_size=1, max_size=3),
    language=st.sampled_from(["ko", "en"]),
)
def test_what_goes_out_comes_in_as_it_was(database, words, dogs, language):
    name, team_name, motive = words
    made = make_city(f"From {Person.select().count()}")
    other = make_city(f"To {Person.select().count()}")
    handler = make_person(
        made, name=name, email=f"sample-{Person.select().count()}@example.org", born_on=date(1990, 5, 1)
    )
    team = make_team(made, handler, name=team_name, motive=motive, walk_min=45)
    Availability.create(team=team, weekday=4, begins_min=1140, ends_min=1500)
    Availability.create(team=team, weekday=6, begins_min=0, ends_min=1440)
    for dog in dogs:
        make_dog(team, name=dog, breed="진돗개", weight_kg=7.25, overweight=True, vaccinated_until=None)
    content, _ = export(made, queue(made, Filters(), districts=frozenset(), now=NOW), columns=(), language=language)
    import_teams(other, content, by=None, now=NOW)
    assert plain(Team.get(Team.city == other)) == plain(team)


def plain(team):
    """What a team's file holds of it."""
    person = team.handler
    dogs = [
        (
            dog.name,
            dog.registration_no,
            dog.breed,
            dog.weight_kg,
            dog.born_on,
            str(dog.vaccinated_until),
            dog.overweight,
        )
        for dog in Dog.select().where(Dog.team == team)
    ]
    hours = [
        (row.weekday, row.begins_min, row.ends_min) for row in Availability.select().where(Availability.team == team)
    ]
    of_handler = (person.name, person.phone, person.email, person.born_on, team.name, team.motive, team.walk_min)
    return of_handler, sorted(dogs), sorted(hours)


def test_the_day_of_applying_is_the_citys(city):
    make_team(city, created_at=datetime(2026, 11, 5, 15, 30, tzinfo=UTC))  # in Busan the next day already
    found = queue(city, Filters(), districts=frozenset(), now=NOW)
    content, _ = export(city, found, columns=["applied_on"], language="en")
    assert content.decode("utf-8-sig").split() == ["Applied", "on", "2026-11-06"]


def test_every_column_that_goes_out_has_its_name_when_it_comes_in():
    assert {*COLUMNS} - {"code", "state", "applied_on"} == {*BY_KEY} - {"lon", "lat", "address"}
