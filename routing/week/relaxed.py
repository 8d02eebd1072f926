"""A week as an evening, twice over: of the walks on a roster, to search on; and of all walks that can be, to bound.

Each walk is a team of its own. On the roster's evening the walks have their days, which keep the visits to a block
apart (see routing.search.ground.Days). On the bounding evening everything that sets the days apart is dropped: spacing,
rest, bands, the hour; of each team there are as many walks as it can have, with the seconds of its longest days.
Whatever week there is, its walks fit into that evening and are worth no less there, but for partners' common days.
"""

import numpy as np

from routing.problem import Bools, Floats, Problem
from routing.search.ground import Days
from routing.week.problem import WeekProblem
from routing.week.roster import Roster, longest_s, most_walks

_ALL_SEARCHED = 400_000
_NEAREST_SEARCHED = 400


def walks_as_teams(problem: WeekProblem, roster: Roster) -> tuple[Problem, Days]:
    """The evening to search on. In a large problem each walk is held to the blocks nearest to its door."""
    team, day = roster.team, roster.day
    may = problem.compatible[team] & (problem.visit_weight[:, 0] > 0)
    if may.size > _ALL_SEARCHED:
        may &= _nearest(problem)[team]
    budget_s = np.minimum(roster.limit_s, problem.budget_s[team, day])
    evening = _evening(
        problem,
        roster,
        visit_weight=problem.visit_weight,
        budget_s=budget_s,
        earliest_s=problem.earliest_s[team, day],
        latest_s=problem.latest_s[team, day],
        bands=problem.bands,
        compatible=may,
    )
    liked = problem.liking[team] if problem.liking.any() else np.zeros((0, 0))
    return evening, Days(day=day, apart_days=problem.spacing_days, liked=np.ascontiguousarray(liked))


def all_walks_as_teams(problem: WeekProblem) -> Problem:
    """The bounding evening: no week is worth more than its best plan and `partners_worth` together."""
    roster = all_walks(problem)
    team, limit_s = roster.team, roster.limit_s
    liked = np.where(problem.compatible, problem.liking, 0.0).max(axis=0, initial=0.0)
    visits = problem.visit_weight
    return _evening(
        problem,
        roster,
        visit_weight=np.where(visits > 0, visits + liked[:, None], 0.0),
        budget_s=limit_s,
        earliest_s=np.zeros(len(team)),
        latest_s=limit_s,
        bands=((),) * problem.blocks,
        compatible=problem.compatible[team],
    )


def all_walks(problem: WeekProblem) -> Roster:
    """As many walks of each team as it can have, with the seconds of its longest days; all on one day."""
    walks = most_walks(problem)
    team = np.repeat(np.arange(problem.teams), walks)
    nth = np.arange(len(team)) - np.repeat(np.cumsum(walks) - walks, walks)
    longest = -np.sort(-longest_s(problem), axis=1)
    return Roster(team=team, day=np.zeros(len(team), dtype=np.int64), limit_s=longest[team, nth])


def partners_worth(problem: WeekProblem) -> float:
    """What partners' common days are worth at most."""
    walks, can = most_walks(problem), longest_s(problem) > 0
    one, other = problem.pairs[:, 0], problem.pairs[:, 1]
    days = np.minimum((can[one] & can[other]).sum(axis=1), np.minimum(walks[one], walks[other]))
    return float((problem.pair_weight * days).sum())


def _evening(
    problem: WeekProblem,
    roster: Roster,
    *,
    visit_weight: Floats,
    budget_s: Floats,
    earliest_s: Floats,
    latest_s: Floats,
    bands: tuple[tuple[tuple[float, float], ...], ...],
    compatible: Bools,
) -> Problem:
    team = roster.team
    visits = visit_weight if visit_weight.shape[1] else np.zeros((problem.blocks, 1))
    return Problem(
        team_ids=tuple(f"{problem.team_ids[t]} · {walk}" for walk, t in enumerate(team.tolist())),
        block_ids=problem.block_ids,
        weight=visits[:, 0],
        repeat_weight=visits[:, 1:],
        length_m=problem.length_m,
        dwell_s=problem.dwell_s,
        bands=bands,
        speed_mps=problem.speed_mps[team],
        budget_s=budget_s,
        earliest_s=earliest_s,
        latest_s=latest_s,
        place=problem.place_of_end,
        door_m=problem.door_m[team],
        home_m=problem.last_leg_m[team],
        between_m=problem.between_m,
        compatible=compatible,
        start_at_most_m=problem.first_leg_m[team],
        walk_at_most_m=problem.walk_limit_m[team],
    )


def _nearest(problem: WeekProblem) -> Bools:
    """The blocks nearest to each team's door. Shape [T, B]."""
    ends = problem.place_of_end
    metres = np.minimum(problem.door_m[:, ends[0::2]], problem.door_m[:, ends[1::2]])
    near = np.zeros(metres.shape, dtype=np.bool_)
    size = min(_NEAREST_SEARCHED, problem.blocks)
    np.put_along_axis(near, np.argsort(metres, axis=1, kind="stable")[:, :size], True, axis=1)  # noqa: FBT003 a value
    return near
