"""Admins run their staff and the rota; coordinators look at the rota."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app import create_app
from patrol.people.models import Role, RotaEntry, StaffStep
from tests.support.factories import make_box, make_duty, make_person, make_rota_entry, settings_of
from tests.support.serving import serving
from tests.web.evening import PHONE


@pytest.mark.slow
def test_an_officer_is_moved_to_another_box_with_a_reason(visit, evening):
    make_box(evening.city, "Jeonpo", lon=129.07)
    admin = make_person(evening.city, "admin")
    page = visit("/staff", admin)
    page.get_by_role("button", name="Change Sample officer Kim").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Remove Officer · Seomyeon").click()
    dialog.get_by_label("Role to add").select_option("officer")
    dialog.get_by_label("Where").select_option(label="Jeonpo (Busanjin)")
    dialog.get_by_role("button", name="Add").click()
    dialog.get_by_label("Child protection").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Say why")).to_be_visible()
    dialog.get_by_label("Why").fill("Moved at New Year.")
    dialog.get_by_role("button", name="Save").click()
    member = page.locator(".member", has_text="Sample officer Kim")
    expect(member).to_contain_text("Officer · Jeonpo")
    expect(member).to_contain_text("Child protection · now")
    assert Role.select().where((Role.person == evening.officer) & Role.ended_at.is_null()).count() == 1
    assert {step.action for step in StaffStep.select()} == {"change_role", "grant_duty"}
    member.get_by_role("button").click()
    page.get_by_role("dialog").get_by_text("History").click()
    expect(page.get_by_role("dialog")).to_contain_text("Roles changed: Officer · Jeonpo – Moved at New Year.")


def test_somebody_is_invited_and_the_link_is_shown_once(visit, evening):
    page = visit("/staff", make_person(evening.city, "admin"), **PHONE)
    page.get_by_role("button", name="Invite").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Sample officer 09")
    dialog.get_by_label("E-mail").fill("sample-09@example.org")
    dialog.get_by_label("Role").select_option("officer")
    dialog.get_by_role("button", name="Make the invitation").click()
    expect(page.get_by_label("Invitation link")).to_have_value(f"http://127.0.0.1:8000/join#{_token(page)}")
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".member", has_text="Sample officer 09")).to_contain_text("Invited")


class TestSending:
    @pytest.fixture
    def site(self, database):
        """A server that sends mail."""
        with serving(create_app(settings_of(database, smtp_url="smtps://mail.example.org"))) as address:
            yield address

    @pytest.mark.slow
    def test_where_mail_is_sent_the_link_is_shown_only_to_be_handed_over_instead(self, visit, evening):
        page = visit("/staff", make_person(evening.city, "admin"), **PHONE)
        page.get_by_role("button", name="Invite").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name").fill("Sample officer 09")
        dialog.get_by_label("E-mail").fill("sample-09@example.org")
        dialog.get_by_role("button", name="Make the invitation").click()
        expect(page.get_by_text("The invitation went out by e-mail")).to_be_visible()
        expect(page.get_by_label("Invitation link")).to_have_count(0)
        page.get_by_role("button", name="Hand over a link instead").click()
        expect(page.get_by_label("Invitation link")).to_have_value(re.compile("/join#.{43}$"))


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_was_saved_by_half_is_saved_whole_by_saving_again(visit, evening):
    page = visit("/staff", make_person(evening.city, "admin"))
    page.get_by_role("button", name="Change Sample officer Kim").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Role to add").select_option("coordinator")
    dialog.get_by_role("button", name="Add").click()
    dialog.get_by_label("Child protection").check()
    dialog.get_by_label("Why").fill("Moved at New Year.")
    page.route("**/duties", lambda route: route.abort(), times=1)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("cannot be reached")).to_be_visible()
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".member", has_text="Sample officer Kim")).to_contain_text("Child protection")


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_keyboard_goes_on_where_it_pressed(visit, evening):
    page = visit("/staff", evening.coordinator)
    week = page.locator(".rota-week strong")
    following = page.get_by_role("button", name="The next week")
    expect(week).not_to_be_empty()
    following.focus()
    for _ in range(2):
        before = week.text_content()
        page.keyboard.press("Enter")
        expect(week).not_to_have_text(before)
        expect(following).to_be_enabled()
        expect(following).to_be_focused()


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_the_rota_cannot_fetch_is_said(visit, evening):
    page = visit("/staff", make_person(evening.city, "admin"))
    page.get_by_role("button", name="Rota", exact=True).click()
    expect(page.locator(".rota-day").first).to_be_visible()
    page.route("**/duties", lambda route: route.abort())
    page.get_by_role("button", name="Put on call").click()
    expect(page.locator(".toast")).to_contain_text("cannot be reached")


def _token(page):
    return page.get_by_label("Invitation link").input_value().partition("#")[2]


@pytest.mark.slow
def test_a_gap_in_the_rota_is_seen_and_filled(visit, evening, now):
    for person in (evening.officer, evening.colleague):
        make_duty(person, "child_protection")
    make_rota_entry(evening.officer, "child_protection", now - timedelta(days=14), now - timedelta(days=8))
    page = visit("/staff", make_person(evening.city, "admin"))
    page.get_by_role("button", name="Rota", exact=True).click()
    expect(page.locator("#rota .note.bad")).to_contain_text("Nobody on call")
    page.get_by_role("button", name="The next week").click()
    page.locator("button.rota-gap").first.click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=person]").select_option(label="Sample officer Lee")
    for day in dialog.locator('[name="day"]').all():
        day.uncheck()
    dialog.locator('[name="day"]').last.check()
    dialog.get_by_label("From").fill("18:00")
    dialog.get_by_label("Until").fill("08:00")
    dialog.get_by_role("button", name="Put on call").click()
    expect(page.locator(".rota-entry", has_text="Sample officer Lee")).to_be_visible()
    entry = RotaEntry.get(RotaEntry.person == evening.colleague)
    assert entry.ends_at - entry.begins_at == timedelta(hours=14)
    page.locator(".rota-entry").click()
    page.get_by_role("button", name="Take off").click()
    expect(page.locator(".rota-entry")).to_have_count(0)


def test_a_coordinator_sees_the_rota_and_cannot_change_it(visit, evening, now):
    make_duty(evening.officer, "child_protection")
    make_rota_entry(evening.officer, "child_protection", now - timedelta(hours=1), now + timedelta(hours=1))
    page = visit("/staff", evening.coordinator)
    expect(page.locator(".rota-entry").first).to_contain_text("Sample officer Kim")
    expect(page.locator("#people, #invite, button.rota-gap")).to_have_count(0)
    expect(page.get_by_role("button", name="Put on call")).to_have_count(0)
