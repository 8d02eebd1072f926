"""The command that makes the key for web push."""

import json

from click.testing import CliRunner

from app import command_line
from commands.serving import contact


def run(tmp_path, *arguments):
    return CliRunner().invoke(command_line(), ["push-key", *arguments], env={"PATROL_VAR": str(tmp_path)})


def test_the_key_is_made_once_and_told_again(tmp_path):
    first, again = (json.loads(run(tmp_path, "--json").stdout) for _ in range(2))
    assert first == again
    assert first["file"] == str(tmp_path / "vapid.pem")
    assert len(first["public_key"]) == 87


def test_a_file_that_is_no_key_is_refused_and_left_alone(tmp_path):
    (tmp_path / "vapid.pem").write_text("notes", encoding="utf-8")
    done = run(tmp_path)
    assert done.exit_code == 1
    assert "PATROL_VAPID_KEY" in done.stderr
    assert (tmp_path / "vapid.pem").read_text(encoding="utf-8") == "notes"


def test_push_services_are_told_where_to_find_us():
    assert contact("https://patrol.example.org") == "https://patrol.example.org"
    assert contact("http://127.0.0.1:8000") == "mailto:patrol@127.0.0.1"
