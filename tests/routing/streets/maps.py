"""Small maps for tests: places in metres around a corner of Busan, OpenStreetMap files, hypothesis networks."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import shapely
from hypothesis import strategies as st

from routing.geodesy import EARTH_RADIUS_M
from routing.streets import WalkGraph, walk_graph

SEOMYEON = Path(__file__).parents[3] / "data" / "busan" / "streets" / "seomyeon_station_1km.osm.pbf"
WEST, SOUTH = 129.05, 35.15
RESIDENTIAL = {"highway": "residential"}


def lon(x_m: float) -> float:
    return WEST + math.degrees(x_m / (EARTH_RADIUS_M * math.cos(math.radians(SOUTH))))


def lat(y_m: float) -> float:
    return SOUTH + math.degrees(y_m / EARTH_RADIUS_M)


def box(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
    return (lon(x0), lat(y0), lon(x1), lat(y1))


def osm_file(
    path: Path,
    nodes: Mapping[int, tuple[float, float]],
    ways: Sequence[tuple[Sequence[int], Mapping[str, str]]],
    *,
    squares: Sequence[tuple[Sequence[int], Mapping[str, str]]] = (),
    bounds: tuple[float, float, float, float] | None = None,
) -> Path:
    """An .osm file; nodes in metres east and north, ways numbered from 1, squares (multipolygons) of way numbers."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    if bounds:
        w, s, e, n = bounds
        lines.append(f'<bounds minlon="{w:.7f}" minlat="{s:.7f}" maxlon="{e:.7f}" maxlat="{n:.7f}"/>')
    lines += [f'<node id="{i}" version="1" lon="{lon(x):.7f}" lat="{lat(y):.7f}"/>' for i, (x, y) in nodes.items()]
    for number, (refs, tags) in enumerate(ways, start=1):
        lines += [f'<way id="{number}" version="1">', *(f'<nd ref="{ref}"/>' for ref in refs), *_tags(tags), "</way>"]
    for number, (members, tags) in enumerate(squares, start=1):
        outer = (f'<member type="way" ref="{way}" role="outer"/>' for way in members)
        lines += [f'<relation id="{number}" version="1">', *outer, *_tags(tags), "</relation>"]
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def _tags(tags: Mapping[str, str]) -> list[str]:
    return [f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items()]


def streets(
    nodes: Sequence[tuple[float, float]],
    edges: Sequence[tuple[int, int]],
    *,
    bends: Mapping[int, Sequence[tuple[float, float]]] | None = None,
    names: Sequence[str] = (),
    highway: Sequence[int] | None = None,
    margin_m: float = 100.0,
) -> WalkGraph:
    """A network by hand: nodes in metres, edges straight but for their bends, a name for each edge."""
    lines = [[nodes[a], *(bends or {}).get(i, ()), nodes[b]] for i, (a, b) in enumerate(edges)]
    points = [point for line in lines for point in line]
    table = ("", *sorted(set(names) - {""}))
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return walk_graph(
        lon=[lon(x) for x, _ in nodes],
        lat=[lat(y) for _, y in nodes],
        tail=[a for a, _ in edges],
        head=[b for _, b in edges],
        highway=highway,
        name=[table.index(name) for name in names] if names else None,
        names=table,
        shape_start=np.concatenate(([0], np.cumsum([len(line) for line in lines]))),
        shape_lon=[lon(x) for x in xs],
        shape_lat=[lat(y) for y in ys],
        bbox=box(min(xs) - margin_m, min(ys) - margin_m, max(xs) + margin_m, max(ys) + margin_m),
    )


@st.composite
def networks(draw: st.DrawFn, *, flat: bool = False) -> WalkGraph:
    """Simple networks of 2 to 9 nodes in one square kilometre, some edges bent, perhaps in several components.

    Unless they are to be flat, streets may cross without meeting, as bridges do, or lie on top of each other.
    """
    spot = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(lambda p: (p[0] * 10.0, p[1] * 10.0))
    nodes = draw(st.lists(spot, min_size=2, max_size=9, unique=True))
    pairs = [(a, b) for a in range(len(nodes)) for b in range(a)]
    edges = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=14, unique=True))
    bends = {i: draw(st.lists(spot, max_size=2)) for i in range(len(edges))}
    if flat:
        edges, bends = _meeting_at_nodes_only(nodes, edges, bends)
    names = draw(st.lists(st.sampled_from(["", "서면로", "전포대로"]), min_size=len(edges), max_size=len(edges)))
    return streets(nodes, edges, bends=bends, names=names)


def _meeting_at_nodes_only(nodes, edges, bends):
    """Those edges that keep clear of the ones before them; at least the first, drawn straight."""
    kept = []
    for i, (a, b) in enumerate(edges):
        line = shapely.LineString([nodes[a], *(bends[i] if kept else ()), nodes[b]])
        ends = {a: shapely.Point(nodes[a]), b: shapely.Point(nodes[b])}
        strangers = shapely.MultiPoint([spot for node, spot in enumerate(nodes) if node not in ends])
        clear = line.is_simple and not line.intersects(strangers)
        for (c, d), other in kept:
            shared = shapely.MultiPoint([ends[node] for node in ends if node in (c, d)])
            clear = clear and line.intersection(other).difference(shared).is_empty
        if clear:
            kept.append(((a, b), line))
    return [pair for pair, _ in kept] or edges[:1], {i: line.coords[1:-1] for i, (_, line) in enumerate(kept)}


def same(one: WalkGraph, other: WalkGraph) -> bool:
    """Whether two networks are equal to the last bit."""
    mine, theirs = vars(one), vars(other)
    return all(
        np.array_equal(mine[key], theirs[key])
        and getattr(mine[key], "dtype", None) == getattr(theirs[key], "dtype", None)
        for key in mine
    )
