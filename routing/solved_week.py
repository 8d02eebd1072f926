"""A planned week as plain values, made in one call: stage, plan, draw, explain. Runs in the planner's process."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from routing.deadline import Deadline
from routing.drawing import draw
from routing.evening import Week
from routing.plan import LeftOut, Progress, never
from routing.problem import Problem
from routing.solved import EXPLAIN_S, Solved, plain_reason, plain_remedy, plain_route
from routing.staging import Staged, StagedWeek, stage_week
from routing.streets import WalkGraph
from routing.week.plan import Short, WeekParams, WeekPlan, plan_week
from routing.week.problem import WeekProblem
from routing.why.adds import adds
from routing.why.reasons import reasons
from routing.why.remedies import remedies


def solve_week(
    graph: WalkGraph,
    week: Week,
    params: WeekParams,
    *,
    seed: int,
    stop: Callable[[], bool],
    on_progress: Callable[[Progress], None],
) -> Solved:
    """Plan a week on the streets. Raises ProblemError."""
    staged = stage_week(graph, week)
    found = plan_week(staged.problem, params, seed=seed, stop=stop, on_progress=on_progress)
    said = _explained(staged.problem, found)
    grounds = {day: Staged(_on_day(staged.problem, day), staged.ground) for day in {day for day, _ in found.walks}}
    return Solved(
        routes=[
            plain_route(grounds[day], draw(grounds[day], route)) | {"day": day, "adds": worth}
            for (day, route), worth in zip(found.walks, said.adds, strict=True)
        ],
        left_out=said.left_out,
        remedies=said.remedies,
        summary=_summary(staged, found, said, seed),
        weight=found.weight,
        bound=found.bound,
    )


@dataclass(frozen=True)
class _Said:
    """What is said of a week's plan; adds: per walk, in their order."""

    left_out: list[dict[str, Any]]
    remedies: list[dict[str, Any]]
    adds: list[float]


def _explained(problem: WeekProblem, found: WeekPlan) -> _Said:
    """Explain a week as one evening on which every team and day that is out, or still could be, is a team."""
    pairs = [(route.team, day) for day, route in found.walks]
    pairs += _still_out(problem, pairs)
    sequences = [tuple(stop.block for stop in route.stops) for _, route in found.walks]
    sequences += [()] * (len(pairs) - len(sequences))
    whole = _as_one_evening(problem, pairs)
    over = Deadline(EXPLAIN_S, never).over
    added = adds(whole, sequences, over=over)
    why = {entry.block: entry for entry in reasons(whole, sequences, over=over)}
    day = _quietest(problem, pairs[: len(found.walks)])
    return _Said(
        left_out=[
            _plain_short(problem, one, why.get(one.block)) | {"visits": one.wanted - one.visits} for one in found.short
        ],
        remedies=[plain_remedy(problem.block_ids, one) | {"day": day} for one in remedies(whole, sequences, over=over)],
        adds=[added[number].weight for number in range(len(found.walks))],
    )


def _plain_short(problem: WeekProblem, short: Short, never_visited: LeftOut | None) -> dict[str, Any]:
    """Why a block has fewer visits than it wants; of one without any more is known."""
    if never_visited is not None and short.why != "spacing":
        return plain_reason(problem.block_ids, never_visited)
    return {"block": problem.block_ids[short.block], "reason": short.why, "amount": None}


def _still_out(problem: WeekProblem, walked: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Teams and days on which one more walk is possible."""
    days: dict[int, list[int]] = {}
    for team, day in walked:
        days.setdefault(team, []).append(day)
    return [
        (team, day)
        for team in range(problem.teams)
        for day in range(problem.days)
        if problem.budget_s[team, day] > 0
        and len(days.get(team, ())) < problem.walks_at_most[team]
        and all(abs(day - other) > problem.rest_days[team] for other in days.get(team, ()))
    ]


def _as_one_evening(problem: WeekProblem, pairs: Sequence[tuple[int, int]]) -> Problem:
    """Each pair of team and day as a team; every visit of the week at once."""
    team = np.array([team for team, _ in pairs], dtype=np.int64)
    day = np.array([day for _, day in pairs], dtype=np.int64)
    return Problem(
        team_ids=tuple(f"{problem.team_ids[t]} {d}" for t, d in pairs),
        block_ids=problem.block_ids,
        weight=problem.visit_weight[:, 0],
        repeat_weight=problem.visit_weight[:, 1:],
        length_m=problem.length_m,
        dwell_s=problem.dwell_s,
        bands=problem.bands,
        speed_mps=problem.speed_mps[team],
        budget_s=problem.budget_s[team, day],
        earliest_s=problem.earliest_s[team, day],
        latest_s=problem.latest_s[team, day],
        place=problem.place_of_end,
        door_m=problem.door_m[team],
        home_m=problem.last_leg_m[team],
        between_m=problem.between_m,
        compatible=problem.compatible[team],
        start_at_most_m=problem.first_leg_m[team],
        walk_at_most_m=problem.walk_limit_m[team],
    )


def _quietest(problem: WeekProblem, walked: Sequence[tuple[int, int]]) -> int:
    """The day on which fewest teams walk, where one more would be missed most; the first of equals."""
    out = Counter(day for _, day in walked)
    return min(range(problem.days), key=lambda day: (out[day], day))


def _summary(staged: StagedWeek, found: WeekPlan, said: _Said, seed: int) -> dict[str, Any]:
    problem = staged.problem
    routes = [walk.route for walk in found.walks]
    visited = [stop.block for route in routes for stop in route.stops]
    unreachable = [entry["block"] for entry in said.left_out if entry["reason"] == "out_of_reach"]
    out_of_reach = np.isin(np.array(problem.block_ids), unreachable)
    walked_m = sum(route.distance_m for route in routes)
    return {
        "teams": problem.teams,
        "routes": len(routes),
        "blocks": problem.blocks,
        "blocks_covered": len(set(visited)),
        "visits": len(visited),
        "visits_wanted": int((problem.visit_weight > 0).sum()),
        "weight_covered": found.weight,
        "weight_reachable": float(problem.visit_weight[~out_of_reach].sum()),
        "weight_total": float(problem.visit_weight.sum()),
        "minutes_walked": sum(route.duration_s for route in routes) / 60.0,
        "walked_m": walked_m,
        "share_on_blocks": float(problem.length_m[visited].sum()) / walked_m if walked_m else 0.0,
        "solve_s": found.solve_s,
        "solver": found.solver,
        "seed": seed,
        "bound": found.bound,
        "free": None,
        "fairness": asdict(found.fairness),
        "surprise": asdict(found.surprise),
    }


def _on_day(problem: WeekProblem, day: int) -> Problem:
    """One day of the week as an evening of its own, every block worth its first visit."""
    return Problem(
        team_ids=problem.team_ids,
        block_ids=problem.block_ids,
        weight=problem.visit_weight[:, 0],
        length_m=problem.length_m,
        dwell_s=problem.dwell_s,
        bands=problem.bands,
        speed_mps=problem.speed_mps,
        budget_s=problem.budget_s[:, day],
        earliest_s=problem.earliest_s[:, day],
        latest_s=problem.latest_s[:, day],
        place=problem.place_of_end,
        door_m=problem.door_m,
        home_m=problem.last_leg_m,
        between_m=problem.between_m,
        compatible=problem.compatible,
        start_at_most_m=problem.first_leg_m,
        walk_at_most_m=problem.walk_limit_m,
    )
