"""A plan is published while its teams act: nobody waits for ever."""

import threading
import time
from uuid import uuid4

import pytest

from config.database import database as db
from config.database import transaction
from patrol.planning.models import PlanRoute, PlanRun
from patrol.planning.operations import publishing
from patrol.shifts.models import Shift
from patrol.teams.models import Team
from patrol.teams.operations.welfare import unknown
from patrol.walks.operations.going import begin
from tests.support.factories import NOW
from tests.support.planning import a_finished_run, a_scene

WAITING = "SELECT count(*) FROM pg_locks WHERE transactionid = pg_current_xact_id()::xid AND NOT granted"
"""Who waits for a row that this transaction holds."""


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite lets one write after the other
def test_who_sets_out_while_another_plan_is_put_in_its_plans_place_walks(database):
    scene = a_scene(blocks=8)
    first = a_finished_run(scene)
    publishing.publish(first, now=NOW)
    anew = with_fewer_blocks(a_finished_run(scene, near=first.id))
    gone = Shift.select(Shift, Team).join(Team).order_by(Shift.id.desc()).first()
    publisher = threading.Thread(target=publishing.publish, args=(anew,), kwargs={"now": NOW})
    with transaction():
        Team.update(code=Team.code).where(Team.id == gone.team_id).execute()
        publisher.start()
        while publisher.is_alive() and not db.execute_sql(WAITING).fetchone()[0]:
            time.sleep(0.01)
        given = {"person": gone.team.handler, "shift_id": gone.id, "started_at": NOW, "leash_attested": True}
        begin(scene.city, uuid4(), **given, weather=unknown, now=NOW)
    publisher.join()
    assert PlanRun.get_by_id(anew.id).state == "published"
    live = Shift.select().where(Shift.state.in_(("offered", "walking")))
    assert {(shift.team_id, shift.state) for shift in live} == {
        (team.id, "walking" if team.id == gone.team_id else "offered") for team in scene.teams
    }


def with_fewer_blocks(run):
    for route in PlanRoute.select().where(PlanRoute.run == run):
        here = (PlanRoute.run == run) & (PlanRoute.team == route.team_id)
        PlanRoute.update(route=route.route | {"stops": route.route["stops"][:1]}).where(here).execute()
    return run
