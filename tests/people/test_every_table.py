"""Whatever a table holds of a person is given out to them and gone when they are: for every table there is."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from app import ON_PERSON_ERASED, ON_PERSON_EXPORTED
from config.database import checkpoint, is_sqlite
from patrol.people.models import Person
from patrol.people.operations.erasing import erase
from patrol.people.operations.exporting import archive
from tests.support.factories import NOW
from tests.support.lives import cells, make_life, name_of, personal, unknown_ids

ROOT = Path(__file__).parents[2]
NOT_EXPORTED = {
    "event": "the live stream repeats for three days what messages, shifts and teams say",
    "export_entry": "a log of files of no person's, with the id of who took them out",
    "plan_run": "a plan is the city's; it holds the id of who asked for it",
    "position_batch": "digests of what `position` holds",
    "replay": "answers kept for two days, so that a retry gets the same; what they say stands in the other tables",
    "shift_block": "the blocks of the route that `shift` holds",
    "team_import": "a file that brought in teams, with the id of who sent it",
}
"""Table → why it gives nothing to an export."""
EXPORTED_TOO = {"facility": "the register is the city's, but may hold somebody's own e-mail address"}
"""Table of nobody's → why an export has rows of it all the same."""
IDS_THAT_STAY = {
    "access_entry.reader",
    "access_entry.subject",
    "dog_dispute.decided_by",
    "export_entry.by",
    "pairing.created_by",
    "plan_run.requested_by",
    "rota_entry.created_by",
    "screening_day.created_by",
    "staff_step.by",
    "team_import.by",
    "team_step.by",
}
"""Where an id may outlive the person: histories of what was done for others. It resolves to nobody."""
WITHHELD = {
    "delivery.last_error",
    "device.address",
    "device.keys",
    "dog_dispute.note",
    "sighting_photo.content",
    "sighting_photo.thumbnail",
}
"""Texts that an export may leave out: what a mail server said, how to reach a device, the bytes of a photo, and why one
of two people who claim a dog got it, as neither is told who the other is."""
WHAT_TO_DO = (
    "A table or column that holds something of a person is new. Give it to them in `exported`, and remove it in "
    "`erase` or `forget_team`, of operations/personal.py in its subject (a row that goes by a cascading key needs no "
    "more), or list it in {where} with the reason. docs/privacy.md says what is kept how long: add it there, too."
)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestCoverage:
    def test_every_column_of_ids_says_whose_they_are(self):
        where = "IDS_OF_PEOPLE or OTHER_IDS of tests/support/lives.py"
        assert unknown_ids() == [], WHAT_TO_DO.format(where=where)

    def test_every_table_of_people_is_exported_or_says_why_not(self):
        life = make_life()
        given = {part.table for gather in ON_PERSON_EXPORTED for part in gather(life.person.id) if part.rows}
        lacking = {name_of(model) for model in personal()} - given - set(NOT_EXPORTED)
        assert lacking == set(), WHAT_TO_DO.format(where="NOT_EXPORTED")
        assert given & set(NOT_EXPORTED) == set()

    def test_every_table_stands_in_the_documentation(self):
        text = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
        lacking = {name_of(model) for model in personal() if f"`{name_of(model)}`" not in text}
        assert lacking == set(), WHAT_TO_DO.format(where="docs/privacy.md")


def test_an_export_tells_all_that_a_person_told_and_no_secret(database):
    life = make_life()
    packed = BytesIO()
    archive(life.person, packed, gathered=ON_PERSON_EXPORTED, now=NOW)
    with zipfile.ZipFile(packed) as bundle:
        content = json.loads(bundle.read("data.json"))
        page = bundle.read("index.html").decode()
    told = json.dumps(content, ensure_ascii=False)
    tables = {name_of(model) for model in personal()} - set(NOT_EXPORTED)
    untold = {text.rpartition(" ")[2] for text in life.secrets if text not in told}
    untold = {text for text in untold if text.partition(".")[0] not in NOT_EXPORTED}
    assert untold == {life.number} | (untold & WITHHELD)
    assert set(content["tables"]) == tables | set(EXPORTED_TOO)
    assert "<script" not in page
    assert "계정" in page
    for row in (*content["tables"]["session"], *content["tables"]["link"], *content["tables"]["person"]):
        assert not {"token_sha256", "password_hash"} & set(row)


@pytest.mark.both_fast
def test_of_somebody_erased_nothing_is_left_in_any_column_of_any_table(database):
    life, other = make_life(), make_life("Ulsan")
    assert {name_of(model) for model in personal() if model.select().count() < 2} == set()
    assert missing(life.secrets) == missing(other.secrets) == NOT_KEPT_SO
    erase(life.person.id, effects=ON_PERSON_ERASED, now=NOW)
    assert left_of(life.secrets) == []
    ids = {where for where, text in cells() if str(life.person.id) in text}
    assert ids <= IDS_THAT_STAY, WHAT_TO_DO.format(where="IDS_THAT_STAY")
    assert missing(other.secrets) == NOT_KEPT_SO


def left_of(secrets):
    """Where one of the texts still stands."""
    return [(where, secret) for where, text in cells() for secret in secrets if secret in text]


def missing(secrets):
    """How many of the texts stand nowhere."""
    whole = "\n".join(text for _, text in cells())
    return sum(secret not in whole for secret in secrets)


NOT_KEPT_SO = 1
"""The number is kept as +82…, not as people write it."""


def test_erasing_again_changes_nothing(database):
    life = make_life()
    erase(life.person.id, effects=ON_PERSON_ERASED, now=NOW)
    before = sorted(cells())
    erase(life.person.id, effects=ON_PERSON_ERASED, now=NOW)
    assert sorted(cells()) == before
    assert Person.get_or_none(Person.id == life.person.id) is None


def test_an_erasure_that_fails_half_way_is_none(database):
    life = make_life()
    before = sorted(cells())

    def fails(*_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        erase(life.person.id, effects=(*ON_PERSON_ERASED, fails), now=NOW)
    assert sorted(cells()) == before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nothing_is_left_in_the_files_of_an_embedded_database(database):
    life = make_life()
    assert is_sqlite()
    checkpoint()
    path = Path(database.removeprefix("sqlite:///"))
    assert b"Secret busan dog.name" in path.read_bytes()
    erase(life.person.id, effects=ON_PERSON_ERASED, now=NOW)
    for file in path.parent.glob(f"{path.name}*"):
        content = file.read_bytes()
        assert [text for text in life.secrets if text.encode() in content] == [], file.name
