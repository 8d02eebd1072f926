"""The screening console: an examiner's phone, the lead's differences, the coordinator's day; the walker's clock."""

from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from patrol.teams.models import Dog, Mark, ScreeningDay, Team
from patrol.teams.operations.marking import check_in, note_points
from tests.support.factories import make_person, make_shift, make_team
from tests.support.screening import candidate, make_day
from tests.web.evening import PHONE


def typed(page, number):
    for digit in str(number):
        page.get_by_role("button", name=digit, exact=True).click()


def test_an_examiner_scores_on_a_phone_and_what_the_network_swallows_is_sent_later(visit, city):
    at = make_day(city, candidates=12)
    page = visit("/screening", at.examiners[0], **PHONE)
    page.get_by_label("Station").select_option(label="Street")
    typed(page, 12)
    page.get_by_role("button", name="Score number 12").click()
    page.get_by_role("group", name="People").get_by_role("button", name="16", exact=True).click()
    page.get_by_role("group", name="People").get_by_role("button", name="one more").click()
    page.context.set_offline(True)
    page.get_by_role("group", name="Other dogs").get_by_role("button", name="20", exact=True).click()
    page.get_by_role("button", name="Save, next one").click()
    expect(page.locator("#unsent")).to_have_text("Not sent: 2")
    assert Mark.select().count() == 0
    page.context.set_offline(False)
    expect(page.locator("#unsent")).to_have_text("All sent")
    assert {mark.item: mark.points for mark in Mark.select()} == {"people": 17, "other_dogs": 20}
    assert {mark.candidate_id for mark in Mark.select()} == {candidate(at.day, 12).id}


@pytest.mark.slow
def test_marks_wait_through_a_reload_of_the_page(visit, city):
    at = make_day(city, candidates=2)
    page = visit("/screening", at.examiners[0], expects=(503,), **PHONE)
    page.route(
        "**/marks/*", lambda route: route.fulfill(status=503, content_type="application/problem+json", body="{}")
    )
    typed(page, 1)
    page.get_by_role("button", name="Score number 1").click()
    page.get_by_role("group", name="Heel").get_by_role("button", name="25", exact=True).click()
    page.get_by_role("button", name="Save, next one").click()
    expect(page.locator("#unsent")).to_have_text("Not sent: 1")
    page.unroute("**/marks/*")
    page.reload()
    expect(page.locator("#unsent")).to_have_text("All sent")
    assert [(mark.item, mark.points) for mark in Mark.select()] == [("heel", 25)]


@pytest.mark.slow
def test_a_mark_of_another_day_that_comes_late_changes_nobody_on_this_one(visit, city, now):
    at = make_day(city, candidates=1)
    other = make_day(city, candidates=1, among=at.examiners)
    page = visit("/screening", at.examiners[0], **PHONE)
    expect(page.get_by_role("button", name="1", exact=True)).to_be_visible()
    page.locator("#day").select_option(str(at.day.id))
    typed(page, 1)
    code = candidate(at.day, 1).team.code
    expect(page.locator(".pad-shown")).to_contain_text(code)
    mark = {"number": 1, "item": "heel", "points": 5, "replaces": None, "made_at": now.isoformat()}
    entry = ["mark", "PUT", f"/screening-days/{other.day.id}/marks/{uuid4()}", mark]
    page.evaluate("entry => import('/static/outbox.js').then(({ keep }) => keep(...entry))", entry)
    assert Mark.select().count() == 1
    expect(page.locator(".pad-shown")).to_contain_text(code)
    page.get_by_role("button", name="Score number 1").click()
    expect(page.get_by_role("group", name="Heel")).not_to_contain_text("Another examiner")


@pytest.mark.slow
def test_an_examiner_puts_a_slip_right_and_notes_a_bite(visit, city):
    at = make_day(city, candidates=2)
    page = visit("/screening", at.examiners[0], **PHONE)
    for points in ("5", "20"):
        typed(page, 1)
        page.get_by_role("button", name="Score number 1").click()
        page.get_by_role("group", name="Heel").get_by_role("button", name=points, exact=True).click()
        page.get_by_role("button", name="Save, next one").click()
        expect(page.locator("#unsent")).to_have_text("All sent")
        page.get_by_role("button", name="Clear").click()
    marks = list(Mark.select().order_by(Mark.n))
    assert [(mark.points, mark.replaces) for mark in marks] == [(5, None), (20, marks[0].id)]
    typed(page, 2)
    page.get_by_role("button", name="Score number 2").click()
    page.get_by_role("button", name="Fails at once").click()
    page.get_by_role("dialog").get_by_role("button", name="Bite").click()
    expect(page.locator("#unsent")).to_have_text("All sent")
    assert Mark.get(Mark.kind == "fault").candidate_id == candidate(at.day, 2).id


def test_the_lead_settles_what_differs(visit, city, now):
    at = make_day(city, candidates=3)
    for examiner, points in zip(at.examiners, (20, 10), strict=True):
        given = {"number": 2, "item": "heel", "points": points, "replaces": None, "made_at": now}
        note_points(at.day, examiner.id, **given, by=examiner.id, now=now)
    page = visit("/screening", at.examiners[0], **PHONE)
    page.get_by_role("button", name="Differing 1").click()
    card = page.get_by_role("article")
    expect(card).to_contain_text("Number 2 · Heel")
    card.get_by_role("button", name="10", exact=True).click()
    expect(page.get_by_text("Nobody differs")).to_be_visible()
    assert Mark.get(Mark.kind == "settled").points == 10
    other = visit("/screening", at.examiners[1], **PHONE)
    expect(other.get_by_role("button", name="Score", exact=True)).to_be_visible()
    expect(other.get_by_role("button", name="Differing")).to_have_count(0)


@pytest.mark.slow
def test_a_coordinator_makes_a_day_fills_and_closes_it(visit, city, now):
    coordinator = make_person(city, "coordinator", name="Sample coordinator 01")
    teams = [make_team(city, state="documents_ok") for _ in range(3)]
    page = visit("/screening", coordinator)
    page.get_by_label("Date and time").fill(f"{now + timedelta(days=9):%Y-%m-%dT10:00}")
    page.get_by_label("Place").fill("Citizens' Park")
    page.get_by_role("checkbox", name="Sample coordinator 01").check()
    page.get_by_label("Lead").select_option(label="Sample coordinator 01")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("10:00")
    assert ScreeningDay.get().stations.count() == 5
    page.get_by_label("Teams to put on").fill("3")
    page.get_by_role("button", name="Put on").click()
    expect(page.get_by_text("3 teams are on the day.").first).to_be_visible()
    assert {Team.get_by_id(team.id).state for team in teams} == {"test_booked"}
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Decide and close").click()
    expect(page.get_by_text("This day is closed.")).to_be_visible()
    assert {Team.get_by_id(team.id).state for team in teams} == {"documents_ok"}


@pytest.mark.slow
def test_the_closing_lists_who_is_still_open_and_what_they_lack(visit, city, now):
    at = make_day(city, candidates=2)
    check_in(at.day, 2, now=now)
    page = visit("/screening", at.coordinator, **PHONE)
    page.get_by_role("button", name="The day").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Decide and close").click()
    expect(page.get_by_text("Still open: 1")).to_be_visible()
    expect(page.get_by_text("missing: Heel, Wait and recall, People")).to_be_visible()
    assert [candidate(at.day, number).outcome for number in (1, 2)] == ["absent", None]


@pytest.mark.slow
def test_who_examines_no_day_is_told_so(visit, city):
    page = visit("/screening", make_person(city, "officer"))
    expect(page.get_by_text("No screening day")).to_be_visible()


def test_a_walker_sees_what_ends_when_and_puts_it_right(visit, city, now):
    today = now.date()
    team = make_team(city, active_until=today + timedelta(days=40), created_at=now)
    Dog.update(vaccinated_until=today + timedelta(days=5)).where(Dog.team == team).execute()
    make_shift(team, starts_at=now + timedelta(days=8))
    page = visit("/team", team.handler, **PHONE)
    clock = page.get_by_role("region", name="What keeps the team eligible")
    expect(clock).to_contain_text("days left: Bori's rabies vaccination.")
    expect(clock).to_contain_text("Shifts that would fall away")
    clock.get_by_text("Vaccinated again").click()
    clock.get_by_label("Valid until").fill(f"{today + timedelta(days=300)}")
    clock.get_by_role("button", name="Save").click()
    expect(clock).not_to_contain_text("days left")
    clock.get_by_role("button", name="Ask for another year").click()
    expect(clock).to_contain_text("Your renewal is being looked at.")
