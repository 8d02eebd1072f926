"""docs/security.md says what is there: every line of the standard once, files that exist, calls that are listed."""

import ast
import csv
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("config", "patrol", "notifications", "routing", "web", "commands")
CALLS = {
    "aiohttp",
    "firebase_admin",
    "ftplib",
    "google",
    "http.client",
    "httpx",
    "requests",
    "smtplib",
    "socket",
    "ssl",
    "urllib.request",
    "urllib3",
    "websockets",
}
"""Modules by which a program reaches others."""
CALLERS = {
    "commands/client.py": "the demo on this machine",
    "commands/demo.py": "the demo on this machine",
    "commands/processes.py": "this machine's own port",
    "commands/serving.py": "this machine's own port; TLS for the channels",
    "notifications/channels/fcm.py": "Google's FCM",
    "notifications/channels/mail.py": "the mail server",
    "notifications/channels/sms.py": "the text gateway",
    "notifications/channels/webhook.py": "other systems, where an admin says",
    "notifications/channels/web_push.py": "browsers' push services",
    "patrol/teams/operations/fetching.py": "the weather service",
}
"""Who may; each is in the documents' list with its guard."""


def imported(path):
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def sources():
    return [ROOT / "app.py", *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))]


def reaches(path):
    return {name for name in imported(path) for call in CALLS if name == call or name.startswith(f"{call}.")}


def test_nothing_calls_out_but_what_is_listed():
    found = {path.relative_to(ROOT).as_posix() for path in sources() if reaches(path)}
    assert found == set(CALLERS), "list who calls whom here and in docs/security.md, with what guards it"


def test_no_call_follows_redirects_or_trusts_any_certificate():
    for caller in CALLERS:
        for node in ast.walk(ast.parse((ROOT / caller).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                given = {word.arg: ast.unparse(word.value) for word in node.keywords}
                assert given.get("verify") != "False", caller
                assert given.get("allow_redirects") != "True", caller
                if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) in (
                    "requests",
                    "self._session",
                ):
                    made = node.func.attr in ("get", "post", "put", "request")
                    assert not made or caller.startswith("commands/") or given.get("allow_redirects") == "False", caller


ROW = re.compile(r"\| (V\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (pass|not applicable|open) \| (.+) \|")
ASKED = {
    "V1": (8, 19),
    "V2": (4, 7),
    "V3": (8, 11),
    "V4": (2, 8),
    "V5": (4, 5),
    "V6": (13, 22),
    "V7": (6, 12),
    "V8": (4, 3),
    "V11": (3, 11),
    "V12": (3, 6),
    "V13": (1, 12),
    "V14": (2, 7),
    "V15": (3, 10),
    "V16": (0, 16),
}
"""Lines of levels 1 and 2 in each chapter of the standard."""
STANDARD = ROOT.parent / "shared" / "standards" / "OWASP-ASVS-5.0.0-en.csv"
MOST_OPEN = 8


@pytest.fixture(scope="module")
def document():
    return (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rows(document):
    """[(line, level, asks, state, shown by)]."""
    return [match.groups() for line in document.splitlines() if (match := ROW.fullmatch(line))]


def chapter(line):
    return line.partition(".")[0]


class TestTable:
    def test_every_line_of_the_standard_is_there_once(self, rows):
        lines = [line for line, *_ in rows]
        assert len(lines) == len(set(lines))
        found = {
            name: tuple(sum(chapter(line) == name and level == wanted for line, level, *_ in rows) for wanted in "12")
            for name in ASKED
        }
        assert found == ASKED
        assert len(rows) == sum(map(sum, ASKED.values()))

    def test_lines_and_levels_are_the_standards_where_it_is_at_hand(self, rows):
        if STANDARD.exists():  # it is not shipped; where it lies beside the project, nothing else will do
            with STANDARD.open(encoding="utf-8", newline="") as file:
                wanted = {row["req_id"]: row for row in csv.DictReader(file)}
            for line, level, asks, *_ in rows:
                assert wanted[line]["L"] == level, line
                assert not set(runs(asks)) & set(runs(wanted[line]["req_description"])), f"{line}: say it in own words"
        assert all(re.fullmatch(r"V\d+\.[1-9]\d*\.[1-9]\d*", line) for line, *_ in rows)

    def test_no_line_of_level_1_is_open_and_few_of_level_2(self, rows):
        open_lines = [(line, level) for line, level, _, state, _ in rows if state == "open"]
        assert [line for line, level in open_lines if level == "1"] == []
        assert len(open_lines) <= MOST_OPEN

    def test_the_count_above_it_is_that_of_its_lines(self, document, rows):
        states = Counter(state for *_, state, _ in rows)
        said = (
            f"{len(rows)} lines: {states['pass']} pass, {states['not applicable']} not applicable,"
            f" {states['open']} open."
        )
        assert said in document

    def test_each_line_that_passes_says_what_shows_it_and_each_other_why(self, rows):
        for line, _, _, state, shown in rows:
            if state == "pass":
                assert paths(shown) or "](#" in shown or "`" in shown, line
            assert len(shown) > 5, line


def runs(text, words=6):
    """Every so many words in a row."""
    found = re.findall(r"[a-z0-9']+", text.lower())
    return [tuple(found[i : i + words]) for i in range(len(found) - words + 1)]


def paths(text):
    """What is written as a file or folder of the project."""
    return re.findall(r"`((?:[\w.-]+/)+[\w.-]+|[\w.-]+\.(?:py|toml|lock|txt|json|md))`", text)


def test_every_file_that_is_named_exists(document):
    named = set(paths(document))
    assert len(named) > 60
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_every_place_that_is_pointed_to_exists(document):
    headings = {
        re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-")
        for head in re.findall(r"^#+ (.+)$", document, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", document)) - headings == set()


def test_every_security_event_is_in_the_inventory_of_logs(document):
    views = [path.read_text(encoding="utf-8") for path in (ROOT / "patrol").rglob("*.py")]
    events = {event for text in views for event in re.findall(r'@noteworthy\("([^"]+)"\)', text)}
    assert len(events) > 5
    assert [event for event in sorted(events) if f"`{event}`" not in document] == []


def test_everybody_who_calls_out_is_in_the_list_of_who_is_called(document):
    assert [caller for caller in CALLERS if f"`{caller}`" not in document] == []
