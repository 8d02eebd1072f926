"""Which plan runs, pins and bars somebody has who looks after some districts only (see Caller.districts).

A coordinator of districts plans for their teams and blocks alone, and sees such runs alone: a plan for the whole city
holds others' teams.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from peewee import SQL

from patrol.places.operations.blocks import within as block_within
from patrol.planning.models import PlanRun, PlanRunDistrict
from patrol.teams.operations.reading import within as team_within


def within(districts: frozenset[UUID]) -> Any:
    """Condition on runs: they plan for nothing but these districts; whichever, where none is named."""
    if not districts:
        return SQL("1 = 1")
    planned = PlanRunDistrict.select(PlanRunDistrict.run)
    return PlanRun.id.in_(planned) & PlanRun.id.not_in(planned.where(PlanRunDistrict.district.not_in(districts)))


def pairing_within(districts: frozenset[UUID]) -> Any:
    """Condition on pins and bars joined to their team and block: both are of these districts."""
    return team_within(districts) & block_within(districts)


def districts_of(run: PlanRun) -> frozenset[UUID]:
    """The districts that a run plans for; empty for the whole city."""
    return with_districts([run])[0].planned_for


def with_districts(runs: Iterable[PlanRun]) -> list[PlanRun]:
    """The same runs, each with `planned_for`, its districts."""
    runs = list(runs)
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for row in PlanRunDistrict.select().where(PlanRunDistrict.run.in_([run.id for run in runs])):
        found[row.run_id].add(row.district_id)
    for run in runs:
        run.planned_for = frozenset(found[run.id])
    return runs
