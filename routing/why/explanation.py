"""Everything that is to be said about one plan: reasons, remedies, and what each team adds."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from routing.joint import merge_groups, sequences_of
from routing.plan import LeftOut, Plan, never
from routing.problem import Problem
from routing.why.adds import Added, adds
from routing.why.reasons import reasons
from routing.why.remedies import Remedy, remedies


@dataclass(frozen=True)
class Explanation:
    """left_out: a reason for each block on no loop. remedies: best first. adds: one entry a team.

    What a joint patrol adds is said for each of its teams: without one of them it does not go out.
    """

    left_out: tuple[LeftOut, ...]
    remedies: tuple[Remedy, ...]
    adds: tuple[Added, ...]


def explain(problem: Problem, plan: Plan, *, over: Callable[[], bool] = never) -> Explanation:
    """Explain a plan that keeps its promises (see routing.check). Once `over()` says so, the rest is done roughly."""
    merged = merge_groups(problem)
    sequences = sequences_of(plan, merged.members)
    added = adds(merged.problem, sequences, over=over)
    return Explanation(
        left_out=reasons(merged.problem, sequences, over=over),
        remedies=remedies(merged.problem, sequences, over=over),
        adds=tuple(
            sorted(
                (replace(one, team=team) for one in added for team in merged.members[one.team]),
                key=lambda one: one.team,
            )
        ),
    )


def plain(problem: Problem, explanation: Explanation) -> dict[str, Any]:
    """The explanation as values for JSON, with names for numbers.

    left_out: {block, weight, reason, amount (None: endless), outvalued_by (None: for another reason)}; remedies:
    {minutes, start_s, duration_s, near, covers, weight}; adds: {team, lost, regained, weight}.
    """
    names = problem.block_ids
    return {
        "left_out": [_plain_reason(problem, entry) for entry in explanation.left_out],
        "remedies": [
            {**asdict(one), "near": names[one.near], "covers": [names[block] for block in one.covers]}
            for one in explanation.remedies
        ],
        "adds": [{**asdict(one), "team": problem.team_ids[one.team]} for one in explanation.adds],
    }


def _plain_reason(problem: Problem, entry: LeftOut) -> dict[str, Any]:
    weight = float(problem.weight[entry.block])
    return {
        "block": problem.block_ids[entry.block],
        "weight": weight,
        "reason": entry.reason,
        "amount": entry.amount if np.isfinite(entry.amount) else None,
        "outvalued_by": entry.amount - weight if entry.reason == "outvalued" else None,
    }
