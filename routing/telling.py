"""An explanation in plain sentences, for the command line."""

import math
from collections.abc import Iterator

from routing.plan import LeftOut
from routing.problem import Problem
from routing.why.adds import Added
from routing.why.explanation import Explanation
from routing.why.remedies import Remedy

_FEW = 12
"""So many blocks of a remedy are named."""


def lines(problem: Problem, explanation: Explanation) -> Iterator[str]:
    """The heaviest blocks left out first, then remedies, then what each team adds, most first."""
    yield f"Left out: {len(explanation.left_out)}"
    for entry in sorted(explanation.left_out, key=lambda one: -problem.weight[one.block]):
        yield f"  {problem.block_ids[entry.block]} (weight {problem.weight[entry.block]:g}): {_reason(problem, entry)}"
    yield f"Remedies: {len(explanation.remedies)}"
    for remedy in explanation.remedies:
        yield f"  {_remedy(problem, remedy)}"
    yield f"What each team adds: {len(explanation.adds)}"
    for added in sorted(explanation.adds, key=lambda one: -one.weight):
        yield f"  {_added(problem, added)}"


def _reason(problem: Problem, entry: LeftOut) -> str:
    if entry.reason == "out_of_reach":
        return "out of everyone's reach" + _lacking(entry.amount, ", by {:.0f} s for the nearest")
    if entry.reason == "band_empty":
        return "nobody who reaches it can be there in any of its time bands"
    if entry.reason == "outvalued":
        above = entry.amount - float(problem.weight[entry.block])
        return f"outvalued, by {above:g}: it fits only in place of stops that weigh {entry.amount:g} or more"
    return "no time left within reach" + _lacking(entry.amount, "; {:.0f} s more would do")


def _lacking(seconds: float, words: str) -> str:
    return words.format(math.ceil(seconds)) if 0 < seconds < math.inf else ""


def _remedy(problem: Problem, remedy: Remedy) -> str:
    names = [problem.block_ids[block] for block in remedy.covers]
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return (
        f"one more {remedy.minutes}-minute team from {remedy.start_s:.0f} s near {problem.block_ids[remedy.near]} "
        f"would cover {', '.join(names[:_FEW])}{more} (weight {remedy.weight:g})"
    )


def _added(problem: Problem, added: Added) -> str:
    return (
        f"{problem.team_ids[added.team]}: {added.weight:g} (without it {added.lost:g} would be lost, "
        f"of which others could make up {added.regained:g})"
    )
