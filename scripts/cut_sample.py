"""Cut the rows of a published CSV file that lie in a box, and keep them as they are.

    python scripts/cut_sample.py FULL.csv SAMPLE.csv --bbox WEST,SOUTH,EAST,NORTH [--margin METRES]

The publishers' columns and their order stay. Rows whose coordinates cannot be read are left out, as nobody can say
whether they lie in the box; the count of both is printed. data/README.md says which samples were cut how.
"""

import argparse
import csv
import math
import sys
from pathlib import Path

LON, LAT = ("경도", "lon", "lng", "longitude", "x"), ("위도", "lat", "latitude", "y")
METRES_PER_DEGREE = 111_195.0
Bbox = tuple[float, float, float, float]


def main() -> int:
    """Read the command line, cut, say what was done."""
    parser = argparse.ArgumentParser(description="Cut the rows of a CSV file that lie in a box.")
    parser.add_argument("full", type=Path, help="the file as published, in UTF-8")
    parser.add_argument("sample", type=Path, help="the file to write")
    parser.add_argument("--bbox", type=box, required=True, help="west,south,east,north in degrees")
    parser.add_argument("--margin", type=float, default=0.0, help="metres to add on every side")
    given = parser.parse_args()
    kept, outside, unreadable = cut(given.full, given.sample, widened(given.bbox, given.margin))
    print(f"{given.sample}: {kept} rows kept, {outside} outside the box, {unreadable} without usable coordinates")
    return 0


def box(text: str) -> Bbox:
    """`129.04,35.14,129.07,35.16` → four numbers."""
    west, south, east, north = (float(part) for part in text.split(","))
    return west, south, east, north


def widened(bbox: Bbox, metres: float) -> Bbox:
    """The box with `metres` more on each side."""
    west, south, east, north = bbox
    high = metres / METRES_PER_DEGREE
    wide = high / math.cos(math.radians((south + north) / 2))
    return west - wide, south - high, east + wide, north + high


def cut(full: Path, sample: Path, bbox: Bbox) -> tuple[int, int, int]:
    """Write the rows inside; gives how many were kept, outside, and unreadable."""
    with full.open(encoding="utf-8-sig", newline="") as source:
        rows = csv.DictReader(source)
        names = list(rows.fieldnames or ())
        lon, lat = column(names, LON), column(names, LAT)
        everything = list(rows)
    inside = [within(row[lon], row[lat], bbox) for row in everything]
    sample.parent.mkdir(parents=True, exist_ok=True)
    with sample.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row, here in zip(everything, inside, strict=True) if here)
    return inside.count(True), inside.count(False), inside.count(None)


def column(names: list[str], wanted: tuple[str, ...]) -> str:
    """The first column that goes by one of the wanted names."""
    for name in names:
        if name.strip().lower() in wanted:
            return name
    raise SystemExit(f"no column is named one of {', '.join(wanted)}; there are: {', '.join(names)}")


def within(lon: str, lat: str, bbox: Bbox) -> bool | None:
    """Whether a point lies in the box; None when it is no point."""
    west, south, east, north = bbox
    try:
        return west <= float(lon) <= east and south <= float(lat) <= north
    except ValueError:
        return None


if __name__ == "__main__":
    sys.exit(main())
