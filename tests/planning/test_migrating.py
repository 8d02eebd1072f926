"""Plans made before weeks were planned are there afterwards, and on the way back."""

from playhouse.migrations import Runner

from config.database import database as db
from config.migrating import SCRIPTS, migrate
from patrol.planning.models import LeftOut, PlanRoute, PlanRun
from tests.support.planning import EVENING, a_finished_run, a_scene

SCRIPT = "0011_pins_and_weeks"


def test_plans_outlive_the_change_of_their_tables(database):
    scene = a_scene(blocks=6, teams=2)
    run = a_finished_run(scene)
    week = a_finished_run(scene)
    PlanRun.update(kind="week").where(PlanRun.id == week.id).execute()
    before = [(route.team_id, route.weight, route.route) for route in routes(run)]
    left_out = LeftOut.select().where(LeftOut.run == run).count()

    Runner(db.obj, directory=str(SCRIPTS)).down(SCRIPT)
    assert db.execute_sql("SELECT count(*) FROM plan_run").fetchone() == (1,)  # it cannot hold a week
    assert migrate()[0] == SCRIPT  # all from there on had to go back

    (kept,) = PlanRun.select()
    assert (kept.id, kept.kind, kept.unmet, kept.summary) == (run.id, "evening", [], run.summary)
    assert [(route.team_id, route.weight, route.route) for route in routes(kept)] == before
    assert {route.evening for route in routes(kept)} == {EVENING}
    assert LeftOut.select().where(LeftOut.visits == 1).count() == left_out > 0


def routes(run):
    return list(PlanRoute.select().where(PlanRoute.run == run).order_by(PlanRoute.team))
