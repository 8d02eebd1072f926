"""How much each stretch of the city's streets deserves a walk.

Loads SciPy; imported where it is needed (see streets.py). docs/concepts.md tells the rules in words.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from config.policy import Blocks, Feature, Gap
from patrol.places.rules import Line, Reasons, as_kept, how_many, points_per_100_m
from routing.geodesy import Sheet
from routing.snap import attach
from routing.streets import HIGHWAY_CLASSES, WalkGraph
from routing.stretches import Stretches, stretches
from routing.travel import metres_to_nearest

BESIDE_M = 60.0
"""A camera farther than this from every street watches none of them, metres."""
STREET_REASON = "street"

Layers = Mapping[str, tuple[list[float], list[float]]]
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch that earned points, and what for."""

    line: Line
    length_m: float
    street: str
    points: float
    reasons: Reasons


@dataclass(frozen=True, slots=True)
class Scored:
    """The stretches chosen to be blocks, best first; how many there were; and what the points came from."""

    chosen: list[Candidate]
    stretches: int
    best: float
    from_layers: bool


def score(graph: WalkGraph, rules: Blocks, layers: Layers) -> Scored:
    """Cut the streets into stretches and choose the best share of them.

    Points come from the layers that the policy names and the city has; where these earn nothing anywhere, from the
    streets' classes. Among stretches of equal points the order is drawn from a hash of their lines: the same again
    each time, and spread over the city.
    """
    cut = stretches(graph, min_m=rules.min_m, max_m=rules.max_m)
    wanted = cut.length_m >= rules.min_m
    earned = _from_layers(graph, cut, rules, layers)
    total = sum((points for _, points in earned), np.zeros(len(cut))) * wanted
    from_layers = bool((total > 0).any())
    if not from_layers:
        earned = [(STREET_REASON, _from_streets(cut, rules))]
        total = earned[0][1] * wanted
    places = np.flatnonzero(total > 0).tolist()
    candidates = [_candidate(cut, place, earned) for place in places]
    candidates.sort(key=lambda candidate: (-candidate.points, _draw(candidate.line)))
    keep = how_many(int(wanted.sum()), share=rules.share, at_most=rules.at_most)
    best = candidates[0].points if candidates else 0.0
    return Scored(candidates[:keep], int(wanted.sum()), best, from_layers)


def _from_layers(graph: WalkGraph, cut: Stretches, rules: Blocks, layers: Layers) -> list[tuple[str, Points]]:
    """Reason and points[S] for each part of the policy whose layer the city has."""
    features = [part for part in rules.features if part.layer in layers]
    gaps = [part for part in rules.gaps if part.layer in layers]
    if len(cut) == 0:
        return []
    return _features(graph.sheet, cut, features, layers) + _gaps(graph, cut, gaps, layers)


def _features(sheet: Sheet, cut: Stretches, parts: list[Feature], layers: Layers) -> list[tuple[str, Points]]:
    """So many points for each place within reach of a stretch, up to the most."""
    lines = shapely.STRtree(_lines(cut, sheet.points(cut.line_lon, cut.line_lat)))
    earned = []
    for part in parts:
        spots = shapely.points(sheet.points(*layers[part.layer]))
        _, stretch = lines.query(spots, predicate="dwithin", distance=part.within_m)
        count = np.bincount(stretch, minlength=len(cut))
        earned.append((part.reason, np.asarray(np.minimum(count * part.points, part.at_most))))
    return earned


def _gaps(graph: WalkGraph, cut: Stretches, parts: list[Gap], layers: Layers) -> list[tuple[str, Points]]:
    """Points for each 100 m of a stretch whose middle is farther on foot from every place than the policy says."""
    if not parts:
        return []
    lines = _lines(cut, np.column_stack((cut.line_lon, cut.line_lat)))
    middle = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    attached = attach(graph, middle[:, 0], middle[:, 1], within_m=1.0)
    earned = []
    for part in parts:
        walk = metres_to_nearest(attached.graph, *layers[part.layer], within_m=BESIDE_M, limit_m=part.beyond_m)
        far = ~np.isfinite(walk[attached.node])
        earned.append((part.reason, np.asarray(np.minimum(far * part.points * cut.length_m / 100.0, part.at_most))))
    return earned


def _lines(cut: Stretches, points: NDArray[np.float64]) -> NDArray[np.object_]:
    owner = np.repeat(np.arange(len(cut)), np.diff(cut.line_start))
    return np.asarray(shapely.linestrings(points, indices=owner), dtype=object)


def _from_streets(cut: Stretches, rules: Blocks) -> Points:
    each = np.array([points_per_100_m(name, rules.street_points) for name in HIGHWAY_CLASSES])
    points: Points = each[cut.highway] * cut.length_m / 100.0
    return points


def _candidate(cut: Stretches, place: int, earned: list[tuple[str, Points]]) -> Candidate:
    reasons: Reasons = [
        {"code": reason, "points": round(float(points[place]), 2)} for reason, points in earned if points[place] > 0
    ]
    return Candidate(
        line=as_kept(np.column_stack(cut.line(place)).tolist()),
        length_m=round(float(cut.length_m[place]), 2),
        street=cut.name[place],
        points=round(float(sum(points[place] for _, points in earned)), 2),
        reasons=reasons,
    )


def _draw(line: Line) -> str:
    return hashlib.sha256(json.dumps(line).encode()).hexdigest()
