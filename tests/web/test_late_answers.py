"""An answer that comes late takes nothing back: what was asked for after it, or done meanwhile, stands."""

from datetime import timedelta

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from patrol.planning.operations.publishing import publish
from patrol.shifts.operations.answering import accept
from patrol.sightings.operations.answering import acknowledge, respond
from patrol.sightings.operations.asking_back import write
from tests.support.factories import make_duty, make_person, make_rota_entry, make_team
from tests.support.messages import tell
from tests.web.evening import PHONE, report

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Late:
    """The next answer to what matches `pattern`: as the server gives it now, and on the page when `come` is called."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.page = page
        self.kept: list[tuple[Route, APIResponse]] = []
        page.route(pattern, lambda route: self.kept.append((route, route.fetch())), times=1)

    def asked(self) -> None:
        """Wait until the page has asked."""
        while not self.kept:
            self.page.wait_for_timeout(20)

    def come(self) -> None:
        [(route, answer)] = self.kept
        with self.page.expect_response(answer.url):
            route.fulfill(response=answer)
        settle(self.page)


def settle(page: Page) -> None:
    """Let the page do what an answer that has come makes it do."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


@pytest.mark.slow
def test_a_list_read_before_a_sighting_came_does_not_take_it_away(visit, evening, now):
    page = visit("/alerts", evening.officer)
    expect(page.locator("#link")).to_have_text("Live")
    expect(page.locator("#refresh")).to_be_enabled()
    late = Late(page, "**/api/v1/sightings?limit=200")
    page.locator("#refresh").click()
    late.asked()
    report(evening.walker, "P1", now=now)
    expect(page.get_by_role("article")).to_have_count(1)
    late.come()
    expect(page.locator("#refresh")).to_be_enabled()
    expect(page.get_by_role("article")).to_have_count(1)


def test_a_press_counts_though_news_of_its_card_comes_meanwhile(visit, evening, now):
    sighting = report(evening.walker, "P1", now=now)
    page = visit("/alerts", evening.officer)
    button = page.get_by_role("button", name="Acknowledge")
    expect(page.locator("#link")).to_have_text("Live")
    late = Late(page, f"**/api/v1/sightings/{sighting.id}")
    under_way: list[Route] = []
    page.route("**/acknowledge", lambda route: under_way.append(route), times=1)  # noqa: PLW0108 - it takes no built-in
    write(sighting, side="reporter", by=evening.walker.id, text="They have gone round the corner.", now=now)
    late.asked()
    button.hover()
    page.mouse.down()
    late.come()
    with page.expect_request("**/acknowledge"):
        page.mouse.up()
    expect(page.get_by_role("button", name="Ask the reporter 1 new")).to_be_visible()
    under_way[0].continue_()
    expect(page.get_by_role("article")).to_contain_text("Acknowledged by Sample officer Kim")


@pytest.mark.slow
def test_one_act_of_a_sighting_waits_for_the_other(visit, evening, now):
    sighting = report(evening.walker, "P1", now=now)
    acknowledge(sighting, by=evening.officer.id, by_role="officer", now=now)
    page = visit("/alerts", evening.officer)
    under_way: list[Route] = []  # held before the server hears of it, or its news would tell the page
    page.route("**/respond", lambda route: under_way.append(route), times=1)  # noqa: PLW0108 - it takes no built-in
    page.get_by_role("button", name="Responding").click()
    page.get_by_role("button", name="Resolve…").click()
    while not under_way:
        page.wait_for_timeout(20)
    expect(page.get_by_role("button", name="Save as resolved")).to_be_disabled()
    under_way[0].continue_()
    page.get_by_role("button", name="Save as resolved").click()
    expect(page.get_by_role("article")).to_have_count(0)


@pytest.mark.slow
def test_a_walk_that_was_begun_meanwhile_goes_on(visit, evening, now):
    accept(publish(evening.run, now=now).shifts[0], now=now)
    page = visit("/walk", evening.walker, **PHONE)
    expect(page.get_by_role("button", name="Start the walk")).to_be_visible()
    late = Late(page, "**/api/v1/walks?mine=true**")
    tell(evening.walker.id, city=evening.city.id, kind="shift_changed", now=now)
    late.asked()
    page.get_by_label("The leash is at most 2 m").check()
    page.get_by_role("button", name="Start the walk").click()
    expect(page.get_by_role("button", name="End", exact=True)).to_be_visible()
    with page.expect_response("**/api/v1/teams/mine/welfare?**"):  # asked for last, before anything is shown
        late.come()
    settle(page)
    expect(page.get_by_role("button", name="End", exact=True)).to_be_visible()


@pytest.mark.slow
def test_what_became_of_a_report_last_stays(visit, evening, now):
    sighting = report(evening.walker, "P1", now=now)
    page = visit("/walk", evening.walker, **PHONE)
    mine = page.get_by_role("region", name="My reports")
    expect(page.locator("#link")).to_have_text("Live")
    expect(mine).to_contain_text("Your sighting has arrived")
    late = Late(page, f"**/api/v1/sightings/{sighting.id}")
    acknowledge(sighting, by=evening.officer.id, by_role="officer", now=now)
    late.asked()
    respond(sighting, by=evening.officer.id, by_role="officer", expected=None, now=now)
    expect(mine).to_contain_text("Responding")
    late.come()
    expect(mine).to_contain_text("Responding")


@pytest.mark.slow
def test_the_week_that_was_chosen_last_is_on_show(visit, evening, now):
    make_duty(evening.officer, "child_protection")
    make_rota_entry(evening.officer, "child_protection", now - timedelta(hours=1), now + timedelta(hours=1))
    page = visit("/staff", evening.coordinator)
    week = page.locator(".rota-week strong")
    expect(page.locator(".rota-entry").first).to_be_visible()
    this_week = week.text_content()
    late = Late(page, "**/api/v1/rota?**")
    page.get_by_role("button", name="The next week").click()
    late.asked()
    page.get_by_role("button", name="This week").click()
    expect(page.get_by_role("button", name="This week")).to_be_enabled()
    late.come()
    expect(page.get_by_role("button", name="The next week")).to_be_enabled()
    expect(week).to_have_text(this_week)
    expect(page.locator(".rota-entry").first).to_be_visible()


@pytest.mark.slow
def test_the_team_that_was_opened_last_is_on_show(visit, evening, now):
    first, second = (make_team(evening.city, name=name, state="applied") for name in ("One", "Two"))
    page = visit("/applicants", make_person(evening.city, "coordinator"))
    late = Late(page, f"**/api/v1/teams/{first.id}?**")
    page.locator("#teams").get_by_role("button", name="One").click()
    late.asked()
    page.keyboard.press("Escape")
    page.locator("#teams").get_by_role("button", name="Two").click()
    expect(page.get_by_role("dialog").get_by_role("heading", name=f"Two ({second.code})")).to_be_visible()
    late.come()
    expect(page.get_by_role("dialog").get_by_role("heading", name=f"Two ({second.code})")).to_be_visible()
