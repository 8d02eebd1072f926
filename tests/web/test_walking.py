"""The walker's evening on a phone: answer, start, walk, report, end; with a network that comes and goes."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from config.database import transaction
from notifications.outbox import announce
from patrol.planning.operations.publishing import publish
from patrol.shifts.models import Shift
from patrol.shifts.operations.answering import accept
from patrol.sightings.models import Sighting
from patrol.sightings.operations.answering import acknowledge, resolve
from patrol.walks.models import Position, PositionBatch, Walk
from patrol.walks.operations.due import on_team_stopped
from tests.support.factories import LAT, LON
from tests.web.evening import PHONE, STEP, report

HERE = {"geolocation": {"longitude": LON, "latitude": LAT, "accuracy": 5}, "permissions": ["geolocation"]}


@pytest.fixture
def shift(evening, now) -> Shift:
    """The team's shift, offered and open to be started."""
    return publish(evening.run, now=now).shifts[0]


@pytest.fixture
def phone(visit, evening):
    """Open the walker's page on a phone at the crossing."""
    return lambda **options: visit("/walk", evening.walker, **PHONE, **HERE, **options)


def go(page: Page, *, north: float, east: float = 0.0) -> None:
    """Be so many steps (block lengths) from the crossing, and wait until the page has noticed."""
    before = page.locator("#next-turn").text_content()
    page.context.set_geolocation(
        {"longitude": LON + STEP * east, "latitude": LAT + STEP * north, "accuracy": 5},
    )
    expect(page.locator("#next-turn")).not_to_have_text(before)


def start(page: Page) -> None:
    page.get_by_label("The leash is at most 2 m").check()
    page.get_by_role("button", name="Start the walk").click()
    expect(page.get_by_role("button", name="End", exact=True)).to_be_visible()


def test_a_shift_is_answered_with_the_way_before_ones_eyes(phone, evening, shift):
    page = phone()
    expect(page.get_by_role("heading", name=re.compile("Leave at"))).to_be_visible()
    expect(page.get_by_role("region", name="Map of the route").locator(".pin")).to_have_text(["⌂", "1", "2"])
    page.get_by_text("2 blocks").click()
    expect(page.locator(".stops strong")).to_have_text(["서전로", "새싹로"])
    page.get_by_text("Turn by turn").click()
    expect(page.locator(".turns li").nth(1)).to_contain_text("Turn right onto 새싹로")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("button", name="Start the walk")).to_be_visible()
    assert Shift.get_by_id(shift.id).state == "accepted"
    with page.expect_download() as download:
        page.get_by_role("link", name="Download GPX").click()
    assert download.value.suggested_filename.endswith(".gpx")


@pytest.mark.slow
def test_a_shift_is_declined_with_a_reason(phone, evening, shift):
    page = phone()
    page.get_by_text("Decline…").click()
    page.get_by_label("Reason").fill("The dog is ill")
    page.get_by_role("button", name="Send the refusal").click()
    expect(page.get_by_text("No patrol is planned for you")).to_be_visible()
    assert Shift.get_by_id(shift.id).decline_reason == "The dog is ill"


def test_news_of_what_is_on_show_leaves_the_page_as_the_walker_has_it(phone, evening, shift, now):
    accept(shift, now=now)
    page = phone()
    page.get_by_label("The leash is").check()
    page.get_by_text("Turn by turn").click()
    for _ in range(2):  # what the first would have done is done when the second is asked for
        with page.expect_response("**/shifts?from=*"), transaction():
            announce(city=evening.city.id, people=[evening.walker.id], kind="shift", content={}, now=now)
    expect(page.get_by_label("The leash is")).to_be_checked()
    expect(page.locator(".turns")).to_be_visible()


def test_a_walk_begins_with_the_leash_and_the_weathers_caution(phone, evening, shift, now):
    accept(shift, now=now)
    page = phone()
    expect(page.get_by_text("Hold the back of your hand to the ground")).to_be_visible()
    page.get_by_role("button", name="Start the walk").click()
    expect(page.get_by_role("alert").get_by_text("Check the leash")).to_be_visible()
    assert Walk.select().count() == 0


def test_a_walker_walks_reports_and_ends(phone, evening, shift, now):
    accept(shift, now=now)
    page = phone()
    start(page)
    expect(page.locator("#next-name")).to_have_text("1. 서전로")
    for step in range(1, 13):
        go(page, north=min(step / 8, 1), east=max(0, step / 8 - 1))
    expect(page.locator("#next-name")).to_have_text("2. 새싹로")
    expect(page.get_by_text("1 / 2")).to_be_visible()

    page.get_by_role("button", name="Report").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Suspicious, not in progress").click()
    expect(dialog.get_by_text("Where you are now")).to_be_visible()
    dialog.get_by_label("What you see").fill("Somebody tries car doors")
    dialog.get_by_role("button", name="Send").click()
    mine = page.get_by_role("region", name="My reports")
    expect(mine).to_contain_text("Your sighting has arrived")

    page.on("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="End", exact=True).click()
    expect(page.locator("#shift")).to_contain_text("The walk is done. Thank you!")

    walk = Walk.get()
    sighting = Sighting.get()
    assert (walk.state, Shift.get_by_id(shift.id).state) == ("ended", "walked")
    assert Position.select().where(Position.walk == walk).count() >= 8
    assert (sighting.kind, sighting.text, sighting.walk) == ("P1", "Somebody tries car doors", walk.id)
    assert (sighting.lon, sighting.lat) == pytest.approx((LON + STEP / 2, LAT + STEP), abs=1e-6)


def test_an_urgent_kind_shows_the_call_first_and_claims_nothing(phone, evening, shift):
    page = phone()
    page.get_by_role("button", name="Report").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Intoxicated person").click()
    expect(dialog).to_contain_text("This app is no emergency line. Nobody is sent by what you write here.")
    expect(dialog.get_by_role("link").first).to_have_attribute("href", "tel:112")
    expect(dialog.get_by_label("What you see")).to_have_count(0)
    dialog.get_by_role("button", name="I have called; write it down").click()
    expect(dialog).to_contain_text("Ask on the phone whether somebody is coming.")
    dialog.get_by_role("button", name="Send").click()
    expect(page.get_by_role("region", name="My reports")).to_contain_text("Your sighting has arrived")
    assert Sighting.get().called_at is not None


def test_a_report_and_positions_wait_on_the_phone_until_there_is_a_network(phone, evening, shift, now):
    accept(shift, now=now)
    page = phone()
    start(page)
    expect(page.locator("#next-turn")).not_to_be_empty()
    page.context.set_offline(True)
    for step in range(1, 13):
        go(page, north=step / 12)
    page.get_by_role("button", name="Report").click()
    page.get_by_role("dialog").get_by_role("button", name="Found property").click()
    page.get_by_role("dialog").get_by_role("button", name="Send").click()
    mine = page.get_by_role("region", name="My reports")
    expect(mine).to_contain_text("Sending")
    expect(page.get_by_text("kept on this phone")).to_be_visible()
    assert Sighting.select().count() == 0
    page.context.set_offline(False)
    expect(mine).to_contain_text("Your sighting has arrived")
    expect(page.get_by_text("kept on this phone")).to_be_hidden()
    assert Sighting.select().count() == 1
    assert PositionBatch.select().count() == 1


@pytest.mark.slow
def test_a_walk_goes_on_where_it_was_when_the_page_is_opened_again(phone, evening, shift, now):
    accept(shift, now=now)
    page = phone()
    start(page)
    page.reload()
    expect(page.get_by_role("button", name="End", exact=True)).to_be_visible()
    expect(page.locator("#next-name")).to_have_text("1. 서전로")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("your position is not recorded")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert Walk.get().state == "walking"


def test_the_walker_hears_at_once_what_becomes_of_a_report_and_may_open_it_again(phone, evening, now):
    sighting = report(evening.walker, "P1", now=now - timedelta(minutes=5))
    page = phone()
    mine = page.get_by_role("region", name="My reports")
    expect(mine).to_contain_text("Your sighting has arrived")
    expect(page.locator("#link")).to_have_text("Live")
    acknowledge(sighting, by=evening.officer.id, by_role="officer", now=now)
    expect(mine).to_contain_text("Somebody responsible has read your sighting.")
    expect(page.locator("#said-calmly")).to_contain_text("News of your report")
    resolve(
        sighting,
        outcome="no_action",
        note="Nobody was there",
        by=evening.officer.id,
        by_role="officer",
        expected=None,
        now=now,
    )
    expect(mine).to_contain_text("“Nobody was there”")
    expect(mine).not_to_contain_text("Sample officer")
    mine.get_by_text("Not settled?").click()
    mine.get_by_label("Why it should be opened again").fill("They are back")
    mine.get_by_role("button", name="Open again").click()
    expect(mine).to_contain_text("Reopened")


@pytest.mark.slow
def test_without_leave_to_know_where_one_is_the_page_says_so_and_takes_a_tap(visit, evening, shift, now):
    accept(shift, now=now)
    page = visit("/walk", evening.walker, **PHONE)
    start(page)
    expect(page.get_by_text("Location is switched off")).to_be_visible()
    page.get_by_role("button", name="Report").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Found property").click()
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_text("Tap the map to say where.")).to_be_visible()
    dialog.locator(".map").click()
    dialog.get_by_role("button", name="Send").click()
    expect(page.get_by_role("region", name="My reports")).to_contain_text("Your sighting has arrived")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.slow
def test_all_that_is_pressed_on_the_phone_is_large_enough_for_a_thumb(phone, evening, shift, now, scheme):
    accept(shift, now=now)
    page = phone(color_scheme=scheme)
    start(page)
    page.get_by_text("2 blocks").click()
    small = [
        (found.text_content(), size["height"])
        for found in page.locator("button:visible, summary:visible, a.button:visible, nav a:visible").all()
        if (size := found.bounding_box()) and size["height"] < 43.9
    ]
    assert small == []


@pytest.mark.slow
def test_a_walk_that_cannot_be_paused_for_want_of_a_network_is_followed_on(phone, evening, shift, now):
    accept(shift, now=now)
    page = phone()
    start(page)
    expect(page.locator("#next-turn")).not_to_be_empty()
    page.context.set_offline(True)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".toast")).to_contain_text("cannot be reached")
    go(page, north=0.5)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


@pytest.mark.slow
def test_a_walk_that_the_server_ended_is_followed_no_more(phone, evening, shift, now):
    accept(shift, now=now)
    page = phone()
    start(page)
    expect(page.locator("#next-turn")).not_to_be_empty()
    expect(page.locator("#link")).to_have_text("Live")
    page.evaluate("navigator.geolocation.clearWatch = () => { window.let_go = true; }")
    with transaction():
        on_team_stopped(evening.team, now + timedelta(seconds=1))
    expect(page.locator("#shift")).to_contain_text("The walk is done. Thank you!")
    assert page.evaluate("window.let_go")


@pytest.mark.slow
def test_what_is_open_to_be_read_stays_open_while_positions_go_out(phone, evening, shift, now):
    accept(shift, now=now)
    page = phone()
    start(page)
    page.get_by_text("Turn by turn").click()
    with page.expect_response("**/positions/*"):
        for step in range(1, 13):
            go(page, north=step / 12)
    expect(page.locator("#shift").get_by_text("0 m", exact=True)).to_have_count(0)
    expect(page.locator(".turns")).to_be_visible()


@pytest.mark.slow
def test_a_walk_ends_even_where_its_map_could_not_be_drawn(phone, evening, shift, now):
    accept(shift, now=now)
    page = phone(expects=(503,))
    start(page)
    page.route("**/api/v1/city", lambda route: route.fulfill(status=503, body=""))
    page.reload()
    page.on("dialog", lambda asked: asked.accept())
    with page.expect_response("**/end"):
        page.get_by_role("button", name="End", exact=True).click()
    assert Walk.get().state == "ended"
