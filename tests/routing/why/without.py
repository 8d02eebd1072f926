"""A problem with one team less."""

from dataclasses import replace

import numpy as np

from routing.problem import Problem


def without(problem: Problem, team: int) -> Problem:
    """For problems without pins, groups and a previous plan."""
    rest = np.delete(np.arange(problem.teams), team)
    return replace(
        problem,
        team_ids=tuple(problem.team_ids[other] for other in rest),
        speed_mps=problem.speed_mps[rest],
        budget_s=problem.budget_s[rest],
        earliest_s=problem.earliest_s[rest],
        latest_s=problem.latest_s[rest],
        door_m=problem.door_m[rest],
        home_m=problem.last_leg_m[rest],
        compatible=problem.compatible[rest],
        start_at_most_m=problem.first_leg_m[rest],
        walk_at_most_m=problem.walk_limit_m[rest],
    )
