"""Signing out leaves nothing of the person on the device, and takes nothing unsent with it unasked."""

import json

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

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


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nothing_else_of_the_page_is_heard_of_while_it_signs_out(visit, evening):
    page = visit("/walk", evening.walker)
    expect(page.locator("#link")).to_have_attribute("data-state", "live")
    held: list[Route] = []
    page.route("**/api/v1/notices*", lambda route: held.append(route))  # noqa: PLW0108 (a wrapper must have attributes)
    ask = "(path) => { import('/static/api.js').then(({ get }) => get(path)).catch(() => {}) }"

    def leave(route: Route) -> None:
        answer = route.fetch()  # from here on every other call would be answered 401
        for one in held:
            one.continue_()
        page.evaluate(ask, "/me")
        route.fulfill(response=answer)

    page.route("**/api/v1/sessions/*", leave)
    with page.expect_request("**/api/v1/notices*"):
        page.evaluate(ask, "/notices")
    page.locator("#sign-out").click()
    page.wait_for_url("**/")


def test_what_is_not_sent_yet_is_deleted_only_when_the_person_says_so(visit, evening):
    walker = evening.walker
    page = visit("/walk", walker)
    page.context.set_offline(True)  # first: the page sends what it finds at any time
    leave_on_the_phone(page, f"patrol.outbox.{walker.id}", [UNSENT])
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
