"""How pages call the API: what is made twice, what comes in pages."""

import json
from uuid import uuid4

import pytest
from playwright.sync_api import Route, expect

from patrol.notices.models import Notice
from patrol.sightings.models import SightingMessage
from tests.support.factories import LAT, LON
from tests.web.evening import report

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def swallow(route: Route) -> None:
    """The server does what it is asked, and its answer is lost on the way."""
    route.fetch()
    route.abort()


@pytest.mark.slow
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


@pytest.mark.slow
def test_what_the_server_never_answers_is_sent_again(visit, evening, now):
    page = visit("/walk", evening.walker)
    page.clock.install()
    silent: list[Route] = []
    page.route("**/api/v1/sightings/*", lambda route: silent.append(route), times=1)  # noqa: PLW0108 - it takes no built-in
    body = {"kind": "P1", "text": "", "direction": "", "bite": False, "seen_at": now.isoformat(), "walk": None}
    place = {"lon": LON, "lat": LAT, "accuracy_m": None, "called_at": None}
    entry = ["sighting", "PUT", f"/sightings/{uuid4()}", body | place]
    page.evaluate("entry => import('/static/outbox.js').then(({ keep }) => void keep(...entry))", entry)
    while not silent:
        page.wait_for_timeout(20)
    page.clock.fast_forward(30_000)
    page.clock.fast_forward(2_000)
    expect(page.get_by_role("region", name="My reports")).to_contain_text("Your sighting has arrived")


@pytest.mark.slow
def test_news_of_a_sighting_is_fetched_once_for_all_lists_of_the_page(visit, evening, now):
    page = visit("/alerts", evening.officer)
    expect(page.locator("#link")).to_have_text("Live")
    expect(page.locator("#refresh")).to_be_enabled()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sighting = report(evening.walker, "P1", now=now)
    expect(page.get_by_role("article")).to_have_count(1)
    assert len([url for url in asked if url.endswith(str(sighting.id))]) == 1


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
