import pytest

from patrol.places.models import Block
from patrol.planning.models import LeftOut, Pairing, PlanRoute, PlanRun
from patrol.planning.operations import pairing
from patrol.planning.operations.snapshot import snapshot
from patrol.shifts.models import Shift
from patrol.teams.models import Team
from patrol.teams.operations.welfare import unknown
from tests.support.databases import sqlite_only
from tests.support.factories import NOW, bearer, client_of, make_city, make_person, make_shift
from tests.support.planning import a_finished_run, a_run, a_scene, solved
from tests.support.queries import Queries


@pytest.fixture
def scene(database):
    return a_scene(blocks=6, teams=2)


def pin(scene, team=0, block=0, *, kind="pin"):
    wanted = {"team": scene.teams[team].id, "block": scene.blocks[block].id}
    return pairing.pair(scene.city.id, kind=kind, **wanted, note="", by=scene.coordinator.id, now=NOW)


def unmet(run):
    return [
        (entry["block"], entry["reason"])
        for entry in (
            {"block": pin.block, "reason": pin.reason} for pin in snapshot(run, weather=unknown, now=NOW).unmet
        )
    ]


def test_a_pinned_block_is_for_its_team_alone(scene):
    pin(scene, team=1, block=2)
    evening = snapshot(a_run(scene), weather=unknown, now=NOW).evening
    team, block = evening.team_ids.index(str(scene.teams[1].id)), evening.block_ids.index(str(scene.blocks[2].id))
    assert evening.pinned_to[block] == team
    assert evening.compatible[:, block].nonzero()[0].tolist() == [team]
    assert (evening.pinned_to == -1).sum() == len(scene.blocks) - 1


def test_a_barred_block_is_for_every_other_team(scene):
    pin(scene, team=1, block=2, kind="bar")
    evening = snapshot(a_run(scene), weather=unknown, now=NOW).evening
    team, block = evening.team_ids.index(str(scene.teams[1].id)), evening.block_ids.index(str(scene.blocks[2].id))
    assert not evening.compatible[team, block]
    assert evening.compatible.sum() == evening.compatible.size - 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.slow
def test_pins_and_bars_hold_in_every_plan_until_they_are_taken_back(scene):
    first = solved(scene)
    route = PlanRoute.select().where(PlanRoute.run == first).order_by(PlanRoute.weight.desc()).first()
    barred = route.route["stops"][0]["block"]
    place = [str(block.id) for block in scene.blocks].index(barred)
    at = [team.id for team in scene.teams].index(route.team_id)
    bar = pin(scene, team=at, block=place, kind="bar")
    for _ in range(2):
        assert barred not in walked(solved(scene), route.team_id)
    pairing.unpair(scene.city.id, bar.id)
    pin(scene, team=at, block=place)
    assert barred in walked(solved(scene), route.team_id)


def walked(run, team):
    route = PlanRoute.get_or_none((PlanRoute.run == run) & (PlanRoute.team == team))
    return [stop["block"] for stop in route.route["stops"]] if route else []


class TestPinsThatCannotBeKept:
    def test_one_of_a_team_that_is_not_active_is_told_and_binds_nobody(self, scene):
        pin(scene)
        Team.update(state="suspended").where(Team.id == scene.teams[0].id).execute()
        run = a_run(scene)
        assert unmet(run) == [(scene.blocks[0].code, "team_stopped")]
        assert (snapshot(run, weather=unknown, now=NOW).evening.pinned_to == -1).all()

    def test_one_of_a_team_that_is_not_out_tonight_is_told(self, scene):
        pin(scene)
        make_shift(scene.teams[0], [])
        assert unmet(a_run(scene)) == [(scene.blocks[0].code, "team_away")]

    def test_one_on_a_block_that_is_switched_off_is_told(self, scene):
        pin(scene)
        Block.update(active=False).where(Block.id == scene.blocks[0].id).execute()
        assert unmet(a_run(scene)) == [(scene.blocks[0].code, "block_off")]

    def test_one_on_a_block_that_is_not_valid_any_more_is_told(self, scene):
        pin(scene)
        Block.update(valid_until=NOW.date().replace(day=1)).where(Block.id == scene.blocks[0].id).execute()
        assert unmet(a_run(scene)) == [(scene.blocks[0].code, "block_off")]

    def test_one_on_a_block_that_another_patrol_has_tonight_is_told(self, scene):
        other = a_scene("Ulsan", teams=1, blocks=1).teams[0]
        pin(scene)
        shift = make_shift(other, scene.blocks[:1])
        Shift.update(city=scene.city).where(Shift.id == shift.id).execute()
        assert unmet(a_run(scene)) == [(scene.blocks[0].code, "block_given")]

    def test_one_that_does_not_fit_is_told_with_the_plan(self, scene):
        far = scene.blocks[5]
        Block.update(bands=[["03:00", "04:00"]]).where(Block.id == far.id).execute()
        pin(scene, team=0, block=5)
        run = solved(scene)
        assert LeftOut.select().where((LeftOut.run == run) & (LeftOut.block == far)).exists()
        assert [(entry["block"], entry["reason"]) for entry in run.unmet] == [(far.code, "left_out")]

    def test_one_whose_block_gets_some_of_its_visits_is_kept(self, scene):
        run = a_finished_run(scene)
        route = PlanRoute.get((PlanRoute.run == run) & (PlanRoute.team == scene.teams[0]))
        walked = route.route["stops"][0]["block"]
        LeftOut.create(run=run, block=walked, reason="no_time", visits=1)  # the second visit of a week
        pin(scene, team=0, block=[str(block.id) for block in scene.blocks].index(walked))
        pin(scene, team=1, block=5)
        assert [(one.block, one.reason) for one in pairing.pins_left_out(run)] == [(scene.blocks[5].code, "left_out")]

    def test_a_bar_that_cannot_bind_anybody_needs_no_telling(self, scene):
        pin(scene, kind="bar")
        make_shift(scene.teams[0], [])
        assert unmet(a_run(scene)) == []


def test_a_block_is_pinned_to_one_team_at_a_time(scene):
    pin(scene, team=0)
    with pytest.raises(pairing.PinnedElsewhere, match=scene.teams[0].code):
        pin(scene, team=1)
    pin(scene, team=1, kind="bar")
    with pytest.raises(pairing.PairedAlready):
        pin(scene, team=0, kind="bar")
    assert Pairing.select().count() == 2


def test_a_bar_does_not_become_a_second_pin(scene):
    pin(scene, team=0)
    bar = pin(scene, team=1, kind="bar")
    with pytest.raises(pairing.PinnedElsewhere):
        pairing.change(scene.city.id, bar.id, {"kind": "pin"}, expected=None)
    assert Pairing.get_by_id(bar.id).kind == "bar"


def test_a_team_that_has_retired_gets_no_pins(scene):
    Team.update(state="retired").execute()
    with pytest.raises(pairing.TeamRetired):
        pin(scene)


class TestOverHttp:
    def given(self, scene, **more):
        return {"kind": "pin", "team": str(scene.teams[0].id), "block": str(scene.blocks[0].id), **more}

    def test_a_coordinator_pins_changes_and_takes_back(self, database, scene):
        client, headers = client_of(database), bearer(scene.coordinator)
        made = client.post("/api/v1/pairings", json=self.given(scene, note="Knows the shops."), headers=headers)
        assert made.status_code == 201
        assert (made.json["team"]["code"], made.json["block"]["code"]) == (scene.teams[0].code, scene.blocks[0].code)
        place = made.headers["Location"]
        changed = client.patch(place, json={"kind": "bar"}, headers=headers | {"If-Match": made.headers["ETag"]})
        assert (changed.json["kind"], changed.json["note"]) == ("bar", "Knows the shops.")
        stale = client.patch(place, json={"kind": "pin"}, headers=headers | {"If-Match": made.headers["ETag"]})
        assert stale.status_code == 412
        assert client.delete(place, headers=headers).status_code == 204
        assert client.get(place, headers=headers).status_code == 404

    def test_each_is_listed_with_what_stands_in_its_way(self, database, scene):
        client, headers = client_of(database), bearer(scene.coordinator)
        pin(scene, team=0, block=0)
        pin(scene, team=1, block=1, kind="bar")
        Team.update(state="retired").where(Team.id == scene.teams[0].id).execute()
        found = client.get("/api/v1/pairings", headers=headers).json["items"]
        assert {one["kind"]: one["reason"] for one in found} == {"pin": "team_stopped", "bar": None}
        only = client.get(f"/api/v1/pairings?block={scene.blocks[1].id}", headers=headers).json["items"]
        assert [one["kind"] for one in only] == ["bar"]

    @sqlite_only
    def test_a_longer_list_takes_no_more_queries(self, database, scene):
        client, headers = client_of(database), bearer(scene.coordinator)
        asked = []
        for block in (0, 1, 2):
            pin(scene, block=block)
            with Queries() as queries:
                client.get("/api/v1/pairings", headers=headers)
            asked.append(len(queries.texts()))
        assert asked[1] == asked[2]

    @pytest.mark.parametrize("wrong", ["team", "block"])
    def test_what_is_of_another_city_cannot_be_pinned(self, database, scene, wrong):
        other = a_scene("Ulsan", teams=1, blocks=1)
        strange = {"team": str(other.teams[0].id), "block": str(other.blocks[0].id)}[wrong]
        answer = client_of(database).post(
            "/api/v1/pairings", json=self.given(scene, **{wrong: strange}), headers=bearer(scene.coordinator)
        )
        assert answer.status_code == 422
        assert [field["pointer"] for field in answer.json["errors"]] == [f"/{wrong}"]

    def test_another_citys_are_not_there(self, database, scene):
        made = pin(scene)
        client, headers = client_of(database), bearer(make_person(make_city("Elsewhere"), "coordinator"))
        for method in ("GET", "DELETE"):
            answer = client.open(f"/api/v1/pairings/{made.id}", method=method, headers=headers)
            assert answer.status_code == 404
        assert client.get("/api/v1/pairings", headers=headers).json["items"] == []
        assert Pairing.select().count() == 1

    @pytest.mark.parametrize("role", ["walker", "officer", "admin"])
    def test_others_pin_nothing(self, database, scene, role):
        headers = bearer(make_person(scene.city, role))
        assert client_of(database).post("/api/v1/pairings", json=self.given(scene), headers=headers).status_code == 403

    def test_a_run_tells_in_words_which_pins_it_could_not_keep(self, database, scene):
        run = a_run(scene)
        told = {"pairing": str(scene.city.id), "kind": "pin", "team": "T-1", "block": "B-1", "reason": "team_away"}
        PlanRun.update(unmet=[told]).where(PlanRun.id == run.id).execute()
        answer = client_of(database).get(f"/api/v1/plan-runs/{run.id}", headers=bearer(scene.coordinator))
        assert answer.json["unmet"] == [
            told | {"words": {"ko": "그때 나올 수 있는 팀이 아님", "en": "the team is not out then"}}
        ]
