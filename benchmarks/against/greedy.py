"""Simple insertion: the floor that every planner has to be above."""

import time

from benchmarks.against.peer import Walk
from routing.greedy import greedy
from routing.problem import Problem
from routing.sequence import view


def solve(problem: Problem, seconds: float, seed: int) -> list[Walk]:  # noqa: ARG001 nothing in it is drawn
    """All loops grow together, dearest insertion per second first, until nothing fits or the time is up."""
    ends = time.monotonic() + seconds
    teams = [view(problem, t) for t in range(problem.teams)]
    loops = greedy(teams, [()] * problem.teams, over=lambda: time.monotonic() > ends)
    return [Walk(team, tuple(loop)) for team, loop in enumerate(loops) if loop]
