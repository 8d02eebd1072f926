"""Whatever can be pressed or chosen works: a page's controls come disabled, until its script has taken them up."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.factories import make_person

TEMPLATES = sorted((Path(__file__).parents[2] / "web" / "templates").glob("*.html"))
CONTROL = re.compile(r"<(button|select|input)\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*>", re.DOTALL)
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
GATHERED = {"select", "input"}
"""Inside a form these only hold what its button sends."""
PARTS = {"code_field", "team", "inbox"}
"""Here fields of forms stand in a macro, or in a file of their own."""
DEAD = ":is(button, select, input):disabled:not([hidden], [hidden] *, [name^=quiet_])"
"""What is still disabled, but for hidden parts and the hours of a quiet time that is not wanted."""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_control_is_disabled_until_its_script_is_there(path: Path):
    text = path.read_text(encoding="utf-8")
    forms = [found.span() for found in FORM.finditer(text)]

    def is_gathered(found: re.Match[str]) -> bool:
        in_form = path.stem in PARTS or any(begin < found.start() < end for begin, end in forms)
        return found.group(1) in GATHERED and in_form

    controls = [found for found in CONTROL.finditer(text) if not is_gathered(found)]
    assert [one.group() for one in controls if not re.search(r"\sdisabled\b", one.group())] == []


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("role", "paths"),
    [
        ("coordinator", ["/map", "/applicants", "/screening", "/inbox", "/deliveries"]),
        ("admin", ["/map", "/staff", "/account", "/privacy"]),
        ("officer", ["/alerts"]),
        ("walker", ["/walk", "/team"]),
        (None, ["/sign-in", "/register", "/forgot", "/join"]),
    ],
)
def test_no_control_stays_disabled_on_a_page_that_is_there(visit, evening, role, paths):
    person = make_person(evening.city, role) if role else None
    for path in paths:
        page = visit(path, person)
        expect(page.locator(DEAD)).to_have_count(0)
