"""From a table of street segments, already cut at every junction, to a walking network.

A row is one segment: the names of its two nodes (`from_node_id`, `to_node_id`) and its line (`geom`, a WKT LINESTRING
from the one to the other, longitude first, degrees). Where columns are there they are read: `edgeId`, by which a row
given twice is found out; `length_meter`, by which a mangled line is; `has_stairs` and `has_crosswalk`. All others are
left alone, and a table of the nodes is not needed, as the lines say where they lie.

Such a table keeps no highway tag, which has two consequences:

- Walkability. Whoever made the table chose which segments may be walked, so all of them are; the rules of
  routing.walkable need tags and are not asked.
- Class. A segment with stairs is `steps`, one with a crosswalk is a `crossing`, which is walked and never a target.
  All others are `road`, OpenStreetMap's own word for a street of unknown kind. routing.stretches makes them targets;
  as neither name nor class sets streets apart, a stretch goes on through a junction along the straightest pair. Slip
  roads and drives cannot be told from streets; a coordinator switches off blocks that lie on them.
"""

from __future__ import annotations

import csv
import io
import os
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from routing.geodesy import Floats, haversine_m
from routing.noding import Ways, network
from routing.street_file import Progress, check_bbox, file_sha256, written
from routing.streets import HIGHWAY_CLASSES, POINTS_AT_LEAST, Bbox, StreetsError, WalkGraph

NEEDED = ("from_node_id", "to_node_id", "geom")
UNKNOWN, STEPS, CROSSING = (HIGHWAY_CLASSES.index(name) for name in ("road", "steps", "crossing"))
ROWS_AT_ONCE = 4096
LENGTH_OFF_AT_MOST_M = 5.0
LENGTH_OFF_AT_MOST = 0.1
"""A stated length may differ from the line's by so many metres or such a share of it, whichever is more."""
_TRUTHS = {"true": True, "1": True, "t": True, "false": False, "0": False, "f": False, "": False}


@dataclass(frozen=True)
class Row:
    """One row, numbered as a spreadsheet shows it; values are keyed by small letters and stripped."""

    number: int
    values: dict[str, str]


@dataclass
class Segments:
    """What was read so far. A node's or inner point's id is its place in lon and lat."""

    ways: Ways = field(default_factory=Ways)
    lon: array[float] = field(default_factory=lambda: array("d"))
    lat: array[float] = field(default_factory=lambda: array("d"))
    node: dict[str, int] = field(default_factory=dict)
    row_of_node: dict[int, int] = field(default_factory=dict)
    row_of_edge: dict[str, int] = field(default_factory=dict)


class _RowError(ValueError):
    """A row that cannot be used."""

    def __init__(self, row: Row, reason: str) -> None:
        super().__init__(f"row {row.number}: {reason}")


def read_segments(
    path: str | os.PathLike[str], *, bbox: Bbox | None = None, on_progress: Progress | None = None
) -> WalkGraph:
    """Read the streets of a segment table (.csv, UTF-8, as the module says).

    Streets are cut at the border of `bbox`, else kept whole. Segments meet at nodes of the same name only, so bridges
    stay apart from what they cross. Joints where nothing branches off are joined. The same file and box give the same
    arrays. Raises StreetsError, naming the row, for the first thing that is wrong; nothing is half read.
    """
    path = Path(path)
    say = on_progress or (lambda _phase, _fraction: None)
    digest = file_sha256(path)
    check_bbox(path, bbox)
    segments = Segments()
    try:
        with path.open("rb") as stream:
            size, rows = path.stat().st_size, _rows(path, stream)
            while batch := list(islice(rows, ROWS_AT_ONCE)):
                say("segments", 0.7 * stream.tell() / size)
                _take(segments, batch)
    except _RowError as error:
        raise StreetsError(path, str(error)) from None
    except OSError as error:
        raise StreetsError(path, f"cannot be read: {error.strerror}") from error
    say("network", 0.7)
    graph = _network(path, segments, bbox, digest)
    say("network", 1.0)
    return graph


def _rows(path: Path, stream: io.BufferedReader) -> Iterator[Row]:
    """The table's rows as they are read. What is no UTF-8 stays apart, in columns that nobody reads."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="backslashreplace", newline="")
    reader = csv.reader(text)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in NEEDED if name not in names]
        if missing:
            reason = f"lacks the column {', '.join(missing)}; a table of street segments needs {', '.join(NEEDED)}"
            raise StreetsError(path, f"{reason}, and streets of any other form must be OpenStreetMap data")
        for cells in reader:
            if any(cells):
                row = Row(reader.line_num, {})
                if len(cells) != len(names):
                    raise _RowError(row, f"has {len(cells)} cells, the header has {len(names)}; is the file whole?")
                row.values.update(zip(names, (cell.strip() for cell in cells), strict=True))
                yield row
    except csv.Error as error:
        raise StreetsError(path, f"row {reader.line_num}: cannot be read as CSV ({error})") from error
    finally:
        text.detach()


def _take(segments: Segments, rows: list[Row]) -> None:
    """Add a batch of rows. Raises _RowError."""
    texts = np.array([row.values["geom"] for row in rows], dtype=object)
    with np.errstate(invalid="ignore"):  # a NaN among the numbers is told of below
        lines = shapely.from_wkt(texts, on_invalid="ignore")
    points = shapely.get_coordinates(lines)
    counts = shapely.get_num_coordinates(lines)
    ends = np.cumsum(counts).tolist()
    for row, line, count, end in zip(rows, lines.tolist(), counts.tolist(), ends, strict=True):
        if not isinstance(line, shapely.LineString) or count == 0:
            raise _RowError(row, f"geom must be a LINESTRING, is {_short(row.values['geom'])}")
        _add(segments, row, points[end - count : end])


def _add(segments: Segments, row: Row, points: Floats) -> None:
    """One more segment. Raises _RowError."""
    _check_degrees(row, points)
    points = points[np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))]
    if len(points) < POINTS_AT_LEAST:
        raise _RowError(row, "geom is a line without length")
    _check_length(row, points)
    _check_once(segments, row)
    tail = _node(segments, row, "from_node_id", points[0])
    head = _node(segments, row, "to_node_id", points[-1])
    inner = range(len(segments.lon), len(segments.lon) + len(points) - 2)
    segments.lon.extend(points[1:-1, 0].tolist())
    segments.lat.extend(points[1:-1, 1].tolist())
    segments.ways.add(array("q", (tail, *inner, head)), _highway(row), "")


def _check_degrees(row: Row, points: Floats) -> None:
    far = ~((np.abs(points) <= (180.0, 90.0)).all(axis=1))
    if far.any():
        lon, lat = points[far][0].tolist()
        raise _RowError(row, f"geom leads to {lon:g} {lat:g}, which is no longitude and latitude in degrees")


def _check_length(row: Row, points: Floats) -> None:
    text = row.values.get("length_meter", "")
    if not text:
        return
    try:
        stated = float(text)
    except ValueError:
        raise _RowError(row, f"length_meter must be a number, is {_short(text)}") from None
    lon, lat = points.T
    drawn = float(haversine_m(lon[:-1], lat[:-1], lon[1:], lat[1:]).sum())
    if not abs(stated - drawn) <= max(LENGTH_OFF_AT_MOST_M, LENGTH_OFF_AT_MOST * drawn):
        raise _RowError(row, f"length_meter says {stated:g} m, the line is {drawn:.1f} m long")


def _check_once(segments: Segments, row: Row) -> None:
    edge = row.values.get("edgeid", "")
    if edge and segments.row_of_edge.setdefault(edge, row.number) != row.number:
        raise _RowError(row, f"edgeId {_short(edge)} is that of row {segments.row_of_edge[edge]} already")


def _node(segments: Segments, row: Row, column: str, point: Floats) -> int:
    """The id of a segment's end, which lies where the other segments of that node have it. Raises _RowError."""
    name = row.values[column]
    if not name:
        raise _RowError(row, f"{column} is empty")
    lon, lat = point.tolist()
    node = segments.node.get(name)
    if node is None:
        node = segments.node[name] = len(segments.lon)
        segments.row_of_node[node] = row.number
        segments.lon.append(lon)
        segments.lat.append(lat)
    if (segments.lon[node], segments.lat[node]) != (lon, lat):
        there = f"{segments.lon[node]:.7f} {segments.lat[node]:.7f}"
        before = f"row {segments.row_of_node[node]} has it at {there}"
        raise _RowError(row, f"{column} {_short(name)} lies at {lon:.7f} {lat:.7f}, but {before}")
    return node


def _highway(row: Row) -> int:
    if _truth(row, "has_stairs"):
        return STEPS
    return CROSSING if _truth(row, "has_crosswalk") else UNKNOWN


def _truth(row: Row, column: str) -> bool:
    text = row.values.get(column, "")
    if text.lower() not in _TRUTHS:
        raise _RowError(row, f"{column} must be True or False, is {_short(text)}")
    return _TRUTHS[text.lower()]


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _network(path: Path, segments: Segments, bbox: Bbox | None, digest: str) -> WalkGraph:
    if not segments.ways.refs:
        raise StreetsError(path, "holds no segments, only a header")
    lon, lat = np.array(segments.lon, dtype=np.float64), np.array(segments.lat, dtype=np.float64)
    ids: NDArray[np.int64] = np.arange(len(lon), dtype=np.int64)
    graph = network(segments.ways, ids, lon, lat, bbox=bbox, source_sha256=digest)
    if graph.edge_count == 0 and bbox is not None:
        extent = written((float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())))
        raise StreetsError(path, f"no segment lies in the box {written(bbox)}; the file's lie in {extent}")
    return graph
