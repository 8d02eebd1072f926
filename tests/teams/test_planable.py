"""Which teams may be planned for, and when."""

from datetime import date, timedelta

import peewee
import pytest

from config.policy import dump, read_policy, shipped
from patrol.people.models import Person
from patrol.people.operations import consents
from patrol.places.models import City
from patrol.teams.models import Availability, Dog, Team
from patrol.teams.operations.planable import planable_teams
from patrol.teams.rules import TEAM_STATES, Outings, Weather
from tests.support.factories import NOW, make_city, make_dog, make_person, make_team

FRIDAY = 4
BEGINS, ENDS = NOW - timedelta(minutes=30), NOW + timedelta(hours=3, minutes=30)
"""19:00 to 23:00 of that Friday in Busan."""


def free_on_friday(city, begins_min=19 * 60, ends_min=23 * 60, **given):
    team = make_team(city, **given)
    Availability.create(team=team, weekday=FRIDAY, begins_min=begins_min, ends_min=ends_min)
    return team


def planable(city, *, now=BEGINS, **given):
    return {found.team.id: found for found in planable_teams(city, BEGINS, ENDS, now, **given)}


def test_a_team_that_is_free_is_planable_in_its_hours(city):
    team = free_on_friday(city, 20 * 60, 22 * 60)
    found = planable(city)[team.id]
    assert (found.earliest, found.latest, found.walk_min) == (
        BEGINS + timedelta(hours=1),
        ENDS - timedelta(hours=1),
        30,
    )


def test_planning_begins_now_when_the_evening_has_begun(city):
    team = free_on_friday(city)
    assert planable(city, now=NOW)[team.id].earliest == NOW
    assert planable(city, now=ENDS) == {}


def test_an_evening_over_midnight_takes_the_hours_of_both_days(city):
    team = free_on_friday(city, 22 * 60, 25 * 60)
    found = planable_teams(city, BEGINS, ENDS + timedelta(hours=4), BEGINS)
    assert [(each.team, each.latest) for each in found] == [(team, ENDS + timedelta(hours=2))]


def test_only_active_teams_are_planned(city):
    teams = {state: free_on_friday(city, state=state) for state in TEAM_STATES}
    assert set(planable(city)) == {teams["active"].id}


def test_the_last_active_day_counts_and_the_next_does_not(city):
    last = free_on_friday(city, active_until=date(2026, 11, 6))
    free_on_friday(city, active_until=date(2026, 11, 5))
    assert set(planable(city)) == {last.id}


def test_a_consent_withdrawn_takes_a_team_out(city):
    team = free_on_friday(city)
    consents.withdraw(team.handler, "location", effects=(), now=NOW)
    assert planable(city) == {}


def test_a_consent_to_an_older_text_does_not_stand(city):
    free_on_friday(city)
    policy = dump(read_policy(shipped("busan")))
    policy["consents"][1]["version"] = 2
    City.update(policy=policy).where(City.id == city.id).execute()
    assert planable(City.get_by_id(city.id)) == {}


def test_a_handler_whose_account_is_closed_is_not_planned(city):
    team = free_on_friday(city)
    Person.update(state="disabled").where(Person.id == team.handler_id).execute()
    assert planable(city) == {}


def test_every_dog_is_vaccinated_where_the_policy_asks(city):
    teams = {until: free_on_friday(city) for until in (None, date(2026, 11, 5), date(2026, 11, 6))}
    for until, team in teams.items():
        make_dog(team, vaccinated_until=until)
    assert set(planable(city)) == {teams[date(2026, 11, 6)].id}


def test_vaccination_does_not_matter_where_the_policy_does_not_ask(database):
    city = make_city(policy=read_policy(shipped("generic")))
    team = free_on_friday(city)
    Dog.update(vaccinated_until=None).where(Dog.team == team).execute()
    assert set(planable(city)) == {team.id}


def test_hours_too_short_for_the_walk_do_not_count(city):
    free_on_friday(city, 19 * 60, 19 * 60 + 29)
    enough = free_on_friday(city, 19 * 60, 19 * 60 + 30)
    assert set(planable(city)) == {enough.id}


def test_a_team_without_hours_that_day_is_not_planned(city):
    make_team(city)
    assert planable(city) == {}


def test_no_walk_is_planned_longer_than_the_policy_allows(city):
    team = free_on_friday(city, walk_min=150)
    assert planable(city)[team.id].walk_min == 60


def test_the_weather_halves_a_walk_or_keeps_a_dog_at_home_and_says_which(city):
    sound, old = free_on_friday(city), free_on_friday(city)
    grey = make_dog(old, born_on=date(2015, 1, 1))
    found = planable(city, weather=lambda _: Weather(temperature_c=29.5))
    assert {team: each.walk_min for team, each in found.items()} == {sound.id: 15, old.id: 0}
    assert (found[old.id].gate.reasons, found[old.id].gate.dogs) == (("too_hot", "sensitive_dog"), (grey.id,))


def test_a_team_is_planned_for_the_hours_that_its_dogs_may_walk(city):
    team = free_on_friday(city)
    cools = BEGINS + timedelta(hours=2)
    found = planable(city, weather=lambda at: Weather(temperature_c=33.0 if at < cools else 27.0))[team.id]
    assert (found.earliest, found.latest, found.walk_min) == (cools, ENDS, 30)
    assert (found.gate.verdict, found.gate.reasons) == ("caution", ("too_hot", "warm"))


def test_a_longer_walk_later_is_planned_rather_than_a_short_one_now(city):
    team = free_on_friday(city)
    cools = BEGINS + timedelta(hours=3)
    found = planable(city, weather=lambda at: Weather(temperature_c=29.0 if at < cools else 27.0))[team.id]
    assert (found.earliest, found.walk_min) == (cools, 30)


def test_a_dog_that_needs_rest_or_has_walked_enough_stays_at_home(city):
    tired, busy, fit = (free_on_friday(city) for _ in range(3))
    Dog.update(rest_days=1).where(Dog.team == tired).execute()
    Dog.update(minutes_a_day=40).where(Dog.team == busy).execute()
    besides = {
        tired.id: Outings(days=frozenset([date(2026, 11, 5)])),
        busy.id: Outings(minutes=20.0),
        fit.id: Outings(minutes=60.0, days=frozenset([date(2026, 11, 5)])),
    }
    found = planable(city, besides=besides)
    assert {team: each.walk_min for team, each in found.items()} == {tired.id: 0, busy.id: 20, fit.id: 30}
    assert found[tired.id].gate.reasons == ("rest_day",)
    assert [found[team.id].rest_days for team in (tired, fit)] == [1, 0]


def test_teams_of_another_city_are_not_planned(city, database):
    free_on_friday(make_city("Elsewhere"))
    assert planable(city) == {}


def test_teams_come_by_code(city):
    codes = ["T-0903", "T-0901", "T-0902"]
    for code in codes:
        free_on_friday(city, code=code)
    assert [found.team.code for found in planable_teams(city, BEGINS, ENDS, BEGINS)] == sorted(codes)


@pytest.mark.both_fast
def test_a_handler_has_one_team_that_is_not_retired_whatever_writes_it(city):
    handler = make_person(city)
    make_team(city, handler, state="retired")
    make_team(city, handler, state="retired")
    make_team(city, handler)
    with pytest.raises(peewee.IntegrityError):
        make_team(city, handler)
    assert Team.select().where(Team.handler == handler).count() == 3


def test_a_team_whose_vaccination_ends_on_tuesday_is_not_planned_for_wednesday(city):
    team = make_team(city)
    Dog.update(vaccinated_until=date(2026, 11, 10)).where(Dog.team == team).execute()
    for weekday in (1, 2):
        Availability.create(team=team, weekday=weekday, begins_min=19 * 60, ends_min=23 * 60)
    tuesday, wednesday = (
        [found.team.id for found in planable_teams(city, BEGINS + lead, ENDS + lead, BEGINS)]
        for lead in (timedelta(days=4), timedelta(days=5))
    )
    assert (tuesday, wednesday) == ([team.id], [])


def test_training_that_runs_out_takes_a_team_out(city):
    free_on_friday(city, trained_on=date(2025, 11, 5))
    trained = free_on_friday(city, trained_on=date(2025, 11, 6))
    assert set(planable(city)) == {trained.id}
