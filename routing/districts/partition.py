"""Which teams make up a district: neighbours, and about as much walking time in each.

A problem knows distances and no coordinates. Distances to a few landmarks far from each other serve as such (de Silva,
Tenenbaum 2004, "Sparse multidimensional scaling using landmark points"); along their principal axes teams are cut in
two, and each half again (recursive coordinate bisection: Berger, Bokhari 1987, doi:10.1109/TC.1987.1676942).
"""

import numpy as np

from routing.problem import Floats, Integers, Problem

LANDMARKS = 8
GOLDEN_TURN = np.pi * (3 - np.sqrt(5))
"""By which the cuts turn from one round to the next: no two rounds cut along nearly the same line."""


def landmark_metres(problem: Problem) -> Floats:
    """Metres from each team's door to the landmarks; what is out of reach is twice as far as all else. Shape [T, L].

    Landmarks are places, each the farthest from those before it.
    """
    places = len(problem.between_m)
    if places == 0 or problem.teams == 0:
        return np.zeros((problem.teams, 1))
    reached = np.isfinite(problem.door_m).sum(axis=0)
    chosen = [int(reached.argmax())]
    nearest = _finite(np.asarray(problem.between_m[chosen[0]], dtype=np.float64))
    while len(chosen) < min(LANDMARKS, places):
        chosen.append(int(np.where(reached > 0, nearest, -1.0).argmax()))
        nearest = np.minimum(nearest, _finite(np.asarray(problem.between_m[chosen[-1]], dtype=np.float64)))
    return _finite(problem.door_m[:, chosen])


def cut(metres: Floats, load: Floats, districts: int, *, turn: int = 0) -> Integers:
    """The district of each team, from 0. Shape [T].

    metres [T, L]: where they are. load [T]: what is to be about equal. turn: 0 cuts across the longest way, every other
    number elsewhere. None is empty while there are teams enough.
    """
    of = np.zeros(len(metres), dtype=np.int64)
    numbers = range(min(districts, len(metres)))
    for number, teams in zip(numbers, _cut(metres, load, np.arange(len(metres)), len(numbers), turn), strict=True):
        of[teams] = number
    return of


def _cut(metres: Floats, load: Floats, teams: Integers, parts: int, turn: int) -> list[Integers]:
    """These teams in so many parts, halved again and again."""
    if parts <= 1:
        return [teams] * parts
    half = (parts + 1) // 2
    order = teams[np.argsort(_along(metres[teams], turn), kind="stable")]
    share = np.cumsum(load[order]) / max(float(load[order].sum()), 1e-9)
    place = int(np.searchsorted(share, half / parts)) + 1
    place = min(max(place, half), len(order) - (parts - half))
    return [
        *_cut(metres, load, order[:place], half, turn),
        *_cut(metres, load, order[place:], parts - half, turn),
    ]


def _along(metres: Floats, turn: int) -> Floats:
    """Where each team lies along the direction of the cut: the principal axis, turned towards the second."""
    centred = metres - metres.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    flat = centred @ axes[:2].T
    flat = flat * np.sign(axes[:2][np.arange(len(axes[:2])), np.abs(axes[:2]).argmax(axis=1)])
    angle = turn * GOLDEN_TURN
    along: Floats = flat[:, 0] * np.cos(angle)
    return along + flat[:, 1] * np.sin(angle) if flat.shape[1] > 1 else along


def _finite(metres: Floats) -> Floats:
    known = metres[np.isfinite(metres)]
    return np.where(np.isfinite(metres), metres, 2 * known.max(initial=1.0))
