"""The coordinators' page of teams and applicants."""

from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import expect

from config.database import transaction
from patrol.people.models import AccessEntry
from patrol.places.operations.cities import zone_of
from patrol.teams.models import Candidate, Dog, PracticalTest, ScreeningDay, Team, TeamNote
from patrol.teams.operations.disputes import dispute
from tests.support.factories import make_dog, make_person, make_team
from tests.support.screening import make_day
from tests.support.spreadsheets import a_row, csv_of
from tests.web.evening import PHONE


@pytest.fixture
def coordinator(city):
    return make_person(city, "coordinator", name="Sample coordinator 01")


def applied(city, now, days, **given):
    then = now - timedelta(days=days)
    return make_team(city, **{"state": "applied", "created_at": then, "waiting_since": then, **given})


def row(page, team):
    return page.locator(f'[data-id="{team.id}"]')


def test_the_longest_waiting_stand_first_with_what_they_wait_for(visit, city, coordinator, now):
    applied(city, now, 2, name="Lately")
    invited = make_person(city, state="invited")
    old = applied(city, now, 12, name="Long ago", handler=invited, door_lon=None, door_lat=None)
    page = visit("/applicants", coordinator)
    expect(page.locator("#teams strong")).to_have_text(["Long ago", "Lately"])
    expect(row(page, old)).to_contain_text("handler: to accept the invitation, consents, the door")
    expect(row(page, old)).to_contain_text("12 days")


def test_papers_of_many_are_accepted_at_once(visit, city, coordinator, now):
    teams = [applied(city, now, days) for days in (3, 5)]
    page = visit("/applicants", coordinator)
    for team in teams:
        row(page, team).get_by_role("checkbox").check()
    page.get_by_role("button", name="Accept papers").click()
    expect(page.get_by_text("Papers of 2 teams accepted.").first).to_be_visible()
    expect(page.get_by_text("No team here")).to_be_visible()
    assert {team.state for team in Team.select()} == {"documents_ok"}


@pytest.mark.slow
def test_papers_are_sent_back_with_a_quick_reason(visit, city, coordinator, now):
    team = applied(city, now, 3)
    page = visit("/applicants", coordinator)
    row(page, team).get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Proof of the rabies").click()
    dialog.get_by_role("button", name="Ask for more").click()
    expect(dialog).to_contain_text("handler: papers to be mended")
    expect(row(page, team)).to_contain_text("papers to be mended")


@pytest.mark.slow
def test_a_note_is_left_and_pinned(visit, city, coordinator, now):
    team = applied(city, now, 3)
    page = visit("/applicants", coordinator)
    row(page, team).get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("A new note").fill("Called back on Monday.")
    dialog.get_by_label("Pin in the list").check()
    dialog.get_by_role("button", name="Add the note").click()
    expect(dialog.locator(".said")).to_have_text("Called back on Monday.")
    expect(dialog).to_contain_text("Sample coordinator 01")
    assert TeamNote.get().pinned


def test_a_contact_is_shown_when_asked_for_and_that_is_logged(visit, city, coordinator, now):
    team = applied(city, now, 3)
    page = visit("/applicants", coordinator)
    row(page, team).get_by_role("button").click()
    page.get_by_role("button", name="Show contact").click()
    expect(page.get_by_role("dialog")).to_contain_text("010-")
    assert AccessEntry.select().where(AccessEntry.what == "contact").count() == 1


def test_a_roster_is_looked_through_then_brought_in(visit, city, coordinator):
    page = visit("/applicants", coordinator)
    page.get_by_role("button", name="Import a roster").click()
    content = csv_of(a_row(이름="Sample newcomer"), a_row(몸무게="heavy"))
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "roster.csv", "mimeType": "text/csv", "buffer": content}
    )
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Row 3, 몸무게: must be a number")
    assert Team.select().count() == 0
    dialog.get_by_role("button", name="Import the 1 that are right").click()
    expect(dialog.get_by_label("Invitations")).to_be_visible()
    assert "/join#" in dialog.get_by_label("Invitations").input_value()
    assert Team.get().state == "applied"


def test_a_file_goes_out_with_a_reason_alone(visit, city, coordinator, now):
    team = applied(city, now, 3, name="In the file")
    page = visit("/applicants", coordinator)
    page.get_by_role("button", name="Export a file").click()
    page.get_by_role("button", name="Get the CSV").click()
    expect(page.get_by_text("This is needed.")).to_be_visible()
    page.get_by_label("What it is for").fill("Phoning applicants about the test")
    with page.expect_download() as had:
        page.get_by_role("button", name="Get the CSV").click()
    assert "In the file" in had.value.path().read_text(encoding="utf-8-sig")
    entry = AccessEntry.get(AccessEntry.what == "roster_file")
    assert (entry.subject, entry.purpose) == (team.handler_id, "Phoning applicants about the test")


@pytest.mark.slow
def test_it_works_on_a_phone_in_korean(visit, city, coordinator, now):
    applied(city, now, 3, name="보리네")
    page = visit("/applicants", coordinator, language="ko", **PHONE)
    expect(page.get_by_role("heading", name="팀과 신청자")).to_be_visible()
    expect(page.locator("#teams")).to_contain_text("코디네이터: 서류 확인")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_placeholder("이름, 팀, 반려견, 번호 끝 4자리").fill("없는 팀")
    expect(page.get_by_text("해당하는 팀이 없습니다")).to_be_visible()


@pytest.mark.slow
def test_it_is_for_coordinators_and_admins(visit, city):
    visit("/applicants", make_person(city), expects=(403,))
    page = visit("/applicants", make_person(city, "admin"))
    expect(page.get_by_role("link", name="Teams")).to_have_attribute("aria-current", "page")


def test_a_handler_who_was_brought_in_consents_and_says_where_walks_begin(visit, city, now):
    team = applied(city, now, 1, handler=make_person(city), door_lon=None, door_lat=None)
    page = visit("/team", team.handler, expects=(403, 409))  # 409: a city without streets
    state = page.get_by_role("button", name="State where walks begin")
    state.click()
    expect(page.get_by_text("Tap the map to say where walks begin.")).to_be_visible()
    page.locator("#own-door").click(position={"x": 150, "y": 130})
    state.click()
    expect(page.locator("#state-door [data-problem]")).to_contain_text("Consent is needed first")
    for number in range(2):
        with page.expect_response("**/me/consents/*"):
            page.locator("#consents label", has_text="needed to walk").nth(number).click()
    state.click()
    expect(page.locator("#state-door")).to_be_hidden()
    assert Team.get_by_id(team.id).door_lon is not None


@pytest.mark.slow
def test_whose_a_disputed_dog_is_is_decided(visit, city, coordinator, now):
    holder, claimant = applied(city, now, 3, code="T-9001"), applied(city, now, 2, code="T-9002")
    held = make_dog(holder, registration_no="410000000000555")
    claim = make_dog(claimant, registration_no="410000000000555", disputed_at=now)
    with transaction():
        dispute(held, claim, now=now)
    page = visit("/applicants", coordinator)
    row(page, claimant).get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("T-9001 had it first, T-9002 claims it too.")
    dialog.get_by_role("button", name="The dog is T-9002's").click()
    expect(page.get_by_text("Decided; both handlers are told.").first).to_be_visible()
    assert Dog.get(Dog.registration_no == "410000000000555").team_id == claimant.id


@pytest.mark.slow
def test_a_team_is_booked_onto_a_screening_day(visit, city, coordinator, now):
    make_day(city)
    ScreeningDay.update(begins_at=now + timedelta(days=7)).execute()
    team = applied(city, now, 3, state="documents_ok")
    page = visit("/applicants", coordinator)
    page.get_by_role("button", name="Test", exact=True).click()
    row(page, team).get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Screening day")).to_contain_text("Citizens' Park")
    dialog.get_by_role("button", name="Book onto it").click()
    expect(page.get_by_text("Booked as number 1.").first).to_be_visible()
    expect(row(page, team)).to_contain_text("examiners: the test")
    assert Candidate.get().team_id == team.id


@pytest.mark.slow
def test_a_test_is_booked_for_the_hour_of_the_city_wherever_its_coordinator_is(visit, city, coordinator, now):
    team = applied(city, now, 3, state="documents_ok")
    page = visit("/applicants", coordinator, timezone_id="Asia/Kathmandu")
    page.get_by_role("button", name="Test", exact=True).click()
    row(page, team).get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    day = (now + timedelta(days=7)).date()
    dialog.get_by_label("Day and time").fill(f"{day}T14:30")
    dialog.get_by_role("button", name="Book the test").click()
    expect(row(page, team)).to_contain_text("examiners: the test")
    assert PracticalTest.get().booked_for == datetime.combine(day, time(14, 30), tzinfo=zone_of(city))


@pytest.mark.slow
def test_on_its_last_day_a_vaccination_still_holds(visit, city, coordinator, now):
    team = applied(city, now, 3)
    today = now.astimezone(zone_of(city)).date()
    make_dog(team, name="Holds", vaccinated_until=today)
    make_dog(team, name="Over", vaccinated_until=today - timedelta(days=1))
    page = visit("/applicants", coordinator)
    page.clock.set_fixed_time(datetime.combine(today, time(23, 30), tzinfo=zone_of(city)))
    row(page, team).get_by_role("button").click()
    expect(page.get_by_role("dialog").locator("li", has_text="Over").locator(".warned")).to_have_count(1)
    expect(page.get_by_role("dialog").locator("li", has_text="Holds").locator(".warned")).to_have_count(0)
