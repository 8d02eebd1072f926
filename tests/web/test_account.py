"""One's account: second step, contacts, password, devices; and a forgotten password."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from patrol.people.models import Factor, Person, Session
from patrol.people.operations.passwords import matches
from tests.support.factories import token_of
from tests.support.proofs import code_to, enrolled, has_password, shown_at
from tests.web.evening import PASSWORD, PHONE


@pytest.mark.slow
def test_every_role_finds_its_account_on_top(visit, evening):
    for person, path in ((evening.walker, "/walk"), (evening.coordinator, "/map"), (evening.officer, "/alerts")):
        page = visit(path, person)
        page.get_by_role("banner").get_by_role("link", name="My account").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("My account")


@pytest.mark.slow
def test_a_walker_sets_up_a_second_step_of_their_own_will(visit, evening):
    page = visit("/account", evening.walker, **PHONE)
    expect(page.locator("#factor-state")).to_have_text("Off")
    page.get_by_role("button", name="Set up an app").click()
    expect(page.locator("#qr")).to_be_visible()
    assert page.locator("#qr").evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    page.get_by_text("Cannot scan it?").click()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.locator("#first-code").get_by_label("Six-digit code").fill(shown_at(datetime.now(UTC), secret=secret))
    page.get_by_role("button", name="Check and turn on").click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("#factor-state")).to_have_text("On")
    expect(page.locator("#factor-words")).to_contain_text("Recovery codes left: 10")
    assert Factor.get().person_id == evening.walker.id


@pytest.mark.slow
def test_a_walker_who_tires_of_it_needs_a_code_to_be_rid_of_it(visit, evening):
    enrolled(evening.walker)
    page = visit("/account", evening.walker, expects=(422,))
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#wrong-code")).to_have_text("This is needed.")
    page.get_by_label("Present code").fill(shown_at(datetime.now(UTC)))
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#factor-state")).to_have_text("Off")


def test_a_contact_that_somebody_else_typed_is_confirmed_by_a_code(visit, evening):
    has_password(evening.walker, PASSWORD)
    Person.update(phone_confirmed_at=None).where(Person.id == evening.walker.id).execute()
    page = visit("/account", evening.walker, **PHONE)
    expect(page.locator("#phone")).to_contain_text("Not confirmed")
    page.get_by_role("button", name="Confirm by a code").click()
    page.locator("#contact").get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.locator("#contact-code")).to_be_visible()
    page.locator("#contact-code").get_by_label("Six-digit code").fill(code_to(evening.walker.phone))
    page.locator("#contact-code").get_by_role("button", name="Confirm").click()
    expect(page.locator("#phone")).not_to_contain_text("Not confirmed")
    assert Person.get_by_id(evening.walker.id).phone_confirmed


@pytest.mark.slow
def test_another_device_is_signed_out_and_then_all(visit, evening, now):
    for _ in range(3):
        token_of(evening.walker, now=now)
    page = visit("/account", evening.walker)
    expect(page.locator("#sessions li")).to_have_count(4)
    page.locator("#sessions").get_by_role("button", name="Sign out").first.click()
    expect(page.locator("#sessions li")).to_have_count(3)
    page.get_by_role("button", name="Sign out all others").click()
    expect(page.locator("#sessions li")).to_have_count(1)
    assert Session.select().where(Session.revoked_at.is_null()).count() == 1


def test_a_password_is_changed_and_a_weak_one_refused_at_its_field(visit, evening):
    has_password(evening.walker, PASSWORD)
    page = visit("/account", evening.walker, expects=(422,))
    page.get_by_text("Change password").click()
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("New password").fill("password123")
    page.get_by_role("button", name="Change it").click()
    expect(page.locator("#wrong-new")).to_contain_text("commonest passwords")
    page.get_by_label("New password").fill("seven unrelated words")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_text("Your password is changed.").first).to_be_visible()
    assert matches(Person.get_by_id(evening.walker.id).password_hash, "seven unrelated words", cost=(1, 8, 1))


@pytest.mark.slow
def test_a_mailbox_is_added_by_the_code_that_comes_there(visit, evening):
    has_password(evening.walker, PASSWORD)
    page = visit("/account", evening.walker)
    expect(page.locator("#email")).to_have_text("none")
    page.get_by_text("Add or change a contact").click()
    page.get_by_label("Number or e-mail address").fill("walker@example.org")
    page.locator("#contact").get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.locator("#contact-code").get_by_label("Six-digit code")).to_be_visible()
    code = page.locator("#contact-code").get_by_label("Six-digit code")
    expect(code).to_be_focused()
    code.fill(code_to("walker@example.org"))
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("#email")).to_have_text("walker@example.org")


def test_a_forgotten_password_is_set_anew_by_a_code(visit, evening):
    page = visit("/sign-in")
    page.get_by_role("link", name="I forgot my password").click()
    page.get_by_label("Phone number or e-mail").fill(evening.walker.phone)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Six-digit code")).to_be_visible()
    expect(page.get_by_label("Six-digit code")).to_be_focused()
    page.get_by_label("Six-digit code").fill(code_to(evening.walker.phone))
    page.get_by_label("New password").fill("seven unrelated words")
    page.get_by_role("button", name="Set the password").click()
    page.locator("#done").get_by_role("link", name="Sign in").click()
    page.get_by_label("Phone number or e-mail").fill(evening.walker.phone)
    page.get_by_label("Password").fill("seven unrelated words")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/walk$"))
