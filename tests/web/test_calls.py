"""How pages call the API: what is made twice, what comes in pages."""

import json

import pytest
from playwright.sync_api import Route, expect

from patrol.notices.models import Notice
from patrol.sightings.models import SightingMessage
from tests.web.evening import report

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def swallow(route: Route) -> None:
    """The server does what it is asked, and its answer is lost on the way."""
    route.fetch()
    route.abort()


def test_what_is_sent_again_because_no_answer_came_is_made_once(visit, evening, now):
    report(evening.walker, "P1", now=now)
    page = visit("/alerts", evening.officer)
    page.get_by_role("button", name="Ask the reporter").click()
    dialog = page.get_by_role("dialog", name="Messages")
    page.route("**/messages", swallow, times=1)
    for _ in range(2):
        dialog.get_by_label("Message").fill("Which side of the street?")
        dialog.get_by_role("button", name="Send").click()
        expect(dialog.get_by_role("button", name="Send")).to_be_enabled()
    expect(dialog.get_by_label("Message")).to_have_value("")
    assert SightingMessage.select().count() == 1
    dialog.get_by_label("Message").fill("Which side of the street?")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_label("Message")).to_have_value("")
    assert SightingMessage.select().count() == 2


@pytest.mark.slow
def test_a_notice_sent_again_because_no_answer_came_goes_out_once(visit, evening):
    page = visit("/alerts", evening.officer)
    page.get_by_role("button", name="Tell the teams…").click()
    page.get_by_label("What to look for, in Korean").fill("빨간 외투를 입은 어르신")
    page.locator("#notice-form .map").click(position={"x": 120, "y": 100})
    page.route("**/notices", swallow, times=1)
    page.get_by_role("button", name="Send the notice").click()
    expect(page.locator("#notice-form [data-problem]")).to_contain_text("cannot be reached")
    page.get_by_role("button", name="Send the notice").click()
    expect(page.locator("#notices article")).to_have_count(1)
    assert Notice.select().count() == 1


def test_a_list_is_read_to_its_end_however_long_it_is(visit, evening):
    page = visit("/")
    length = 3_100

    def give(route: Route) -> None:
        begin = int(route.request.url.partition("cursor=")[2] or 0)
        end = min(begin + 200, length)
        answer = {"items": [*range(begin, end)], "next": str(end) if end < length else None}
        route.fulfill(content_type="application/json", body=json.dumps(answer))

    page.route("**/api/v1/blocks*", give)
    read = "import('/static/api.js').then(({ all }) => all('/blocks')).then((found) => found.length)"
    assert page.evaluate(read) == length
