"""Which district may plan which block, and the problem that is left for it.

Visits are shared out, not blocks: where several visits to a block count, two districts may have one each. Whoever walks
a block keeps its visit, so that the plan so far is possible in the next round; the visits that nobody makes go where
teams reach the block with most time to spare. As later visits are never worth more than earlier ones, districts
together earn at least the sum of what each of them earns by itself.
"""

from dataclasses import dataclass, replace

import numpy as np

from routing.problem import Floats, Integers, Previous, Problem

NOBODY = -1
TOLERANCE_S = 1e-6
Sequences = list[tuple[int, ...]]
"""Per team, the blocks on its loop in order."""


@dataclass(frozen=True)
class District:
    """A part of a problem: its teams and blocks, as numbers of the whole, and the problem that they make."""

    teams: Integers
    blocks: Integers
    problem: Problem

    def numbered(self, loops: Sequences) -> Sequences:
        """Its teams' loops, given as blocks of the whole, as its own blocks."""
        return [tuple(np.searchsorted(self.blocks, one).tolist()) for one in loops]

    def worth(self, loops: Sequences) -> float:
        """What its teams' loops are worth to it, given as blocks of the whole."""
        return value(self.problem, self.numbered(loops))


def spare_share(problem: Problem) -> Floats:
    """Which share of its time each team has left after a walk to one block and back; 0: it does not get there.

    Shape [T, B]. Bands, and limits on the first leg, are left to the search.
    """
    place = problem.place_of_end
    zero, one = place[0::2], place[1::2]
    share = np.zeros((problem.teams, problem.blocks))
    for team in range(problem.teams):
        door, home = problem.door_m[team], problem.last_leg_m[team]
        metres = np.minimum(door[zero] + home[one], door[one] + home[zero]) + problem.length_m
        limit_s = min(problem.budget_s[team], problem.latest_s[team] - problem.earliest_s[team])
        spare = limit_s - metres / problem.speed_mps[team] - problem.dwell_s
        fits = (spare >= -TOLERANCE_S) & (metres <= problem.walk_limit_m[team]) & problem.compatible[team]
        share[team] = np.where(fits, 1e-3 + np.maximum(spare, 0.0) / max(limit_s, 1.0), 0.0)
    return share


def share_out(
    problem: Problem, spare: Floats, district: Integers, sequences: Sequences, *, noise: Floats | None = None
) -> Integers:
    """The district of each visit that counts, NOBODY where there is none. Shape [B, 1 + R].

    spare [T, B]: as spare_share has it. district [T]: of each team. sequences: the plan so far. noise [districts, B]:
    factors, so that blocks which nobody walks are tried on both sides of a border.
    """
    count = int(district.max(initial=0)) + 1
    of = np.full(problem.visit_weight.shape, NOBODY, dtype=np.int64)
    walked = np.zeros(problem.blocks, dtype=np.int64)
    for team in np.argsort(district, kind="stable").tolist():
        for block in sequences[team]:
            of[block, walked[block]] = district[team]
            walked[block] += 1
    reach = np.stack([spare[district == one].sum(axis=0) for one in range(count)])
    reach = reach if noise is None else reach * noise
    likely = np.where(reach.max(axis=0) > 0, reach.argmax(axis=0), NOBODY)
    pinned = problem.pinned
    likely = np.where(pinned >= 0, district[pinned], likely) if problem.teams else likely
    counts = problem.visit_weight > 0
    counts[:, 0] |= pinned >= 0
    later = np.arange(problem.visit_weight.shape[1]) >= walked[:, None]
    return np.where(later & counts, likely[:, None], of)


def district_of(problem: Problem, number: int, teams: Integers, visits: Integers, sequences: Sequences) -> District:
    """The part of the problem that one district plans; only the places that its blocks lie at are in it.

    visits [B, 1 + R]: as share_out has them. Without a plan to stay near, the search starts from `sequences`.
    """
    mine = visits == number
    blocks = np.flatnonzero(mine.any(axis=1))
    most = int(mine.sum(axis=1).max(initial=1))
    first = np.argsort(~mine[blocks], axis=1, kind="stable")[:, :most]
    prizes = np.take_along_axis(np.where(mine[blocks], problem.visit_weight[blocks], 0.0), first, axis=1)
    ends = np.column_stack((2 * blocks, 2 * blocks + 1)).ravel()
    places, place = np.unique(problem.place_of_end[ends], return_inverse=True)
    local = np.full(problem.teams + 1, NOBODY, dtype=np.int64)  # the last answers for the pin of nobody
    local[teams] = np.arange(len(teams))
    part = replace(
        problem,
        team_ids=tuple(problem.team_ids[team] for team in teams.tolist()),
        block_ids=tuple(problem.block_ids[block] for block in blocks.tolist()),
        weight=prizes[:, 0],
        repeat_weight=prizes[:, 1:],
        length_m=problem.length_m[blocks],
        dwell_s=problem.dwell_s[blocks],
        bands=tuple(problem.bands[block] for block in blocks.tolist()),
        speed_mps=problem.speed_mps[teams],
        budget_s=problem.budget_s[teams],
        earliest_s=problem.earliest_s[teams],
        latest_s=problem.latest_s[teams],
        door_m=problem.door_m[np.ix_(teams, places)],
        home_m=problem.last_leg_m[np.ix_(teams, places)],
        between_m=problem.between_m[np.ix_(places, places)],
        compatible=problem.compatible[np.ix_(teams, blocks)],
        start_at_most_m=problem.first_leg_m[teams],
        walk_at_most_m=problem.walk_limit_m[teams],
        place=place,
        pinned_to=local[problem.pinned[blocks]],
        previous=_previous(problem, teams, blocks, sequences),
    )
    return District(teams, blocks, part)


def value(problem: Problem, sequences: Sequences) -> float:
    """What a search makes as great as it can: prizes, and what is said for pins and for the plan to stay near."""
    visits = np.bincount([block for one in sequences for block in one], minlength=problem.blocks)
    counted = np.arange(problem.visit_weight.shape[1]) < visits[:, None]
    total = float((problem.visit_weight * counted).sum())
    if problem.previous is not None:
        before = dict(problem.previous.routes)
        kept = sum(len(set(one) & set(before.get(team, ()))) for team, one in enumerate(sequences))
        total += problem.previous.keep_weight * kept
    pinned = problem.pinned
    met = sum(int((pinned[list(one)] == team).sum()) for team, one in enumerate(sequences))
    return total + met * (2.0 * float(problem.visit_weight.sum()) + 1.0)


def _previous(problem: Problem, teams: Integers, blocks: Integers, sequences: Sequences) -> Previous:
    local = {block: place for place, block in enumerate(blocks.tolist())}
    near = problem.previous or Previous(tuple(enumerate(sequences)), 0.0)
    before = dict(near.routes)
    routes = tuple(
        (place, tuple(local[block] for block in before.get(team, ()) if block in local))
        for place, team in enumerate(teams.tolist())
    )
    return Previous(tuple((team, stops) for team, stops in routes if stops), near.keep_weight)
