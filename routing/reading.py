"""A street file of any kind that is read here becomes a walking network; its name tells the kind."""

from __future__ import annotations

import os
from pathlib import Path

from routing.osm import read_streets
from routing.segments import read_segments
from routing.street_file import TABLE_SUFFIXES, Progress
from routing.streets import Bbox, WalkGraph


def read_street_file(
    path: str | os.PathLike[str], *, bbox: Bbox | None = None, on_progress: Progress | None = None
) -> WalkGraph:
    """OpenStreetMap data as `read_streets` has it, a .csv table as `read_segments` has it. Raises StreetsError."""
    table = Path(path).name.lower().endswith(TABLE_SUFFIXES)
    return (read_segments if table else read_streets)(path, bbox=bbox, on_progress=on_progress)
