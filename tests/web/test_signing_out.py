"""Signing out leaves nothing of the person on the device, and takes nothing unsent with it unasked."""

import json
from uuid import uuid4

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from patrol.http.api import COOKIE
from patrol.sightings.models import Sighting
from tests.support.factories import LAT, LON, token_of

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
@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_being_sent_is_waited_for(visit, evening):
    page = visit("/walk", evening.walker, expects=(404,))
    held: list[Route] = []
    page.route("**/api/v1/walks/*/end", lambda route: held.append(route))  # noqa: PLW0108 - it takes no built-in
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    keep = "import('/static/outbox.js').then(({ keep }) => void keep('end', 'POST', '/walks/none/end', {}))"
    page.evaluate(keep)
    page.locator("#sign-out").click()
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    page.wait_for_url("**/")
    assert asked == []


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_kept_for_one_who_has_signed_in_anew_elsewhere_is_sent_by_a_page_of_that_sign_in(visit, evening, now):
    page = visit("/walk", evening.walker, expects=(403,))
    expect(page.locator("#link")).to_have_attribute("data-state", "live")
    anew = {"name": COOKIE, "value": token_of(evening.walker, now=now), "url": page.url}
    page.context.add_cookies([anew])
    body = {"kind": "P1", "text": "", "direction": "", "bite": False, "seen_at": now.isoformat(), "walk": None}
    place = {"lon": LON, "lat": LAT, "accuracy_m": None, "called_at": None}
    entry = ["sighting", "PUT", f"/sightings/{uuid4()}", body | place]
    with page.expect_navigation():
        page.evaluate("entry => import('/static/outbox.js').then(({ keep }) => void keep(...entry))", entry)
    expect(page.get_by_role("region", name="My reports")).to_contain_text("Your sighting has arrived")
    assert Sighting.select().count() == 1
