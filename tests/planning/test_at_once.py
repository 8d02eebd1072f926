"""A plan is published while its teams act: each shift is decided once, and nobody waits for ever."""

import functools
from uuid import uuid4

from patrol.planning.models import PlanRoute
from patrol.planning.operations import publishing
from patrol.shifts.models import Shift
from patrol.shifts.operations.moving import ShiftState
from patrol.teams.models import Team
from patrol.teams.operations.welfare import unknown
from patrol.walks.operations.going import begin
from tests.support.databases import slowly_on_postgresql
from tests.support.factories import NOW
from tests.support.patrols import at_once
from tests.support.planning import a_finished_run, a_scene

ROUNDS = 4


@slowly_on_postgresql
def test_who_sets_out_while_another_plan_is_put_in_its_plans_place_walks_or_is_told(database):
    scene = a_scene(blocks=8)
    for _ in range(ROUNDS):
        Shift.delete().execute()
        first = a_finished_run(scene)
        publishing.publish(first, now=NOW)
        shifts = list(Shift.select(Shift, Team).join(Team).order_by(Shift.id))
        anew = with_fewer_blocks(a_finished_run(scene, near=first.id))
        published, *_ = at_once(
            lambda anew=anew: publishing.publish(anew, now=NOW),
            *(functools.partial(set_out, scene.city, shift) for shift in shifts),
        )
        under_way = {shift.team_id for shift in Shift.select().where(Shift.state == "walking")}
        assert {shift.team_id for shift in published.shifts} == {team.id for team in scene.teams} - under_way


def with_fewer_blocks(run):
    for route in PlanRoute.select().where(PlanRoute.run == run):
        here = (PlanRoute.run == run) & (PlanRoute.team == route.team_id)
        PlanRoute.update(route=route.route | {"stops": route.route["stops"][:1]}).where(here).execute()
    return run


def set_out(city, shift):
    given = {"person": shift.team.handler, "shift_id": shift.id, "started_at": NOW, "leash_attested": True}
    try:
        begin(city, uuid4(), **given, weather=unknown, now=NOW)
    except ShiftState:  # taken back
        return
