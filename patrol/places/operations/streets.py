"""The city's streets: read once from OpenStreetMap data or a table of segments, kept with the city.

A process loads them once. SciPy comes with the streets, so they are imported where they are first needed: a web worker
that only answers from tables never loads it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.database import transaction
from patrol.errors import Conflict, Invalid
from patrol.places.models import City, StreetNetwork
from patrol.places.operations.cities import hold
from patrol.places.operations.packed import unpacks_beyond

if TYPE_CHECKING:
    from routing.streets import WalkGraph

Bbox = tuple[float, float, float, float]
Progress = Callable[[str, float], None]
GRAPHS_KEPT = 4
MAP_DECIMALS = 6
MOST_UNPACKED = 1 << 30
"""Bytes that an upload may unpack to: a large city's streets as XML; a bomb of a few kilobytes has no end."""
HEADER_AT_MOST = 4096
"""How far to look for the end of a table's first line, bytes."""


class NoStreets(Conflict):
    """The city has no streets yet."""

    words = {
        "ko": "'{city}' 도시에 길이 없습니다. 먼저: python app.py import-streets 파일 --city {city}",
        "en": "{city!r} has no streets yet; first: python app.py import-streets FILE --city {city}",
    }


class StreetFileRefused(Invalid):
    """A street file that cannot be used; what the city had before stays."""

    words = {"ko": "{name}: 길 파일을 쓸 수 없습니다: {reason}", "en": "{name}: {reason}"}


def import_streets(
    city: City,
    source: Path | bytes,
    *,
    name: str = "",
    bbox: Bbox | None = None,
    cache_dir: Path | None = None,
    now: datetime,
    on_progress: Progress | None = None,
) -> StreetNetwork:
    """Read an OpenStreetMap file or a table of street segments and put its streets in place of those the city had.

    `bbox` (west, south, east, north) cuts; a file is read anew unless `cache_dir` holds what it gave before. `name` is
    shown in errors and kept. Nothing is changed until the whole file has been read. Raises StreetFileRefused.
    """
    read = read_street_file(source, name=name, bbox=bbox, cache_dir=cache_dir, on_progress=on_progress)
    return put_streets(city, read, now=now)


@dataclass(frozen=True, slots=True)
class StreetFile:
    """What was read from a street file: its name, its graph, and the graph as it is kept."""

    name: str
    graph: WalkGraph
    content: bytes


def read_street_file(
    source: Path | bytes,
    *,
    name: str = "",
    bbox: Bbox | None = None,
    cache_dir: Path | None = None,
    on_progress: Progress | None = None,
) -> StreetFile:
    """The first half of `import_streets`, which changes nothing. Raises StreetFileRefused."""
    name = name or (source.name if isinstance(source, Path) else "upload")
    graph, content = _read(source, name=name, bbox=bbox, cache_dir=cache_dir, on_progress=on_progress)
    return StreetFile(name, graph, content)


def put_streets(city: City, read: StreetFile, *, now: datetime) -> StreetNetwork:
    """The second half of `import_streets`."""
    graph = read.graph
    with transaction():
        hold(city)
        StreetNetwork.delete().where(StreetNetwork.city == city).execute()
        network: StreetNetwork = StreetNetwork.create(
            city=city,
            sha256=hashlib.sha256(read.content).hexdigest(),
            content=read.content,
            source=read.name,
            nodes=graph.node_count,
            edges=graph.edge_count,
            length_m=float(graph.length_m.sum()),
            imported_at=now,
        )
        City.update(bbox=list(graph.bbox)).where(City.id == city.id).execute()
    city.bbox = list(graph.bbox)
    return network


def load_graph(city: City, cache_dir: Path | None = None) -> WalkGraph:
    """The city's walking graph, from this process's memory, else `cache_dir`, else the database. Raises NoStreets."""
    sha256 = streets_sha256(city)
    with _loading:
        if sha256 not in _graphs:
            from routing.saved import from_bytes  # noqa: PLC0415 - see the module's docstring

            _graphs[sha256] = from_bytes(_content(city, sha256, cache_dir))
            while len(_graphs) > GRAPHS_KEPT:
                _graphs.popitem(last=False)
        _graphs.move_to_end(sha256)
        return _graphs[sha256]


def streets_sha256(city: City) -> str:
    """What names the streets in force: it changes when, and only when, other streets are imported. Raises NoStreets."""
    network = StreetNetwork.select(StreetNetwork.sha256).where(StreetNetwork.city == city).first()
    if network is None:
        raise NoStreets(city=city.slug)
    sha256: str = network.sha256
    return sha256


def street_map(city: City) -> dict[str, Any]:
    """The streets to draw, as a GeoJSON FeatureCollection: a MultiLineString for each class. Raises NoStreets."""
    from routing.streets import HIGHWAY_CLASSES  # noqa: PLC0415 - see the module's docstring

    graph = load_graph(city)
    lon, lat = graph.shape_lon.round(MAP_DECIMALS).tolist(), graph.shape_lat.round(MAP_DECIMALS).tolist()
    start, highway = graph.shape_start.tolist(), graph.highway.tolist()
    lines: dict[int, list[list[tuple[float, float]]]] = {}
    for edge, kind in enumerate(highway):
        points = slice(start[edge], start[edge + 1])
        lines.setdefault(kind, []).append(list(zip(lon[points], lat[points], strict=True)))
    return {
        "type": "FeatureCollection",
        "bbox": list(graph.bbox),
        "features": [
            {
                "type": "Feature",
                "properties": {"class": HIGHWAY_CLASSES[kind]},
                "geometry": {"type": "MultiLineString", "coordinates": lines[kind]},
            }
            for kind in sorted(lines)
        ],
    }


_graphs: OrderedDict[str, WalkGraph] = OrderedDict()
_loading = threading.Lock()


def _read(
    source: Path | bytes, *, name: str, bbox: Bbox | None, cache_dir: Path | None, on_progress: Progress | None
) -> tuple[WalkGraph, bytes]:
    from routing.reading import read_street_file as read_file  # noqa: PLC0415 - see the module's docstring
    from routing.saved import cached_streets, to_bytes  # noqa: PLC0415 - the same
    from routing.streets import StreetsError  # noqa: PLC0415 - the same

    try:
        if isinstance(source, Path) and cache_dir is not None:
            graph = cached_streets(source, bbox=bbox, cache_dir=cache_dir, on_progress=on_progress)
        elif isinstance(source, Path):
            graph = read_file(source, bbox=bbox, on_progress=on_progress)
        else:
            if unpacks_beyond(source, MOST_UNPACKED):
                raise StreetFileRefused("/", name=name, reason=f"unpacks to more than {MOST_UNPACKED >> 20} MiB")
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"upload{_suffix(source)}"
                path.write_bytes(source)
                graph = read_file(path, bbox=bbox, on_progress=on_progress)
    except StreetsError as error:
        raise StreetFileRefused("/", name=name, reason=error.reason) from None
    return graph, to_bytes(graph)


def _suffix(content: bytes) -> str:
    """What a street file of this content would be called; whatever is unlike XML and a table is taken for .pbf."""
    if content.startswith(b"\x1f\x8b"):
        return ".osm.gz"
    if content.startswith(b"BZh"):
        return ".osm.bz2"
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        return ".osm"
    header = text[:HEADER_AT_MOST].split(b"\n", 1)[0]
    return ".csv" if b"," in header and header.strip().decode(errors="replace").isprintable() else ".osm.pbf"


def _content(city: City, sha256: str, cache_dir: Path | None) -> bytes:
    """The saved graph. A copy on disk spares a process the way to a database server; a damaged one is replaced."""
    shelf = cache_dir / f"city-{sha256}.streets" if cache_dir else None
    if shelf is not None and shelf.is_file():
        kept = shelf.read_bytes()
        if hashlib.sha256(kept).hexdigest() == sha256:
            return kept
    content = bytes(StreetNetwork.get(StreetNetwork.city == city).content)
    if shelf is not None:
        shelf.parent.mkdir(parents=True, exist_ok=True)
        draft = shelf.with_suffix(f".{os.getpid()}.part")
        draft.write_bytes(content)
        draft.replace(shelf)
    return content


def dumps(content: dict[str, Any]) -> str:
    """JSON without spaces, as large answers travel."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
