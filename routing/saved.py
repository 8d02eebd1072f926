"""A walking network as bytes, and a shelf of such bytes so that a city is read only once."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tempfile
from pathlib import Path

import numpy as np

from routing.reading import read_street_file
from routing.street_file import Progress, file_sha256
from routing.streets import Bbox, StreetsError, WalkGraph, walk_graph

FORMAT = 1
"""Raised by one when the bytes change their form, or when reading a file gives another network than before."""

_MARK = b"walk graph %d\n" % FORMAT
_ARRAYS = ("lon", "lat", "tail", "head", "length_m", "highway", "name", "shape_start", "shape_lon", "shape_lat")


def to_bytes(graph: WalkGraph) -> bytes:
    """The network in a compact form; the same network always gives the same bytes."""
    label = {"names": graph.names, "bbox": graph.bbox, "source_sha256": graph.source_sha256}
    stream = io.BytesIO()
    text = np.frombuffer(json.dumps(label, ensure_ascii=False).encode(), dtype=np.uint8)
    arrays = {name: getattr(graph, name) for name in _ARRAYS}
    np.savez_compressed(stream, allow_pickle=False, label=text, **arrays)
    content = stream.getvalue()
    return _MARK + hashlib.sha256(content).digest() + content


def from_bytes(blob: bytes) -> WalkGraph:
    """The network that `to_bytes` was given. Raises StreetsError for damaged bytes and for another format."""
    digest, content = blob[len(_MARK) : len(_MARK) + 32], blob[len(_MARK) + 32 :]
    if not blob.startswith(_MARK):
        raise StreetsError("saved streets", f"are not of format {FORMAT}; read the street file again")
    if hashlib.sha256(content).digest() != digest:
        raise StreetsError("saved streets", "are damaged; read the street file again")
    with np.load(io.BytesIO(content), allow_pickle=False) as saved:
        label = json.loads(saved["label"].tobytes())
        arrays = {name: saved[name] for name in _ARRAYS}
    west, south, east, north = label["bbox"]
    return walk_graph(
        **arrays,
        names=tuple(label["names"]),
        bbox=(west, south, east, north),
        source_sha256=label["source_sha256"],
    )


def cached_streets(
    path: str | os.PathLike[str],
    *,
    bbox: Bbox | None = None,
    cache_dir: str | os.PathLike[str],
    on_progress: Progress | None = None,
) -> WalkGraph:
    """`read_street_file`, or what it gave last time for a file of the same content and the same box.

    A cache file that is damaged is written again; one that is half-written is never seen. Raises StreetsError as
    `read_street_file` does, and when `cache_dir` cannot be written.
    """
    key = hashlib.sha256(json.dumps([file_sha256(path), bbox, FORMAT]).encode()).hexdigest()
    shelf = Path(cache_dir) / f"streets-{key[:32]}.npz"
    with contextlib.suppress(OSError, StreetsError):
        return from_bytes(shelf.read_bytes())
    graph = read_street_file(path, bbox=bbox, on_progress=on_progress)
    try:
        _write_whole(shelf, to_bytes(graph))
    except OSError as error:
        reason = f"the cache cannot be written ({error.strerror}); free or change its folder"
        raise StreetsError(shelf, reason) from error
    return graph


def _write_whole(target: Path, blob: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    number, draft = tempfile.mkstemp(dir=target.parent, prefix=target.stem, suffix=".part")
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(blob)
            stream.flush()
            os.fsync(stream.fileno())
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
