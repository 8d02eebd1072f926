"""The dogs at the start of a walk and on it: by the weather as it turns, and by their own limits."""

from datetime import timedelta

import pytest

from patrol import jobs
from patrol.teams.models import Dog
from patrol.walks.models import Walk
from patrol.walks.operations.personal import forget_team
from tests.support.factories import (
    NOW,
    Time,
    client_of,
    make_city,
    make_dog,
    make_person,
    make_shift,
    make_team,
)
from tests.support.patrols import ask, go, inbox, north, send, start, started, stream

SUMMER = NOW.replace(month=8, day=1)
"""19:30 in Busan, three minutes after sunset; the sun is up until then."""


class Sky:
    """A weather file that a test writes: minutes after NOW → °C."""

    def __init__(self, path, since=NOW):
        self.path, self.since = path, since
        self.source = f"csv:{path}"

    def is_(self, *readings):
        rows = [f"{(self.since + timedelta(minutes=at)).isoformat()},{celsius}\n" for at, celsius in readings]
        self.path.write_text("at,temperature_c\n" + "".join(rows))


@pytest.fixture
def sky(tmp_path):
    found = Sky(tmp_path / "weather.csv")
    found.is_((-60, 20.0))
    return found


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def client(database, sky, time):
    return client_of(database, clock=time, weather=sky.source)


@pytest.fixture
def shift(database):
    return make_shift(make_team(make_city()))


@pytest.fixture
def walk(client, shift):
    return started(client, shift)


def at(minutes):
    return (NOW + timedelta(minutes=minutes)).isoformat()


def reported(client, shift, walk, time):
    """What the answer to a batch says of the dogs."""
    answer = send(client, shift.team.handler, walk, north(since=time() - timedelta(minutes=1), steps=2))
    assert answer.status_code == 200, answer.text
    return answer.json["welfare"]


def messages(shift):
    return [message for message in inbox(shift.team.handler) if message.kind == "walk_welfare"]


class TestBeforeTheWalk:
    def present(self, client, shift, query=""):
        answer = ask(client, shift.team.handler, f"/teams/mine/welfare{query}")
        assert answer.status_code == 200, answer.text
        return answer.json

    def test_a_walker_asks_what_the_dogs_may_do_now(self, client, shift):
        found = self.present(client, shift)
        assert {name: found[name] for name in ("verdict", "most_min", "wanted_min", "reasons", "dogs", "until")} == {
            "verdict": "go",
            "most_min": 30,
            "wanted_min": 30,
            "reasons": [],
            "dogs": [],
            "until": None,
        }
        assert found["weather"] == {"temperature_c": 20.0, "wind_mps": 0.0, "sun": None}
        assert (found["team"], found["daylight"]) == (str(shift.team_id), False)

    def test_the_dog_that_it_goes_by_is_named_in_both_languages(self, client, shift, sky):
        make_dog(shift.team, name="몽이", brachycephalic=True)
        sky.is_((-60, 29.0), (60, 24.0))
        found = self.present(client, shift, f"?shift={shift.id}")
        assert (found["verdict"], found["dogs"]) == ("stop", ["몽이"])
        assert found["words"]["ko"].startswith("몽이: 너무 덥습니다")
        assert found["words"]["en"].startswith("몽이: it is too hot")
        assert found["until"] == at(60)

    def test_a_shift_asks_for_its_own_minutes(self, client, shift, sky):
        long = make_shift(shift.team, duration_s=3000.0)
        sky.is_((-60, 28.0))
        assert self.present(client, shift, f"?shift={long.id}")["most_min"] == 25

    def test_without_an_active_team_or_for_anothers_shift_there_is_nothing(self, client, shift):
        other = make_shift(make_team(shift.city))
        assert ask(client, shift.team.handler, f"/teams/mine/welfare?shift={other.id}").status_code == 404
        assert ask(client, make_person(shift.city), "/teams/mine/welfare").status_code == 404

    def test_a_walk_that_the_sun_forbids_is_refused_with_when_it_sets(self, database, tmp_path):
        evening = SUMMER - timedelta(minutes=30)
        sky = Sky(tmp_path / "warm.csv", since=evening)
        sky.is_((-60, 26.0))
        client = client_of(database, clock=Time(evening), weather=sky.source)
        shift = make_shift(make_team(make_city()), starts_at=evening)
        refused = start(client, shift, started_at=evening.isoformat())
        assert (refused.status_code, refused.json["type"]) == (409, "/problems/welfare-stop")
        assert "the sun heats the ground" in refused.json["detail"]
        assert "From 19:2" in refused.json["detail"]
        assert not Walk.select().exists()

    def test_after_sunset_the_same_walk_begins_with_care(self, database, tmp_path):
        evening = SUMMER
        sky = Sky(tmp_path / "warm.csv", since=evening)
        sky.is_((-60, 26.0))
        client = client_of(database, clock=Time(evening), weather=sky.source)
        shift = make_shift(make_team(make_city()), starts_at=evening)
        begun = start(client, shift, started_at=evening.isoformat())
        assert (begun.status_code, begun.json["gate"]["verdict"]) == (201, "caution")

    def test_a_dog_that_has_walked_its_minutes_walks_no_more_that_day(self, client, shift, time):
        Dog.update(minutes_a_day=40).where(Dog.team == shift.team_id).execute()
        walk = started(client, shift)
        time.passes(minutes=25)
        go(client, shift.team.handler, walk, "end", ended_at=at(25))
        later = make_shift(shift.team)
        begun = start(client, later, started_at=at(25))
        assert begun.json["gate"] == {"verdict": "short", "most_min": 15, "reasons": ["day_limit"]}

    def test_a_dog_that_walked_yesterday_and_rests_a_day_stays_at_home(self, client, shift):
        make_shift(shift.team, starts_at=NOW - timedelta(days=1), state="walked")
        assert start(client, shift).status_code == 201
        tired = make_shift(make_team(shift.city))
        Dog.update(rest_days=1).where(Dog.team == tired.team_id).execute()
        make_shift(tired.team, starts_at=NOW - timedelta(days=1), state="walked")
        refused = start(client, tired)
        assert refused.status_code == 409
        assert "a day of rest" in refused.json["detail"]

    def test_a_shift_that_was_not_walked_tires_no_dog(self, client, shift):
        Dog.update(rest_days=1, minutes_a_day=30).where(Dog.team == shift.team_id).execute()
        for state in ("missed", "withdrawn", "declined"):
            make_shift(shift.team, starts_at=NOW - timedelta(days=1), state=state)
        assert start(client, shift).status_code == 201


class TestOnTheWay:
    def test_as_long_as_nothing_shortens_it_a_walk_may_last_as_the_policy_says(self, client, shift, walk, time):
        time.passes(minutes=10)
        found = reported(client, shift, walk, time)
        assert (found["verdict"], found["flag"], found["end_by"]) == ("go", None, at(60))

    def test_a_shortened_walk_is_to_end_by_its_minutes(self, client, shift, sky, time):
        sky.is_((-60, 28.0))
        walk = started(client, shift)
        time.passes(minutes=5)
        assert reported(client, shift, walk, time)["end_by"] == at(15)

    def test_when_it_grows_hot_on_the_way_less_is_left(self, client, shift, walk, sky, time):
        time.passes(minutes=5)
        sky.is_((-60, 20.0), (3, 28.5))
        found = reported(client, shift, walk, time)
        assert (found["verdict"], found["reasons"], found["flag"], found["end_by"]) == ("short", ["hot"], None, at(15))
        assert messages(shift) == []

    def test_when_it_is_too_hot_the_walker_is_told_at_once_and_once(self, client, shift, walk, sky, time):
        time.passes(minutes=5)
        sky.is_((-60, 20.0), (3, 33.0))
        found = reported(client, shift, walk, time)
        assert (found["verdict"], found["flag"], found["end_by"], found["dogs"]) == ("stop", "stop", at(5), ["Bori"])
        time.passes(minutes=1)
        assert reported(client, shift, walk, time)["end_by"] == at(5)
        (message,) = messages(shift)
        assert message.urgent
        assert message.words["ko"]["body"].startswith("Bori: 너무 덥습니다")
        assert message.words["en"]["body"].startswith("Bori: it is too hot")

    def test_a_cloud_does_not_make_a_hot_dog_well(self, client, shift, walk, sky, time):
        time.passes(minutes=5)
        sky.is_((-60, 20.0), (3, 33.0))
        reported(client, shift, walk, time)
        sky.is_((-60, 20.0), (6, 22.0))
        time.passes(minutes=5)
        assert reported(client, shift, walk, time)["flag"] == "stop"

    def test_when_the_minutes_are_used_up_the_walker_is_told(self, client, shift, sky, time):
        sky.is_((-60, 28.0))
        walk = started(client, shift)
        time.passes(minutes=14)
        assert reported(client, shift, walk, time)["flag"] is None
        time.passes(minutes=1)
        assert reported(client, shift, walk, time)["flag"] == "minutes"
        (message,) = messages(shift)
        assert "as long as they may" in message.words["en"]["body"]

    def test_a_dogs_own_minutes_of_the_day_end_a_walk_before_the_policys_cap(self, client, shift, time):
        Dog.update(minutes_a_day=40).where(Dog.team == shift.team_id).execute()
        walk = started(client, shift)
        time.passes(minutes=5)
        assert reported(client, shift, walk, time)["end_by"] == at(40)

    def test_a_pause_is_time_out_of_doors(self, client, shift, sky, time):
        sky.is_((-60, 28.0))
        walk = started(client, shift)
        time.passes(minutes=5)
        go(client, shift.team.handler, walk, "pause", at=time().isoformat())
        time.passes(minutes=10)
        jobs.look_after_dogs(sky.source, time())
        assert Walk.get_by_id(walk).flag == "minutes"

    def test_the_walk_goes_on_technically(self, client, shift, walk, sky, time):
        time.passes(minutes=5)
        sky.is_((-60, 33.0))
        reported(client, shift, walk, time)
        assert Walk.get_by_id(walk).state == "walking"
        assert send(client, shift.team.handler, walk, north(since=time())).status_code == 200

    def test_a_silent_phone_is_looked_after_by_the_worker(self, shift, walk, sky, time):
        time.passes(minutes=5)
        sky.is_((-60, 20.0), (3, 33.0))
        for _ in range(2):
            jobs.look_after_dogs(sky.source, time())
        assert Walk.get_by_id(walk).flag == "stop"
        assert len(messages(shift)) == 1

    def test_minutes_used_up_first_and_too_hot_then_are_two_messages(self, client, shift, sky, time):
        sky.is_((-60, 28.0), (20, 33.0))
        walk = started(client, shift)
        for _ in range(2):
            time.passes(minutes=16)
            jobs.look_after_dogs(sky.source, time())
        assert len(messages(shift)) == 2
        found = Walk.get_by_id(walk)
        assert (found.flag, found.end_by) == ("stop", NOW + timedelta(minutes=15))

    def test_weather_that_is_no_longer_known_takes_nothing_back(self, client, shift, sky, time):
        sky.is_((-60, 28.0))
        walk = started(client, shift)
        sky.path.unlink()
        time.passes(minutes=5)
        found = reported(client, shift, walk, time)
        assert (found["verdict"], found["end_by"]) == ("short", at(15))
        assert found["reasons"] == ["hot", "weather_unknown"]

    def test_a_walk_that_has_ended_is_left_alone(self, client, shift, walk, sky, time):
        time.passes(minutes=5)
        go(client, shift.team.handler, walk, "end", ended_at=at(5))
        sky.is_((-60, 33.0))
        late = send(client, shift.team.handler, walk, north(since=NOW))
        assert late.json["welfare"]["flag"] is None
        jobs.look_after_dogs(sky.source, time())
        assert Walk.get_by_id(walk).flag is None

    def test_a_walk_begun_before_this_was_kept_is_looked_after_too(self, client, shift, walk, time):
        old = {"verdict": "go", "most_min": 30, "reasons": []}
        Walk.update(gate=old, strictest=None, end_by=None).where(Walk.id == walk).execute()
        shown = ask(client, shift.team.handler, f"/walks/{walk}").json["welfare"]
        assert (shown["verdict"], shown["end_by"]) == ("go", None)
        time.passes(minutes=5)
        assert reported(client, shift, walk, time)["end_by"] == at(60)

    def test_a_dogs_name_that_is_no_longer_known_is_left_out(self, client, shift, walk, sky, time):
        time.passes(minutes=5)
        sky.is_((-60, 33.0))
        reported(client, shift, walk, time)
        Dog.delete().where(Dog.team == shift.team_id).execute()
        shown = ask(client, shift.team.handler, f"/walks/{walk}").json["welfare"]
        assert (shown["dogs"], shown["flag"]) == ([], "stop")


def test_what_stays_of_a_forgotten_teams_walk_names_no_dog_and_no_exact_time(client, shift, sky, time):
    sky.is_((-60, 28.0), (3, 33.0))
    walk = started(client, shift)
    time.passes(minutes=5)
    reported(client, shift, walk, time)
    forget_team(shift.team, make_team(shift.city), time())
    kept = Walk.get_by_id(walk)
    assert kept.gate == {"verdict": "short", "most_min": 15, "reasons": [], "dogs": []}
    assert (kept.strictest, kept.end_by, kept.flag) == (None, None, None)


class TestForCoordinators:
    @pytest.fixture
    def coordinator(self, shift):
        return make_person(shift.city, "coordinator")

    def test_a_flagged_walk_is_shown_and_told_on_open_pages(  # noqa: PLR0917 - fixtures
        self, client, shift, walk, sky, time, coordinator
    ):
        time.passes(minutes=5)
        sky.is_((-60, 33.0))
        reported(client, shift, walk, time)
        assert stream(coordinator, "walk") == [{"id": walk, "state": "walking", "flag": "stop"}]
        (out,) = ask(client, coordinator, "/walks/under-way?purpose=safety").json["items"]
        (listed,) = ask(client, coordinator, "/walks?state=walking").json["items"]
        for seen in (out["welfare"], listed["welfare"]):
            assert (seen["flag"], seen["reasons"], seen["dogs"]) == ("stop", ["too_hot"], ["Bori"])

    def test_when_the_dogs_are_to_be_home_tells_nobody_when_they_left(self, client, walk, coordinator):
        (listed,) = ask(client, coordinator, "/walks?state=walking").json["items"]
        assert listed["welfare"]["end_by"] == at(60)  # on the quarter hour
        Walk.update(end_by=NOW + timedelta(minutes=50)).where(Walk.id == walk).execute()
        (listed,) = ask(client, coordinator, "/walks?state=walking").json["items"]
        assert listed["welfare"]["end_by"] == at(60)
