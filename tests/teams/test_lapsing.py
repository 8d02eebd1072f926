"""What the clock does by itself: warnings once each, out of planning and of later shifts, and back again."""

from datetime import date, timedelta

import pytest

from notifications.models import Message
from patrol.jobs import look_after_teams
from patrol.people.models import Consent, Person
from patrol.people.operations import consents
from patrol.places.operations.cities import policy_of
from patrol.shifts.models import Shift
from patrol.teams.models import Dog, LapseWarning, Team, TeamStep
from patrol.teams.operations.moving import move
from tests.support.factories import NOW, bearer, client_of, make_city, make_person, make_shift, make_team

TODAY = date(2026, 11, 6)


def vaccinated_until(team, day):
    Dog.update(vaccinated_until=day).where(Dog.team == team).execute()
    return team


def after(days):
    return NOW + timedelta(days=days)


def state_of(team):
    return Team.get_by_id(team.id).state


def bodies(person, kind):
    found = Message.select().where((Message.person == person) & (Message.kind == kind)).order_by(Message.created_at)
    return [message.words["en"]["body"] for message in found]


def test_handlers_are_warned_thirty_and_seven_days_ahead_once_each_whenever_the_job_runs(city):
    team = vaccinated_until(make_team(city), TODAY + timedelta(days=31))
    for days in (0, 1, 1, 2, 23, 24, 24, 25, 31):
        look_after_teams(after(days))
        if days == 0:
            assert not LapseWarning.select().exists()
    assert [row.days_ahead for row in LapseWarning.select().order_by(LapseWarning.at)] == [30, 7]
    assert bodies(team.handler, "team_lapses_soon") == [f"{team.name}: Bori's rabies vaccination."] * 2
    assert state_of(team) == "active"


def test_a_job_that_did_not_run_for_weeks_warns_once_by_the_shortest_lead(city):
    vaccinated_until(make_team(city), TODAY + timedelta(days=5))
    look_after_teams(NOW)
    look_after_teams(NOW)
    assert [row.days_ahead for row in LapseWarning.select()] == [7]


def test_a_new_date_is_warned_of_anew(city):
    team = vaccinated_until(make_team(city), TODAY + timedelta(days=5))
    look_after_teams(NOW)
    vaccinated_until(team, TODAY + timedelta(days=6))
    look_after_teams(NOW)
    assert LapseWarning.select().count() == 2


def test_a_warning_names_the_shifts_that_would_fall_away(city):
    team = vaccinated_until(make_team(city), TODAY + timedelta(days=5))
    for days in (5, 6, 8):
        make_shift(team, starts_at=after(days))
    look_after_teams(NOW)
    assert bodies(team.handler, "team_lapses_soon")[0].endswith("Shifts that would fall away: 11-12, 11-14.")


def test_a_lapsed_team_leaves_its_later_shifts_and_the_coordinator_is_told_once_which_are_open(city):
    coordinator = make_person(city, "coordinator")
    team = vaccinated_until(make_team(city), TODAY + timedelta(days=2))
    evenings = {days: make_shift(team, starts_at=after(days)) for days in (2, 3, 5)}
    other = make_shift(make_team(city), starts_at=after(3))
    look_after_teams(after(2))
    assert state_of(team) == "active"
    look_after_teams(after(3))
    look_after_teams(after(3))
    assert state_of(team) == "lapsed"
    left = {days: Shift.get_by_id(shift.id).state for days, shift in evenings.items()}
    assert left == {2: "accepted", 3: "withdrawn", 5: "withdrawn"}
    assert Shift.get_by_id(other.id).state == "accepted"
    assert bodies(coordinator, "shifts_open") == [
        f"Team {team.code} lapsed and leaves these evenings: 2026-11-09, 2026-11-11"
    ]
    assert "no longer valid: Bori's rabies vaccination" in bodies(team.handler, "team")[-1]


@pytest.mark.parametrize("state", ["active", "paused"])
def test_a_year_later_a_team_lapses_by_itself_and_once(city, state):
    team = make_team(city, active_until=TODAY, state=state)
    look_after_teams(NOW)
    assert state_of(team) == state
    look_after_teams(after(1))
    look_after_teams(after(1))
    assert state_of(team) == "lapsed"
    assert TeamStep.select().where((TeamStep.team == team) & (TeamStep.action == "lapse")).count() == 1


def test_a_new_vaccination_brings_a_team_back_at_once_and_without_a_new_test(database, city):
    team = vaccinated_until(make_team(city), TODAY - timedelta(days=1))
    look_after_teams(NOW)
    dog = Dog.get(Dog.team == team)
    url = f"/api/v1/teams/{team.id}/dogs/{dog.id}/vaccination"
    answer = client_of(database).put(url, json={"vaccinated_until": "2027-11-05"}, headers=bearer(team.handler))
    assert (answer.status_code, answer.json["state"]) == (200, "active")
    assert [step["action"] for step in answer.json["steps"]][-2:] in (["vaccinate", "return"], ["return", "vaccinate"])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_vaccination_that_no_vaccine_gives_is_refused_and_changes_nothing(database, city):
    team = make_team(city)
    dog = Dog.get(Dog.team == team)
    url = f"/api/v1/teams/{team.id}/dogs/{dog.id}/vaccination"
    days = {str(dog.born_on - timedelta(days=1)): 422, "2029-11-09": 422, "2199-12-31": 422, "2029-11-08": 200}
    for day, status in days.items():
        answer = client_of(database).put(url, json={"vaccinated_until": day}, headers=bearer(team.handler))
        assert answer.status_code == status
        if status == 422:
            assert [error["pointer"] for error in answer.json["errors"]] == ["/vaccinated_until"]
            assert Dog.get_by_id(dog.id).vaccinated_until == dog.vaccinated_until


def test_nobody_states_another_teams_vaccination(database, city):
    team, other = make_team(city), make_team(city)
    dog = Dog.get(Dog.team == other)
    for url in (f"/api/v1/teams/{team.id}/dogs/{dog.id}", f"/api/v1/teams/{other.id}/dogs/{dog.id}"):
        answer = client_of(database).put(
            f"{url}/vaccination", json={"vaccinated_until": "2027-11-05"}, headers=bearer(team.handler)
        )
        assert answer.status_code == 404


def test_a_team_comes_back_only_when_all_is_right(city):
    team = vaccinated_until(make_team(city, active_until=TODAY - timedelta(days=1)), TODAY - timedelta(days=1))
    look_after_teams(NOW)
    vaccinated_until(team, TODAY)
    look_after_teams(NOW)
    assert state_of(team) == "lapsed"
    Team.update(active_until=TODAY).where(Team.id == team.id).execute()
    look_after_teams(NOW)
    assert state_of(team) == "active"


def test_a_paused_team_comes_back_paused(city):
    team = vaccinated_until(make_team(city), TODAY)
    move(team, "pause", by=team.handler_id, now=NOW)
    look_after_teams(after(1))
    vaccinated_until(team, date(2027, 1, 1))
    look_after_teams(after(2))
    assert state_of(team) == "paused"


def test_a_required_consent_withdrawn_takes_a_team_out_and_given_again_brings_it_back(city):
    team = make_team(city)
    consents.withdraw(team.handler, "location", effects=(), now=NOW)
    look_after_teams(NOW)
    assert state_of(team) == "lapsed"
    consents.give(team.handler, "location", policy=policy_of(city), now=after(1))
    look_after_teams(NOW)
    assert state_of(team) == "active"


def test_a_new_text_that_is_not_yet_answered_ends_nothing(city):
    team = make_team(city)
    Consent.update(version=0).where(Consent.kind == "location").execute()
    look_after_teams(NOW)
    assert state_of(team) == "active"


def test_a_closed_account_brings_no_team_back(city):
    team = make_team(city, state="lapsed")
    Person.update(state="disabled").where(Person.id == team.handler_id).execute()
    look_after_teams(NOW)
    assert state_of(team) == "lapsed"


def test_a_handler_sees_what_ends_first_and_which_shifts_with_it(database, city):
    team = vaccinated_until(make_team(city), TODAY + timedelta(days=5))
    shift = make_shift(team, starts_at=after(6))
    answer = client_of(database).get(f"/api/v1/teams/{team.id}/eligibility", headers=bearer(team.handler)).json
    assert (answer["eligible"], answer["until"], answer["days_left"]) == (True, "2026-11-11", 5)
    assert (answer["first"]["what"], answer["first"]["name"]) == ("vaccination", "Bori")
    assert answer["blocked_shifts"] == [{"shift": str(shift.id), "evening": "2026-11-12"}]
    other = bearer(make_person(city))
    assert client_of(database).get(f"/api/v1/teams/{team.id}/eligibility", headers=other).status_code == 404


def test_coordinators_see_what_lapses_soon_the_most_urgent_first(database, city):
    soon, sooner = (vaccinated_until(make_team(city), TODAY + timedelta(days=days)) for days in (20, 10))
    gone = vaccinated_until(make_team(city, state="lapsed"), None)
    vaccinated_until(make_team(city), TODAY + timedelta(days=40))
    vaccinated_until(make_team(city, state="retired"), TODAY)
    vaccinated_until(make_team(make_city("Elsewhere")), TODAY)
    client, headers = client_of(database), bearer(make_person(city, "coordinator"))
    found = client.get("/api/v1/teams/eligibility?within_days=30", headers=headers).json["items"]
    assert [each["code"] for each in found] == [gone.code, sooner.code, soon.code]
    assert len(client.get("/api/v1/teams/eligibility?within_days=15", headers=headers).json["items"]) == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_lapses_is_read_in_pages_that_neither_repeat_nor_leave_out(database, city):
    teams = [vaccinated_until(make_team(city), TODAY + timedelta(days=days)) for days in (3, 1, 2, 1, 5)]
    client, headers, path = client_of(database), bearer(make_person(city, "coordinator")), "/api/v1/teams/eligibility"
    codes, cursor = [], ""
    while cursor is not None:
        found = client.get(f"{path}?limit=2{cursor and f'&cursor={cursor}'}", headers=headers).json
        codes += [each["code"] for each in found["items"]]
        cursor = found["next"]
        vaccinated_until(teams[1], TODAY)  # read already; and nothing that changes of it shifts the rest
    assert codes == [teams[place].code for place in (1, 3, 2, 0, 4)]
    for strange in ("x", client.get("/api/v1/teams?limit=1", headers=headers).json["next"]):
        refused = client.get(f"{path}?cursor={strange}", headers=headers)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/query/cursor")
