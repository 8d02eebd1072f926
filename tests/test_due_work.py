"""Due jobs where the database refuses a row, or a policy cannot be read: the rest is done, and that is tried again.

The database really refuses: a trigger stands in the way of the row, and goes.
"""

from datetime import timedelta

import pytest
import structlog

from notifications.models import Message
from patrol import retention
from patrol.jobs import look_after_shifts, look_after_teams
from patrol.people.operations.due import warn_of_gaps
from patrol.places.models import City
from patrol.shifts.models import Shift
from patrol.teams.models import Dog, Team, TeamStep
from patrol.walks.models import Walk
from patrol.walks.operations.due import end_silent
from tests.support.broken import refusing
from tests.support.factories import (
    NOW,
    client_of,
    make_city,
    make_duty,
    make_person,
    make_rota_entry,
    make_shift,
    make_team,
)
from tests.support.patrols import started

pytestmark = pytest.mark.both_fast
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def city(database):
    return make_city()


def failed(job, now=NOW):
    """What a run of the job logs as failed."""
    with structlog.testing.capture_logs() as logged:
        job(now)
    return [(line["of"], line["ids"]) for line in logged if line["event"] == "due work failed"]


def states(rows):
    return [type(row).get_by_id(row.id).state for row in rows]


def test_a_team_that_cannot_lapse_stops_none_of_its_city_or_of_another_and_lapses_later(city):
    teams = [make_team(where) for where in (city, city, city, make_city("Ulsan"))]
    Dog.update(vaccinated_until=NOW.date() - DAY).execute()
    with refusing("team", f"NEW.code = '{teams[1].code}'"):
        assert failed(look_after_teams) == [("team", str(teams[1].id))]
        assert states(teams) == ["lapsed", "active", "lapsed", "lapsed"]
    assert failed(look_after_teams) == []
    assert states(teams) == ["lapsed"] * 4
    assert TeamStep.select().where(TeamStep.action == "lapse").count() == 4


@pytest.mark.parametrize("case", ["expired", "missed"])
def test_a_shift_that_cannot_be_closed_stops_no_other_of_its_evening_and_closes_later(city, case):
    given = {
        "expired": {"state": "offered", "answer_by": NOW - HOUR},
        "missed": {"starts_at": NOW - 3 * HOUR},
    }[case]
    coordinator = make_person(city, "coordinator")
    shifts = [make_shift(make_team(city), **given) for _ in range(3)]
    with refusing("shift", f"NEW.id = '{shifts[1].id.hex}'"):
        assert failed(look_after_shifts) == [("shift", str(shifts[1].id))]
        assert [state == case for state in states(shifts)] == [True, False, True]
    assert failed(look_after_shifts) == []
    assert states(shifts) == [case] * 3
    told = Message.select().where((Message.person == coordinator) & (Message.kind == f"shifts_{case}"))
    assert told.count() == 2


def test_a_shift_that_cannot_be_reminded_of_stops_no_other(city):
    shifts = [make_shift(make_team(city), created_at=NOW - DAY) for _ in range(3)]
    with refusing("shift", f"NEW.id = '{shifts[0].id.hex}'"):
        assert failed(look_after_shifts) == [("shift", str(shifts[0].id))]
    assert failed(look_after_shifts) == []
    assert [Shift.get_by_id(shift.id).reminded_at for shift in shifts] == [NOW] * 3
    assert Message.select().where(Message.kind == "shift_reminder").count() == 3


def test_a_walk_that_cannot_be_ended_stops_no_other(city, database):
    walks = [Walk.get_by_id(started(client_of(database), make_shift(make_team(city)))) for _ in range(3)]
    with refusing("walk", f"NEW.id = '{walks[1].id.hex}'"):
        assert failed(end_silent, NOW + DAY) == [("walk", str(walks[1].id))]
        assert states(walks) == ["ended", "walking", "ended"]
    assert failed(end_silent, NOW + DAY) == []
    assert states(walks) == ["ended"] * 3


def test_a_city_that_cannot_be_told_of_a_gap_stops_no_other(city):
    other = make_city("Ulsan")
    for where in (city, other):
        officer, _ = make_person(where, "officer"), make_person(where, "admin")
        make_duty(officer, "child_protection")
        make_rota_entry(officer, "child_protection", NOW - HOUR, NOW + HOUR)
    with refusing("message", f"NEW.city = '{city.id.hex}'", action="INSERT"):
        assert failed(warn_of_gaps) == [("city", str(city.id))]
        assert [message.city for message in Message.select()] == [other.id]
    assert failed(warn_of_gaps) == []
    assert {message.city for message in Message.select()} == {city.id, other.id}


def test_a_team_that_cannot_be_forgotten_stops_no_other_and_goes_later(city):
    teams = [make_team(city, state="retired", created_at=NOW - 400 * DAY) for _ in range(3)]
    with refusing("team", f"OLD.code = '{teams[1].code}'", action="DELETE"):
        assert failed(retention.run) == [("team", str(teams[1].id))]
        assert [Team.get_or_none(Team.id == team.id) is None for team in teams] == [True, False, True]
    assert failed(retention.run) == []
    assert Team.get_or_none(Team.id == teams[1].id) is None


@pytest.mark.parametrize("job", [look_after_teams, look_after_shifts, warn_of_gaps])
def test_a_city_whose_policy_cannot_be_read_is_logged_and_stops_no_other(city, job):
    broken = make_city("Aachen")
    City.update(policy={"name": "Broken"}).where(City.id == broken.id).execute()
    team = make_team(city)
    Dog.update(vaccinated_until=NOW.date() - DAY).execute()
    make_shift(team)
    assert ("city", str(broken.id)) in failed(job)
    if job is look_after_teams:
        assert states([team]) == ["lapsed"]
    if job is look_after_shifts:
        assert Shift.get().reminded_at == NOW
