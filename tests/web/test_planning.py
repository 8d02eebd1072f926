"""The coordinators' map: blocks, routes, a plan under way, publishing."""

from datetime import timedelta

from playwright.sync_api import expect

from patrol.planning.models import PlanRun
from patrol.planning.operations.asking import tell
from patrol.shifts.models import Shift
from patrol.shifts.operations.answering import accept
from tests.support.factories import make_city, make_person
from tests.web.evening import PHONE


def move_on(run: PlanRun, now, **changes) -> None:
    """What a worker writes while it plans, told on the stream."""
    PlanRun.update(**changes).where(PlanRun.id == run.id).execute()
    tell(run, now=now)


def route_of(page, evening):
    return page.locator("#routes").get_by_role("button", name=evening.team.code)


def test_coordinators_see_the_plan_beside_free_walking_and_each_route(visit, evening):
    page = visit("/map", evening.coordinator)
    table = page.get_by_role("table")
    expect(table.get_by_role("row", name="Weight")).to_contain_text("12")
    expect(table.get_by_role("row", name="Weight")).to_contain_text("5")
    expect(table.get_by_role("row", name="Blocks covered")).to_contain_text("2 / 3")
    route = route_of(page, evening)
    expect(route).to_contain_text("2 blocks · weight 12")
    expect(page.get_by_role("region", name="Patrol map").locator("canvas")).to_be_visible()
    assert "Sample walker" not in page.locator("#routes").text_content()


def test_a_chosen_route_shows_its_blocks_in_order_on_map_and_list(visit, evening):
    page = visit("/map", evening.coordinator)
    route = route_of(page, evening)
    route.click()
    expect(route).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#stops strong")).to_have_text(["서전로", "새싹로"])
    expect(page.locator("#stops")).to_contain_text("weight 8 · bars · far from any camera")
    expect(page.locator("#map .pin:not(.box)")).to_have_text(["1", "2"])
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#map .pin:not(.box)")).to_have_count(0)


def test_a_block_clicked_on_the_map_tells_its_weight_and_why(visit, evening):
    page = visit("/map", evening.coordinator)
    route_of(page, evening).click()
    expect(page.locator("#map .pin:not(.box)")).to_have_count(2)
    page.get_by_role("checkbox", name="Routes").uncheck()
    expect(page.locator("#map .leaflet-zoom-anim")).to_have_count(0)
    box_at_its_south_end = page.locator("#map .pin.box").bounding_box()
    page.mouse.click(box_at_its_south_end["x"] + box_at_its_south_end["width"] / 2, box_at_its_south_end["y"] - 30)
    popup = page.locator(".leaflet-popup-content")
    expect(popup).to_contain_text("서전로")
    expect(popup).to_contain_text("bars 6")
    expect(popup).to_contain_text(f"Planned for {evening.team.code}")


def test_blocks_left_out_are_listed_with_the_reason(visit, evening):
    page = visit("/map", evening.coordinator)
    page.get_by_text("Blocks left out").click()
    section = page.locator("#left-out")
    expect(section).to_contain_text("the teams within reach have no time left")
    expect(section).to_contain_text(evening.blocks[2].code)


def test_a_plan_that_is_asked_for_shows_its_progress_and_can_be_stopped(visit, evening, now):
    page = visit("/map", evening.coordinator)
    page.get_by_label("Seconds").fill("5")
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.locator("#run-state")).to_have_text("Waiting")
    run = PlanRun.get(PlanRun.state == "queued")
    assert run.seconds == 5
    move_on(run, now, state="running", phase="insertion", progress=0.4, weight=7.0)
    expect(page.locator("#run-state")).to_have_text("Planning")
    move_on(run, now, phase="loops", progress=0.7, weight=9.0)
    expect(page.get_by_role("progressbar")).to_have_js_property("value", 0.7)
    expect(page.locator("#run")).to_contain_text("Finding better routes · 70%")
    expect(page.locator("#run")).to_contain_text("weight so far 9")
    page.get_by_role("button", name="Stop, keep the best so far").click()
    expect(page.get_by_role("button", name="Stop, keep the best so far")).to_be_enabled()
    assert PlanRun.get_by_id(run.id).cancel_asked


def test_a_plan_without_a_team_says_what_stands_in_the_way(visit, now):
    coordinator = make_person(make_city(), "coordinator")
    page = visit("/map", coordinator, expects=(409,))
    expect(page.get_by_text("There are no target blocks yet")).to_be_visible()
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.locator("#ask [data-problem]")).to_contain_text("streets")


def test_a_published_plan_shows_how_each_team_answers(visit, evening, now):
    page = visit("/map", evening.coordinator)
    page.get_by_role("button", name="Publish to the teams").click()
    expect(page.locator("#run-state")).to_have_text("Published")
    route = route_of(page, evening)
    expect(route).to_contain_text("Offered")
    accept(Shift.get(), now=now)
    page.reload()
    expect(route_of(page, evening)).to_contain_text("Accepted")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator("#run-state")).to_have_text("Withdrawn")


def test_an_earlier_plan_can_be_looked_at_beside_the_newest(visit, evening, now):
    PlanRun.create(
        city=evening.city,
        evening=evening.run.evening,
        begins_at=evening.run.begins_at,
        ends_at=evening.run.ends_at,
        seconds=1.0,
        seed=2,
        created_at=now + timedelta(seconds=1),
    )
    page = visit("/map", evening.coordinator)
    expect(page.locator("#run-state")).to_have_text("Waiting")
    page.get_by_label("Look at another plan").select_option(str(evening.run.id))
    expect(page.locator("#run-state")).to_have_text("Ready, not published")
    expect(route_of(page, evening)).to_be_visible()


def test_an_admin_looks_but_is_offered_nothing_to_press(visit, evening):
    page = visit("/map", make_person(evening.city, "admin"))
    expect(route_of(page, evening)).to_be_visible()
    expect(page.get_by_role("button", name="Plan", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Publish to the teams")).to_have_count(0)


def test_on_a_phone_the_map_comes_first_and_the_legend_waits(visit, evening):
    page = visit("/map", evening.coordinator, **PHONE)
    expect(page.get_by_role("region", name="Patrol map")).to_be_in_viewport()
    expect(page.get_by_label("Police boxes")).to_be_hidden()
    page.get_by_text("Legend").click()
    expect(page.get_by_label("Police boxes")).to_be_visible()
