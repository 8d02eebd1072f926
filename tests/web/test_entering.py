"""The ways in: landing, password, one-time link, invitation, registration."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from patrol.people.models import Consent, Person
from patrol.people.operations.accounts import invite
from patrol.people.operations.sessions import make_link
from patrol.teams.models import Availability, Team
from tests.support.factories import make_person
from tests.support.proofs import code_to, enrolled, has_password, other_than, shown_at
from tests.web.evening import PASSWORD, PHONE


def test_the_first_page_says_what_this_is_in_korean_with_english_beside_and_a_way_in(visit, evening):
    page = visit("/", language="ko")
    expect(page.get_by_role("heading", level=1)).to_contain_text("반려견과 걷는 길이")
    expect(page.locator(".beside")).to_contain_text("what they see reaches the police box")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("a walk counts")
    page.get_by_role("banner").get_by_role("link", name="Sign in").click()
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_a_password_and_the_apps_code_sign_in_and_lead_to_where_one_wanted_to_go(visit, evening):
    has_password(evening.coordinator, PASSWORD)
    enrolled(evening.coordinator)
    page = visit("/map", expects=(404, 422))
    page.get_by_label("Phone number or e-mail").fill(evening.coordinator.phone)
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.locator("[data-problem]")).to_have_text("Name and password do not go together.")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    code = page.get_by_label("Code, or a recovery code")
    expect(code).to_be_focused()
    expect(page.get_by_role("navigation", name="Main").get_by_role("link")).to_have_count(0)
    code.fill(other_than(shown_at(datetime.now(UTC))))
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.locator("#wrong-code")).to_contain_text("Not your app's present code")
    code.fill(shown_at(datetime.now(UTC)))
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Patrol plan")).to_be_visible()
    expect(page.locator("#link")).to_have_text("Live")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()


@pytest.mark.slow
def test_what_is_missing_is_said_at_the_field(visit, evening):
    page = visit("/sign-in")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    name = page.get_by_label("Phone number or e-mail")
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#wrong-name")).to_have_text("This is needed.")


def test_a_one_time_link_signs_in_once_and_leaves_its_token_nowhere(visit, evening, now):
    token = make_link(evening.officer, purpose="sign_in", lasting=timedelta(hours=1), now=now)
    page = visit(f"/enter#{token}")
    expect(page).to_have_url(re.compile("/alerts$"))
    again = visit(f"/enter#{token}", expects=(409,))
    expect(again.get_by_role("heading", level=1)).to_have_text("Not signed in")
    expect(again.locator("#state")).to_contain_text("ask for a new one")
    assert token not in again.url


def test_an_invitation_sets_the_first_password(visit, evening, now):
    _, invitation = invite(evening.city, name="Sample admin", email="admin@example.org", role="admin", now=now)
    page = visit(f"/join#{invitation.token}", language="ko")
    page.get_by_role("link", name="English").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same again").fill("something else")
    page.get_by_role("button", name="Set it and start").click()
    expect(page.locator("#wrong-again")).to_have_text("The two are not the same.")
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Set it and start").click()
    expect(page).to_have_url(re.compile("/account$"))
    expect(page.get_by_text("Staff accounts need a second step")).to_be_visible()
    page.goto("/map")
    expect(page).to_have_url(re.compile("/account"))
    page.get_by_role("button", name="Set up an app").click()
    page.get_by_text("Cannot scan it?").click()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("Six-digit code").fill(shown_at(datetime.now(UTC), secret=secret))
    page.get_by_role("button", name="Check and turn on").click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(re.compile("/map$"))


def test_a_walker_registers_with_a_dog_on_a_phone(visit, evening, now):
    page = visit("/register", expects=(422,), **PHONE)
    page.get_by_label("Name", exact=True).fill("Sample walker 77")
    page.get_by_label("Mobile number").fill("010-7777-7777")
    page.get_by_label("Date of birth").fill("1990-01-01")
    page.get_by_label("Password").fill(PASSWORD)
    for box in page.locator("[data-consent][required]").all():
        box.check()
    page.get_by_role("button", name="Send me a code").click()
    code = page.get_by_label("Six-digit code")
    expect(code).to_be_focused()
    code.fill(other_than(code_to("+821077777777")))
    page.get_by_role("button", name="Make the account").click()
    expect(page.locator("#wrong-code")).to_contain_text("The code is wrong or has run out")
    code.fill(" ".join(re.findall("...", code_to("+821077777777"))))
    page.route("**/api/v1/sessions", lambda route: route.abort(), times=1)
    page.get_by_role("button", name="Make the account").click()
    expect(page.locator("#confirm [data-problem]")).to_contain_text("cannot be reached")
    page.get_by_role("button", name="Make the account").click()
    page.get_by_label("Team name").fill("Sample team 77")
    page.get_by_role("group", name="Dog").get_by_label("Name", exact=True).fill("Bori")
    page.get_by_label("Registration number").fill("410000000000077")
    page.get_by_label("Breed", exact=True).fill("Jindo")
    page.get_by_label("Born on").fill("2022-05-01")
    page.get_by_label("Weight (kg)").fill("18")
    page.get_by_label("Rabies").fill((now + timedelta(days=300)).date().isoformat())
    page.locator("#door").click()
    expect(page.locator("#door-state")).to_have_text("Marked.")
    page.get_by_label("Fri").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#team")).to_contain_text("Papers are being looked at")
    person = Person.get(Person.name == "Sample walker 77")
    assert {consent.kind for consent in Consent.select().where(Consent.person == person)} == {"service", "location"}
    team = Team.get(Team.handler == person)
    assert [hours.weekday for hours in Availability.select().where(Availability.team == team)] == [4]


def test_a_consent_is_withdrawn_on_the_teams_page(visit, evening):
    page = visit("/team", evening.walker)
    page.get_by_label("My position is recorded").uncheck()
    expect(page.get_by_text("Saved.").first).to_be_visible()
    assert Consent.get((Consent.person == evening.walker) & (Consent.kind == "location")).revoked_at is not None


@pytest.mark.slow
def test_who_holds_two_roles_finds_both_pages_on_top(visit, evening):
    both = make_person(evening.city, "coordinator", "walker")
    page = visit("/walk", both)
    navigation = page.get_by_role("navigation", name="Main")
    expect(navigation.get_by_role("link")).to_have_text(
        ["Plan", "Teams", "Rota", "Screening", "Walk", "My team", "Inbox"]
    )
    expect(navigation.get_by_role("link", name="Walk")).to_have_attribute("aria-current", "page")
    expect(page.get_by_text("You have no team yet")).to_be_visible()
