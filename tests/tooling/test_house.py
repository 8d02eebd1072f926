"""The import contracts speak of the house as it stands, and the words for the terminal are true."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOOR_FILES = {"models", "rules", "operations", "schemas", "views"}
TYPED = re.compile(r"(?:(?<=`)|^\s*(?:\$ )?)make ([a-z-]+)(?=`|\s*(?:#.*)?$)", flags=re.MULTILINE)
SUBJECTS = sorted(
    folder.name for folder in (ROOT / "patrol").iterdir() if (folder / "__init__.py").exists() and folder.name != "http"
)


def _contracts() -> dict[str, dict[str, list[str]]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["name"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


def _make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def test_every_subject_is_under_the_contract_of_its_files():
    contract = _contracts()["Within a subject: views, schemas, operations, models, rules"]
    assert contract["containers"] == [f"patrol.{subject}" for subject in SUBJECTS]


def test_every_room_and_module_without_pages_is_kept_from_flask():
    contract = _contracts()["Only views, schemas, patrol.http, web and app see Flask or marshmallow"]
    rooms = {folder.parent.name for folder in ROOT.glob("*/__init__.py")} - {"patrol", "tests", "web"}
    modules = {f"patrol.{path.stem}" for path in (ROOT / "patrol").glob("[a-z]*.py")}
    files = {f"patrol.*.{name}" for name in FLOOR_FILES - {"schemas", "views"}}
    assert set(contract["source_modules"]) == rooms | modules | files


def test_the_document_of_the_floors_lists_them_as_the_contract_stacks_them():
    contract = _contracts()["Subjects: each imports only the floors below it"]
    built = [floor for floor in contract["layers"] if not floor.startswith("(")]
    document = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert (
        re.findall(r"^    ([a-z]+) {3,}\w", document.partition("## Floors")[2].partition("##")[0], re.MULTILINE)
        == built
    )


def test_a_subject_has_only_the_five_files():
    strangers = [
        path.relative_to(ROOT).as_posix()
        for subject in SUBJECTS
        for path in (ROOT / "patrol" / subject).iterdir()
        if path.stem not in FLOOR_FILES | {"__init__", "__pycache__"}
    ]
    assert strangers == []


def test_every_make_target_in_the_documents_exists():
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / "CHANGELOG.md", ROOT / ".ci" / "run"]
    named = {target for document in documents for target in TYPED.findall(document.read_text(encoding="utf-8"))}
    assert {"demo", "test"} <= named
    assert named - _make_targets() == set()


def test_the_check_on_a_clean_machine_runs_the_readmes_test_command():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert "make test" in lines
