"""Make a small file of a city's districts out of a published one.

    python scripts/simplify_districts.py FULL.geojson SMALL.geojson [--metres 30] [--least-ha 5]

Borders that two districts share stay shared. Islets below the least size go, but for a district's largest part; of the
properties the code and the name stay. data/README.md says which sample was made how.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import shapely

METRES_PER_DEGREE = 111_195.0
DECIMALS = 5


def main() -> int:
    """Read the command line, simplify, say what was done."""
    parser = argparse.ArgumentParser(description="Make a small file of a city's districts.")
    parser.add_argument("full", type=Path, help="GeoJSON with the properties code, and sigungu or name")
    parser.add_argument("small", type=Path, help="the file to write")
    parser.add_argument("--metres", type=float, default=30.0, help="how far a border may move")
    parser.add_argument("--least-ha", type=float, default=5.0, help="the smallest islet that stays, hectares")
    given = parser.parse_args()
    features = json.loads(given.full.read_text(encoding="utf-8"))["features"]
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    drawn = shapely.coverage_simplify(shapes, given.metres / METRES_PER_DEGREE)
    least = given.least_ha * 10_000.0 / METRES_PER_DEGREE**2
    made = [
        small(feature["properties"], without_islets(shape, least))
        for feature, shape in zip(features, drawn, strict=True)
    ]
    given.small.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in made)
    given.small.write_text(f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n', encoding="utf-8")
    print(f"{given.small}: {len(made)} districts, {given.small.stat().st_size / 1024:.0f} KiB")
    return 0


def without_islets(shape: Any, least: float) -> Any:
    """The shape's largest part and what else is at least `least` square degrees, valid and rounded."""
    parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
    kept = [part for i, part in enumerate(parts) if i == 0 or part.area >= least]
    return shapely.set_precision(kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept), 10.0**-DECIMALS)


def small(properties: dict[str, Any], shape: Any) -> dict[str, Any]:
    """The feature that is written."""
    geometry = json.loads(shapely.to_geojson(shape), parse_float=lambda text: round(float(text), DECIMALS))
    name = properties.get("sigungu") or properties["name"]
    return {"type": "Feature", "properties": {"code": properties["code"], "name": name}, "geometry": geometry}


if __name__ == "__main__":
    sys.exit(main())
