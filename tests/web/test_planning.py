"""The coordinators' map: blocks, routes, a plan under way, publishing."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from patrol.planning.models import Pairing, PlanRoute, PlanRun
from patrol.planning.operations.asking import tell
from patrol.shifts.models import Shift
from patrol.shifts.operations.answering import accept
from tests.support.factories import make_person, make_team
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


@pytest.mark.slow
def test_blocks_left_out_are_listed_with_the_reason(visit, evening):
    page = visit("/map", evening.coordinator)
    page.get_by_text("Blocks left out").click()
    section = page.locator("#left-out")
    expect(section).to_contain_text("the teams within reach have no time left")
    expect(section).to_contain_text(evening.blocks[2].code)


@pytest.mark.slow
def test_each_block_left_out_says_why_in_a_sentence_and_can_be_pinned_to_a_team(visit, evening):
    page = visit("/map", evening.coordinator)
    page.get_by_text("Blocks left out").click()
    section = page.locator("#left-out")
    expect(section).to_contain_text("The teams within reach have no time left; 4 min more for one of them would do.")
    block = evening.blocks[2]
    page.get_by_label(f"Team to pin {block.code} to").select_option(str(evening.team.id))
    expect(section).to_contain_text(f"Pinned to {evening.team.code}")
    assert Pairing.get().block_id == block.id
    page.get_by_text("Pins and bars").click()
    page.get_by_role("button", name=f"Take back {evening.team.code} – {block.code}").click()
    expect(page.locator("#pins-section")).to_be_hidden()
    assert not Pairing.select().exists()


@pytest.mark.slow
def test_a_block_on_a_route_is_pinned_to_its_team_or_barred_from_it(visit, evening):
    page = visit("/map", evening.coordinator)
    route_of(page, evening).click()
    code = evening.blocks[0].code
    page.get_by_role("button", name=f"Pin {code} to {evening.team.code}").click()
    expect(page.get_by_role("button", name=f"Pin {code} to {evening.team.code}")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("button", name=f"Bar {evening.team.code} from {code}").click()
    expect(page.get_by_role("button", name=f"Bar {evening.team.code} from {code}")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert [pairing.kind for pairing in Pairing.select()] == ["bar"]


@pytest.mark.slow
def test_pins_that_could_not_be_kept_are_told_with_the_plan(visit, evening):
    told = {"pairing": str(evening.run.id), "kind": "pin", "team": "T-9", "block": "B-9", "reason": "team_away"}
    PlanRun.update(unmet=[told]).execute()
    page = visit("/map", evening.coordinator)
    expect(page.locator("#run .note.warn")).to_contain_text("T-9 – B-9: the team is not out then")


def test_a_plan_tells_how_far_from_the_best_it_can_be_and_what_each_team_adds(visit, evening):
    page = visit("/map", evening.coordinator)
    expect(page.locator("#run .facts")).to_contain_text("≤ 14.3%")
    expect(page.locator("#run")).to_contain_text("No plan can cover more than 14: a proven bound.")
    expect(route_of(page, evening)).to_contain_text("adds 9 to the plan")


@pytest.mark.slow
def test_what_would_help_is_said_and_shown_on_the_map(visit, evening):
    page = visit("/map", evening.coordinator)
    remedy = page.locator("#remedies").get_by_role("button")
    expect(remedy).to_contain_text("30 minutes from ")
    expect(remedy).to_contain_text("near 동천로, would cover 1 block (weight 2).")
    remedy.click()
    expect(page.locator("#map .pin.next")).to_have_text(["1"])
    remedy.click()
    expect(page.locator("#map .pin.next")).to_have_count(0)


@pytest.mark.slow
def test_slots_are_shown_for_a_team_that_could_come_too(visit, evening):
    late = make_team(evening.city, name="Sample team late")
    page = visit("/map", evening.coordinator)
    page.get_by_text("A team that could come too").click()
    page.get_by_label("If this team came").select_option(str(late.id))
    expect(page.locator("#slots .offer")).to_contain_text("would cover 1 block (weight 2).", timeout=20_000)


@pytest.mark.slow
def test_a_plan_is_made_anew_near_the_one_on_show(visit, evening):
    page = visit("/map", evening.coordinator)
    page.get_by_role("button", name="Plan anew, change little").click()
    expect(page.locator("#run-state")).to_have_text("Waiting")
    assert PlanRun.get(PlanRun.state == "queued").near_id == evening.run.id


WEEK = {
    "visits": 4,
    "visits_wanted": 6,
    "fairness": {"least_min": 30.0, "mean_min": 60.0, "most_min": 90.0},
    "surprise": {"plans": 8, "entropy_bits": 2.25, "where_bits": 0.5, "price": 1.0},
}


@pytest.mark.slow
def test_a_week_is_asked_for_with_the_policys_solving_time(visit, evening):
    page = visit("/map", evening.coordinator)
    page.get_by_label("Plan for").select_option("week")
    expect(page.get_by_label("Seconds")).to_have_value("60")
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.locator("#run-state")).to_have_text("Waiting")
    expect(page.locator("#run h2")).to_contain_text("Week from")
    assert PlanRun.get(PlanRun.state == "queued").kind == "week"


@pytest.mark.slow
def test_a_week_chosen_before_the_page_was_ready_has_its_solving_time_too(visit, evening):
    page = visit("/map", evening.coordinator)
    held = []

    def hold(route):
        held.append(route)

    page.route("**/api/v1/city", hold)
    page.reload()
    page.get_by_label("Plan for").select_option("week")
    expect(page.get_by_label("Seconds")).to_have_value("10")
    held.pop().continue_()
    expect(page.get_by_label("Seconds")).to_have_value("60")


@pytest.mark.slow
def test_a_weeks_plan_is_looked_at_day_by_day(visit, evening):
    run, other = evening.run, make_team(evening.city)
    PlanRun.update(kind="week", summary=run.summary | WEEK).execute()
    first = PlanRoute.get(PlanRoute.run == run)
    values = {name: getattr(first, name) for name in ("starts_at", "ends_at", "latest_start_at", "route")}
    next_day = {"evening": run.evening + timedelta(days=1), "distance_m": 900.0, "duration_s": 1200.0, "weight": 12.0}
    PlanRoute.create(run=run, team=other, adds=0.0, **values, **next_day)
    page = visit("/map", evening.coordinator)
    expect(page.locator("#run").get_by_role("row", name="Visits")).to_contain_text("4 / 6")
    expect(page.locator("#run")).to_contain_text("a team walks 30 to 90 minutes")
    expect(page.locator("#run")).to_contain_text(
        "who comes when is 2.3 bits hard to foresee, at the price of 1 in weight"
    )
    days = page.get_by_role("group", name="Day").get_by_role("button")
    expect(days).to_have_count(2)
    expect(page.locator("#routes .route")).to_have_count(1)
    expect(route_of(page, evening)).to_be_visible()
    days.nth(1).click()
    expect(page.locator("#routes .route")).to_contain_text([other.code])
    expect(page.locator("#routes .route")).to_contain_text(["others could cover for it"])
    expect(route_of(page, evening)).to_have_count(0)


def test_a_plan_that_is_asked_for_shows_its_progress_and_can_be_stopped(visit, evening, now):
    page = visit("/map", evening.coordinator)
    page.get_by_label("Seconds").fill("5")
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.locator("#run-state")).to_have_text("Waiting")
    run = PlanRun.get(PlanRun.state == "queued")
    assert run.seconds == 5
    move_on(run, now, state="running", phase="insertion", progress=0.4, weight=7.0)
    expect(page.locator("#run-state")).to_have_text("Planning")
    move_on(run, now, phase="loops", progress=0.7, weight=9.0, bound=12.0)
    expect(page.get_by_role("progressbar")).to_have_js_property("value", 0.7)
    expect(page.locator("#run")).to_contain_text("Finding better routes · 70%")
    expect(page.locator("#run")).to_contain_text("weight so far 9")
    expect(page.locator("#run")).to_contain_text("Proven bound 12 · within 25.0% of the best")
    page.get_by_role("button", name="Stop, keep the best so far").click()
    expect(page.get_by_role("button", name="Stop, keep the best so far")).to_be_enabled()
    assert PlanRun.get_by_id(run.id).cancel_asked


@pytest.mark.slow
def test_a_plan_without_a_team_says_what_stands_in_the_way(visit, city):
    coordinator = make_person(city, "coordinator")
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_plan_whose_routes_did_not_come_shows_them_with_the_next_news_of_it(visit, evening, now):
    page = visit("/map", evening.coordinator)
    expect(route_of(page, evening)).to_be_visible()
    page.route("**/routes", lambda route: route.abort(), times=1)
    page.reload()
    expect(page.locator("#problem")).to_contain_text("cannot be reached")
    expect(page.locator("#link")).to_have_text("Live")
    tell(evening.run, now=now)
    expect(route_of(page, evening)).to_be_visible()
