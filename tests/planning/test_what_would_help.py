"""Reasons, remedies, what each team adds, and slots for a team that could come too."""

from datetime import timedelta

import pytest

from patrol.errors import NotFound
from patrol.places.models import Block
from patrol.planning.models import LeftOut, PlanRoute, PlanRun
from patrol.planning.operations import asking, pairing, slots
from patrol.planning.rules import SENTENCES, sentence
from patrol.teams.models import Team
from patrol.teams.rules import Weather
from tests.support.factories import NOW, bearer, client_of, make_city, make_person, make_team
from tests.support.planning import a_finished_run, a_run, a_scene, solved


@pytest.fixture
def scene(database):
    return a_scene(teams=2)


@pytest.fixture
def run(scene):
    return a_finished_run(scene)


@pytest.fixture
def newcomer(scene):
    first = scene.teams[0]
    return make_team(scene.city, door_lon=first.door_lon, door_lat=first.door_lat, walk_min=25)


def test_a_plan_comes_with_what_each_team_adds_and_what_one_more_would_cover(scene):
    tries = (solved(scene) for _ in range(5))  # a planner that gets no processor for seconds says the rest roughly
    run = next(run for run in tries if run.remedies)
    routes = list(PlanRoute.select().where(PlanRoute.run == run))
    assert all(0 <= route.adds <= route.weight + 1e-6 for route in routes)
    left_out = {str(entry.block_id): entry for entry in LeftOut.select().where(LeftOut.run == run)}
    for remedy in run.remedies:
        assert set(remedy["blocks"]) <= set(left_out)
        weight = sum(Block.get_by_id(block).weight for block in remedy["blocks"])
        assert remedy["weight"] == pytest.approx(weight)
    told = slots.remedies_of(run)
    assert all(run.begins_at <= remedy["begins_at"] <= run.ends_at for remedy in told)
    assert all(f"{remedy['minutes']}분" in remedy["sentence"]["ko"] for remedy in told)


class TestSlots:
    def test_a_team_is_shown_walks_over_what_is_left_out(self, run, newcomer):
        left_out = {str(entry.block_id) for entry in LeftOut.select().where(LeftOut.run == run)}
        found = slots.slots_of(run, newcomer.id, now=NOW)
        assert found
        weights = [slot["weight"] for slot in found]
        assert weights == sorted(weights, reverse=True)
        for slot in found:
            assert set(slot["blocks"]) <= left_out
            assert slot["near"] == slot["blocks"][0]
            assert slot["minutes"] in (25, 45, 60)
            assert slot["begins_at"].minute % 15 == 0, "an exact time would tell how far its door is"

    def test_longer_walks_are_shown_only_where_they_cover_more(self, run, newcomer):
        found = slots.slots_of(run, newcomer.id, now=NOW)
        assert len({frozenset(slot["blocks"]) for slot in found}) == len(found)

    def test_bars_hold_and_what_is_pinned_to_others_is_theirs(self, scene, run, newcomer):
        first = slots.slots_of(run, newcomer.id, now=NOW)[0]["blocks"]
        wishes = [("bar", newcomer.id, first[0]), ("pin", scene.teams[0].id, first[1])]
        for kind, team, block in wishes:
            pairing.pair(scene.city.id, kind=kind, team=team, block=block, note="", by=None, now=NOW)
        seen = {block for slot in slots.slots_of(run, newcomer.id, now=NOW) for block in slot["blocks"]}
        assert seen
        assert not seen & set(first[:2])

    def test_a_team_out_of_everythings_reach_is_shown_none(self, run, newcomer):
        Team.update(door_lat=newcomer.door_lat + 0.05).where(Team.id == newcomer.id).execute()
        assert slots.slots_of(run, newcomer.id, now=NOW) == []

    @pytest.mark.parametrize(("celsius", "most_min"), [(20.0, 60), (28.0, 12), (33.0, 0)])
    def test_its_dogs_are_heeded(self, run, newcomer, celsius, most_min):
        found = slots.slots_of(run, newcomer.id, weather=lambda _at: Weather(temperature_c=celsius), now=NOW)
        assert max((slot["minutes"] for slot in found), default=0) <= most_min
        assert bool(found) == bool(most_min)

    def test_a_team_that_walks_already_is_said_to(self, scene, run):
        with pytest.raises(slots.TeamInPlan, match=scene.teams[0].code):
            slots.slots_of(run, scene.teams[0].id, now=NOW)

    def test_a_run_without_a_plan_and_an_evening_that_is_over_have_none(self, scene, run, newcomer):
        with pytest.raises(slots.NoPlanYet):
            slots.slots_of(a_run(scene), newcomer.id, now=NOW)
        with pytest.raises(asking.EveningOver):
            slots.slots_of(run, newcomer.id, now=NOW + timedelta(days=1))

    def test_teams_of_other_cities_are_not_there(self, run):
        strange = make_team(make_city("Elsewhere"))
        with pytest.raises(NotFound):
            slots.slots_of(run, strange.id, now=NOW)


class TestSentences:
    @pytest.mark.parametrize("reason", SENTENCES)
    def test_every_reason_is_said_in_both_languages_with_its_amount_and_without(self, reason):
        for amount in (None, 0.0, 95.0):
            told = sentence(reason, amount)
            assert "{" not in told["ko"] + told["en"]
            assert told["ko"].endswith(".")
            assert told["en"].endswith(".")

    def test_seconds_lacking_are_said_in_whole_minutes_rounded_up(self):
        assert "2 min" in sentence("no_time", 61)["en"]
        assert "1 min" in sentence("out_of_reach", 1)["en"]

    def test_what_stands_in_the_way_is_said_by_its_weight(self):
        assert sentence("outvalued", 7.5)["en"].endswith("a weight of 7.5.")
        assert sentence("outvalued", 7.0)["en"].endswith("a weight of 7.")


class TestOverHttp:
    def test_remedies_and_slots_are_told_in_sentences(self, database, scene, run, newcomer):
        client, headers = client_of(database), bearer(scene.coordinator)
        kept = {
            "minutes": 30,
            "begins_at": run.begins_at.isoformat(),
            "near": str(scene.blocks[-1].id),
            "blocks": [str(scene.blocks[-1].id)],
            "weight": 4.0,
        }
        PlanRun.update(remedies=[kept]).where(PlanRun.id == run.id).execute()
        (remedy,) = client.get(f"/api/v1/plan-runs/{run.id}/remedies", headers=headers).json
        assert remedy["sentence"]["en"] == (
            "30 minutes from 19:00 on 6 November, near Seomyeon-ro, would cover 1 block (weight 4)."
        )
        found = client.get(f"/api/v1/plan-runs/{run.id}/slots/{newcomer.id}", headers=headers)
        assert found.status_code == 200
        assert found.json[0]["sentence"]["ko"]

    def test_each_block_left_out_says_why_in_a_sentence(self, database, scene, run):
        answer = client_of(database).get(f"/api/v1/plan-runs/{run.id}/left-out", headers=bearer(scene.coordinator))
        assert {entry["sentence"]["en"] for entry in answer.json["items"]} == {sentence("no_time", 60.0)["en"]}

    def test_walkers_and_officers_learn_nothing_of_it(self, database, scene, run, newcomer):
        client = client_of(database)
        for role in ("walker", "officer"):
            headers = bearer(make_person(scene.city, role))
            for path in ("remedies", f"slots/{newcomer.id}"):
                assert client.get(f"/api/v1/plan-runs/{run.id}/{path}", headers=headers).status_code == 403
