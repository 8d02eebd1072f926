"""Teams from a spreadsheet by command line."""

import json
from dataclasses import replace

import pytest

from patrol.teams.models import Team
from tests.support.command_line import invoke
from tests.support.factories import make_city, settings_of
from tests.support.spreadsheets import a_row, csv_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def settings(database):
    make_city()
    return settings_of(database)


@pytest.fixture
def roster(tmp_path):
    def write(*rows):
        path = tmp_path / "roster.csv"
        path.write_bytes(csv_of(*rows))
        return path

    return write


def test_a_dry_run_names_what_is_wrong_and_writes_nothing(settings, roster):
    done = invoke(settings, "teams", "import", roster(a_row(), a_row(연락처="x")), "--dry-run")
    assert done.exit_code == 1
    assert "1 would be new, 0 known already, 1 wrong." in done.output
    assert "row 3, 연락처:" in done.output
    invoke(settings, "teams", "import", roster(a_row()), "--dry-run")
    assert counted() == 0


def test_teams_come_in_with_their_invitations(settings, roster):
    path = roster(a_row(), a_row())
    done = invoke(settings, "teams", "import", path, "--json")
    found = json.loads(done.stdout)
    assert (done.exit_code, found["new"], [team["code"] for team in found["teams"]]) == (0, 2, ["T-0001", "T-0002"])
    assert all("/join#" in team["link"] for team in found["teams"])
    again = invoke(settings, "teams", "import", path)
    assert "0 new, 2 known already, 0 wrong." in again.output
    assert counted() == 2


def test_with_a_gateway_set_up_invitations_go_out_and_none_is_printed(settings, roster):
    settings = replace(settings, sms="https://gateway.example.org/send")
    done = invoke(settings, "teams", "import", roster(a_row()))
    assert (done.exit_code, "invited by sms" in done.output, "/join#" in done.output) == (0, True, False)


def test_a_wrong_row_stops_all_unless_the_valid_are_asked_for(settings, roster):
    path = roster(a_row(), a_row(몸무게="많이"))
    refused = invoke(settings, "teams", "import", path)
    assert (refused.exit_code, counted()) == (1, 0)
    assert "row 3: 몸무게" in refused.output
    assert invoke(settings, "teams", "import", path, "--only-valid").exit_code == 0
    assert counted() == 1


def test_a_file_that_is_not_there_is_named(settings, tmp_path):
    done = invoke(settings, "teams", "import", tmp_path / "nowhere.csv")
    assert done.exit_code == 1
    assert "nowhere.csv" in done.output


def counted():
    return Team.select().count()
