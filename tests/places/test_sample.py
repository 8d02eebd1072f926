"""The sample that ships is what its README says: cut by the script, attributed, and small."""

import csv
import subprocess
import sys
from pathlib import Path

from tests.support.places import BOXES, LAYERS, POI, SAMPLE

ROOT = Path(__file__).parents[2]
BBOX = "129.0481152,35.1487253,129.0700904,35.1666915"


def test_cutting_a_sample_again_changes_nothing(tmp_path):
    for layer in ("accident", "cctv", "child_zone"):
        again = tmp_path / f"{layer}.csv"
        script = [sys.executable, "scripts/cut_sample.py", LAYERS[layer], again, "--bbox", BBOX, "--margin", "600"]
        subprocess.run(script, cwd=ROOT, check=True, capture_output=True)
        assert again.read_bytes() == LAYERS[layer].read_bytes()


def test_rows_outside_the_box_or_without_coordinates_are_cut(tmp_path):
    full, cut = tmp_path / "full.csv", tmp_path / "cut.csv"
    full.write_text('이름,위도,경도\n가,35.157,129.06\n나,35.157,129.2\n다,"35.15,",129.06\n라,,\n', encoding="utf-8")
    script = [sys.executable, "scripts/cut_sample.py", full, cut, "--bbox", BBOX]
    done = subprocess.run(script, cwd=ROOT, check=True, capture_output=True, text=True)
    assert cut.read_text(encoding="utf-8") == "이름,위도,경도\n가,35.157,129.06\n"
    assert "1 rows kept, 1 outside the box, 2 without usable coordinates" in done.stdout


def test_every_source_is_in_the_readme_and_in_the_notice_and_their_counts_hold():
    readme, notice = ((ROOT / name).read_text(encoding="utf-8") for name in ("data/README.md", "NOTICE"))
    for folder in SAMPLE.iterdir():
        assert f"`busan/{folder.name}`" in readme
        assert f"data/busan/{folder.name}" in notice
    for path in (BOXES, POI, LAYERS["accident"], LAYERS["cctv"], LAYERS["child_zone"]):
        line = next(line for line in readme.splitlines() if f"`busan/{path.parent.name}`" in line)
        with path.open(encoding="utf-8", newline="") as rows:
            assert f"| {len(list(csv.reader(rows))) - 1} " in line


def test_the_sample_stays_below_a_megabyte_and_a_half():
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 1_500_000
