"""What every kind of street file has in common: a name that tells its kind, a content, perhaps a box to cut to."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from routing.streets import Bbox, StreetsError

OSM_SUFFIXES = (".pbf", ".osm", ".osm.gz", ".osm.bz2")
TABLE_SUFFIXES = (".csv",)
SUFFIXES = (*OSM_SUFFIXES, *TABLE_SUFFIXES)

Progress = Callable[[str, float], None]
"""Called with what is being done and which fraction, 0 to 1, of the whole is done."""


def file_sha256(path: str | os.PathLike[str]) -> str:
    """Hex digest of a street file's content. Raises StreetsError when it is missing, empty, or not named like one."""
    path = Path(path)
    if not path.is_file():
        raise StreetsError(path, "there is no such file")
    if not path.name.lower().endswith(SUFFIXES):
        raise StreetsError(path, f"the name must end in one of {', '.join(SUFFIXES)}")
    try:
        if path.stat().st_size == 0:
            raise StreetsError(path, "the file is empty; fetch it again")
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise StreetsError(path, f"cannot be opened: {error.strerror}") from error


def check_bbox(path: Path, bbox: Bbox | None) -> None:
    """Raise StreetsError for a box that is none."""
    if bbox is None:
        return
    west, south, east, north = bbox
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        wanted = "give west,south,east,north in degrees, west below east and south below north"
        raise StreetsError(path, f"the box {written(bbox)} is none: {wanted}")


def written(bbox: Bbox) -> str:
    """A box as people write it."""
    return ",".join(f"{degrees:.7g}" for degrees in bbox)
