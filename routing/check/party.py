"""Who walks together: a team by itself, or the teams of a joint patrol."""

from dataclasses import dataclass

import numpy as np

from routing.problem import Bools, Problem


@dataclass(frozen=True)
class Party:
    """Teams on one loop, from the door of the first of them; approach_s: from their own doors to that one."""

    teams: tuple[int, ...]
    approach_s: tuple[float, ...]

    @property
    def first(self) -> int:
        """At whose door the loop begins, and whom its blocks are credited to."""
        return self.teams[0]


def parties(problem: Problem) -> list[Party]:
    """Every team in exactly one party, by the first of each."""
    joint = [Party(group.teams, group.approach_s) for group in problem.groups]
    taken = {team for party in joint for team in party.teams}
    single = [Party((team,), (0.0,)) for team in range(len(problem.team_ids)) if team not in taken]
    return sorted(joint + single, key=lambda party: party.first)


def party_of(problem: Problem) -> dict[int, Party]:
    """The party of each team."""
    return {team: party for party in parties(problem) for team in party.teams}


def pace(problem: Problem, party: Party) -> float:
    """Metres per second of the slowest."""
    return min(float(problem.speed_mps[team]) for team in party.teams)


def may_walk(problem: Problem, party: Party) -> Bools:
    """Which blocks are for all of them, and pinned to nobody else. Shape [B]."""
    pinned = problem.pinned
    allowed: Bools = np.asarray(problem.compatible[list(party.teams)].all(axis=0))
    allowed &= (pinned < 0) | np.isin(pinned, party.teams)
    return allowed


def longest_s(problem: Problem, party: Party) -> float:
    """Seconds that everybody can be on the loop, approaches taken off."""
    return min(
        min(float(problem.budget_s[team]), float(problem.latest_s[team] - problem.earliest_s[team])) - 2 * approach
        for team, approach in zip(party.teams, party.approach_s, strict=True)
    )


def together_s(problem: Problem, party: Party) -> float:
    """Seconds between the latest of their earliest starts and the earliest of their latest ends."""
    members = list(zip(party.teams, party.approach_s, strict=True))
    begins = max(float(problem.earliest_s[team]) + approach for team, approach in members)
    return min(float(problem.latest_s[team]) - approach for team, approach in members) - begins


def farthest_m(problem: Problem, party: Party) -> float:
    """Metres that everybody can walk on the loop, the ways to the first door and back taken off."""
    return min(
        float(problem.walk_limit_m[team]) - 2 * approach * float(problem.speed_mps[team])
        for team, approach in zip(party.teams, party.approach_s, strict=True)
    )
