"""What the product stands on is pinned to the letter, and no file says where to download it from."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = ["requirements", "requirements-dev", "requirements-bench", "requirements-node"]
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[a-z,]+\])?==(?P<version>[A-Za-z0-9.]+)")


def _lines(name: str) -> list[str]:
    text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith(("#", "-r "))]


def _locked(name: str) -> dict[str, str]:
    """Package name → everything the lock file says of it."""
    text = (ROOT / f"{name}.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    return {re.split(r"==", entry, maxsplit=1)[0].lower().replace("_", "-"): entry for entry in entries}


@pytest.mark.parametrize("name", NAMES)
def test_every_requirement_is_pinned_to_one_version(name):
    assert [line for line in _lines(name) if not PIN.fullmatch(line)] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_lock_file_holds_every_pin(name):
    locked = _locked(name)
    for line in _lines(name):
        pin = PIN.fullmatch(line)
        assert pin is not None
        assert locked[pin["name"].lower()].startswith(f"{pin['name'].lower()}=={pin['version']} ")


@pytest.mark.parametrize("name", NAMES)
def test_every_locked_package_has_hashes(name):
    assert [package for package, entry in _locked(name).items() if "--hash=sha256:" not in entry] == []


def test_what_the_product_runs_on_is_the_same_when_it_is_tested():
    running, testing = _locked("requirements"), _locked("requirements-dev")
    assert {package: testing.get(package) for package in running} == running


@pytest.mark.parametrize("name", [*(f"{name}.lock" for name in NAMES), "package-lock.json", ".npmrc"])
def test_no_file_names_a_place_to_download_from(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"\w+://\S+|--(?:extra-)?index-url|--find-links|--trusted-host|\bregistry\s*=", text) == []


def test_front_end_libraries_are_pinned_and_checked_by_their_digests():
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []
