"""From an OpenStreetMap file to a walking network."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TypeVar

import numpy as np
import osmium
from numpy.typing import NDArray

from routing.geodesy import Floats
from routing.noding import Ways, network
from routing.street_file import Progress, check_bbox, file_sha256, written
from routing.streets import Bbox, StreetsError, WalkGraph
from routing.walkable import street_name, walking_class

Kind = TypeVar("Kind", osmium.osm.Node, osmium.osm.Way, osmium.osm.Relation)
ENTITIES: dict[type, osmium.osm.osm_entity_bits] = {
    osmium.osm.Node: osmium.osm.NODE,
    osmium.osm.Way: osmium.osm.WAY,
    osmium.osm.Relation: osmium.osm.RELATION,
}


def read_streets(
    path: str | os.PathLike[str], *, bbox: Bbox | None = None, on_progress: Progress | None = None
) -> WalkGraph:
    """Read the streets of a .osm.pbf, .osm, .osm.gz or .osm.bz2 file that may be walked (routing.walkable).

    Streets are cut at the border of `bbox`, else at that of the box in the file's header, else kept whole.
    The same file and box give the same arrays. Raises StreetsError for a file that is missing, empty, damaged or not
    OpenStreetMap data, for a box that is none, and when nothing walkable is left.
    """
    path = Path(path)
    say = on_progress or (lambda _phase, _fraction: None)
    digest = file_sha256(path)
    check_bbox(path, bbox)
    try:
        say("header", 0.0)
        box = bbox or _header_bbox(path)
        say("ways", 0.05)
        ways = _walkable_ways(path)
        say("nodes", 0.4)
        ids, lon, lat = _places(path, ways)
    except (RuntimeError, ValueError, ArithmeticError, LookupError) as error:
        reason = f"cannot be read as OpenStreetMap data ({error}); is it whole, and what its name says?"
        raise StreetsError(path, reason) from error
    say("network", 0.7)
    graph = _network(path, ways=ways, ids=ids, lon=lon, lat=lat, box=box, digest=digest)
    say("network", 1.0)
    return graph


def _header_bbox(path: Path) -> Bbox | None:
    with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
        box = reader.header().box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return (low.lon, low.lat, high.lon, high.lat) if low.lon < high.lon and low.lat < high.lat else None


def _walkable_ways(path: Path) -> Ways:
    outlines = _outlines_of_squares(path)
    ways = Ways()
    for way in _objects(path, osmium.osm.Way, osmium.filter.KeyFilter("highway")):
        tags = dict(way.tags)
        kind = walking_class(tags)
        if kind is not None:
            ways.add(array("q", (node.ref for node in way.nodes)), kind, street_name(tags))
    if outlines:
        for way in _objects(path, osmium.osm.Way, osmium.filter.IdFilter(outlines)):
            ways.add(array("q", (node.ref for node in way.nodes)), *outlines[way.id])
    return ways


def _objects(path: Path, kind: type[Kind], wanted: osmium.filter.KeyFilter | osmium.filter.IdFilter) -> Iterator[Kind]:
    """The file's nodes, ways or relations that pass the filter, each usable until the next one."""
    for thing in osmium.FileProcessor(str(path), ENTITIES[kind]).with_filter(wanted):
        if isinstance(thing, kind):
            yield thing


def _outlines_of_squares(path: Path) -> dict[int, tuple[int, str]]:
    """Class and name for the outer ways of multipolygons that may be walked, by way id."""
    outlines = {}
    for relation in _objects(path, osmium.osm.Relation, osmium.filter.KeyFilter("highway")):
        tags = dict(relation.tags)
        kind = walking_class(tags)
        if kind is not None and tags.get("type") == "multipolygon":
            outer = (member.ref for member in relation.members if member.type == "w" and member.role != "inner")
            outlines.update(dict.fromkeys(outer, (kind, street_name(tags))))
    return outlines


def _places(path: Path, ways: Ways) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Ids (ascending), longitudes and latitudes of those nodes of the ways that the file holds."""
    wanted = np.unique(np.fromiter(chain.from_iterable(ways.refs), dtype=np.int64))
    found, lon, lat = array("q"), array("d"), array("d")
    if len(wanted):
        for node in _objects(path, osmium.osm.Node, osmium.filter.IdFilter(wanted.tolist())):
            if node.location.valid():
                found.append(node.id)
                lon.append(node.lon)
                lat.append(node.lat)
    ids, first = np.unique(np.array(found, dtype=np.int64), return_index=True)
    return ids, np.array(lon, dtype=np.float64)[first], np.array(lat, dtype=np.float64)[first]


def _network(
    path: Path, *, ways: Ways, ids: NDArray[np.int64], lon: Floats, lat: Floats, box: Bbox | None, digest: str
) -> WalkGraph:
    if not ways.refs:
        raise StreetsError(path, "holds no street that may be walked; was it filtered, or cut from the wrong place?")
    if len(ids) == 0:
        raise StreetsError(path, "holds streets but none of their nodes; make the extract with complete ways")
    graph = network(ways, ids, lon, lat, bbox=box, source_sha256=digest)
    if graph.edge_count == 0 and box is not None:
        extent = written((float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())))
        raise StreetsError(path, f"no walkable street lies in the box {written(box)}; the file's lie in {extent}")
    if graph.edge_count == 0:
        raise StreetsError(path, "holds no two neighbouring nodes of any street; make the extract with complete ways")
    return graph
