"""A coordinator of a district plans for its teams and blocks alone, and has such plans alone."""

import pytest

from patrol.places.models import Block
from patrol.planning.models import PlanRun
from patrol.planning.operations import asking, pairing
from patrol.planning.operations.publishing import publish
from patrol.planning.operations.reach import districts_of
from patrol.planning.operations.snapshot import snapshot
from patrol.planning.operations.weekly import snapshot_week
from patrol.teams.models import Team
from patrol.teams.operations.welfare import unknown
from tests.support.factories import NOW, bearer, client_of, make_district, make_person
from tests.support.patrols import API, stream
from tests.support.planning import EVENING, a_finished_run, a_run, a_scene


@pytest.fixture
def scene(database):
    """Two teams and six blocks, half of each in the district `here`, half in `there`."""
    found = a_scene(blocks=6, teams=2)
    found.here, found.there = make_district(found.city, "1", "Here"), make_district(found.city, "2", "There")
    for place, district in enumerate((found.here, found.there)):
        Team.update(district=district).where(Team.id == found.teams[place].id).execute()
        half = [block.id for block in found.blocks[3 * place : 3 * place + 3]]
        Block.update(district=district).where(Block.id.in_(half)).execute()
    found.theirs = make_person(found.city, "coordinator", district=found.here)
    return found


def only(district):
    return {"districts": frozenset({district.id})}


def ids(rows):
    return {str(row.id) for row in rows}


def test_the_evening_holds_the_teams_and_blocks_of_the_district(scene):
    evening = snapshot(a_run(scene, **only(scene.here)), weather=unknown, now=NOW).evening
    assert set(evening.team_ids) == ids(scene.teams[:1])
    assert set(evening.block_ids) == ids(scene.blocks[:3])


def test_and_so_does_a_week(scene):
    run = a_run(scene, kind="week", **only(scene.here))
    week = snapshot_week(run, weather=unknown, now=NOW).week
    assert set(week.team_ids) == ids(scene.teams[:1])
    assert set(week.block_ids) == ids(scene.blocks[:3])


def test_without_a_team_or_block_of_the_district_there_is_nothing_to_plan(scene):
    empty = make_district(scene.city, "3", "Empty")
    with pytest.raises(asking.NoBlocks):
        a_run(scene, **only(empty))
    Team.update(district=scene.there).execute()
    with pytest.raises(asking.NoTeamAvailable, match=r"active teams: 0\b"):
        a_run(scene, **only(scene.here))


def test_a_run_that_a_coordinator_of_a_district_asks_for_is_for_that_district(scene, database):
    client = client_of(database)
    asked = client.post(f"{API}/plan-runs", json={"evening": EVENING.isoformat()}, headers=bearer(scene.theirs))
    assert (asked.status_code, asked.json["districts"]) == (202, [str(scene.here.id)])
    assert districts_of(PlanRun.get()) == {scene.here.id}
    asked = client.post(f"{API}/plan-runs", json={"evening": EVENING.isoformat()}, headers=bearer(scene.coordinator))
    assert asked.json["districts"] == []


PARTS = ["", "/routes", "/left-out", "/remedies"]
ACTS = [("post", "/publish"), ("post", "/withdraw"), ("delete", "")]


def test_runs_for_others_are_in_no_list_and_nowhere_else(scene, database):
    client = client_of(database)
    headers = bearer(scene.theirs)
    mine = a_run(scene, **only(scene.here))
    both = a_run(scene, districts=frozenset({scene.here.id, scene.there.id}))
    others = [a_run(scene), a_run(scene, **only(scene.there)), both]
    listed = client.get(f"{API}/plan-runs", headers=headers).json["items"]
    assert [run["id"] for run in listed] == [str(mine.id)]
    for part in PARTS:
        assert client.get(f"{API}/plan-runs/{mine.id}{part}", headers=headers).status_code == 200
        for run in others:
            assert client.get(f"{API}/plan-runs/{run.id}{part}", headers=headers).status_code == 404
    for run in others:
        for method, act in ACTS:
            assert getattr(client, method)(f"{API}/plan-runs/{run.id}{act}", headers=headers).status_code == 404
        slots = client.get(f"{API}/plan-runs/{run.id}/slots/{scene.teams[0].id}", headers=headers)
        assert slots.status_code == 404
    assert len(client.get(f"{API}/plan-runs", headers=bearer(scene.coordinator)).json["items"]) == 4


def test_slots_are_for_teams_of_the_district(scene, database):
    mine = a_run(scene, **only(scene.here))
    PlanRun.update(state="done", summary={}).execute()
    there = f"{API}/plan-runs/{mine.id}/slots/{scene.teams[1].id}"
    assert client_of(database).get(there, headers=bearer(scene.theirs)).status_code == 404


def test_publishing_offers_shifts_to_the_districts_teams_alone(scene):
    run = a_finished_run(scene, **only(scene.here))
    done = publish(run, now=NOW)
    assert [shift.team_id for shift in done.shifts] == [scene.teams[0].id]
    assert [team.id for team in done.passed_over] == [scene.teams[1].id]


def test_one_stays_near_a_run_for_the_same_districts(scene):
    near = a_finished_run(scene)
    with pytest.raises(asking.NearAnother):
        a_run(scene, near=near.id, **only(scene.here))


def test_its_progress_is_told_to_those_who_have_it(scene):
    elsewhere = make_person(scene.city, "coordinator", district=scene.there)
    asking.tell(a_run(scene, **only(scene.here)), now=NOW)
    asking.tell(a_run(scene), now=NOW)
    counts = [len(stream(person, "plan")) for person in (scene.theirs, elsewhere, scene.coordinator)]
    assert counts == [1, 0, 2]


class TestPinsAndBars:
    def pin(self, scene, team, block):
        wanted = {"team": scene.teams[team].id, "block": scene.blocks[block].id}
        return pairing.pair(scene.city.id, kind="pin", **wanted, note="", by=None, now=NOW)

    def test_those_of_other_districts_are_in_no_list_and_nowhere_else(self, scene, database):
        client, headers = client_of(database), bearer(scene.theirs)
        mine, other, across = self.pin(scene, 0, 0), self.pin(scene, 1, 3), self.pin(scene, 0, 4)
        listed = client.get(f"{API}/pairings", headers=headers).json["items"]
        assert [pin["id"] for pin in listed] == [str(mine.id)]
        for pin in (other, across):
            path = f"{API}/pairings/{pin.id}"
            assert client.get(path, headers=headers).status_code == 404
            assert client.patch(path, json={"note": "x"}, headers=headers).status_code == 404
            assert client.delete(path, headers=headers).status_code == 404

    def test_a_team_or_block_of_another_district_cannot_be_named(self, scene, database):
        client, headers = client_of(database), bearer(scene.theirs)
        for team, block, pointer in ((1, 0, "/team"), (0, 4, "/block")):
            wanted = {"kind": "pin", "team": str(scene.teams[team].id), "block": str(scene.blocks[block].id)}
            answer = client.post(f"{API}/pairings", json=wanted, headers=headers)
            assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)

    def test_one_to_a_team_of_another_district_binds_nobody_in_a_plan_for_this_one(self, scene):
        self.pin(scene, 1, 0)
        found = snapshot(a_run(scene, **only(scene.here)), weather=unknown, now=NOW)
        assert (found.evening.pinned_to.max(), found.unmet) == (-1, [])
