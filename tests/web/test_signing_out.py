"""Signing out leaves nothing of the person on the device, and takes nothing unsent with it unasked."""

import json

from playwright.sync_api import Dialog, Page, expect

UNSENT = {"what": "sighting", "method": "PUT", "path": "/sightings/x", "body": {"text": "Behind the station."}}


def keys(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage)")


def leave_on_the_phone(page: Page, key: str, content: object) -> None:
    page.evaluate("([key, value]) => localStorage.setItem(key, value)", [key, json.dumps(content)])


def test_what_was_kept_for_the_person_goes_with_the_session_and_what_is_anothers_stays(visit, evening):
    walker = evening.walker
    page = visit("/walk", walker)
    leave_on_the_phone(page, f"patrol.track.{walker.id}", {"walk": "none", "positions": []})
    leave_on_the_phone(page, "patrol.outbox.of-somebody-else", [UNSENT])
    page.locator("#sign-out").click()
    page.wait_for_url("**/")
    assert keys(page) == ["patrol.outbox.of-somebody-else"]
    expect(page.locator("#sign-out")).to_have_count(0)


def test_what_is_not_sent_yet_is_deleted_only_when_the_person_says_so(visit, evening):
    walker = evening.walker
    page = visit("/walk", walker)
    leave_on_the_phone(page, f"patrol.outbox.{walker.id}", [UNSENT])
    page.context.set_offline(True)
    asked: list[str] = []

    def no(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", no)
    page.locator("#sign-out").click()
    expect(page.locator("#sign-out")).to_be_enabled()
    assert asked == ["Not yet sent: 1. Signing out removes it from this device. Sign out?"]
    assert keys(page) == [f"patrol.outbox.{walker.id}"]
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#sign-out").click()
    expect(page.locator(".toast")).to_contain_text("cannot be reached")
    assert keys(page) == []
