"""The walker's report sheet on a phone: photos, direction, drafts, and what the server refused."""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from patrol.planning.operations.publishing import publish
from patrol.sightings.models import Sighting, SightingPhoto
from tests.support.factories import consent_to
from tests.support.patrols import a_photo
from tests.web.evening import PHONE, Evening

PLACE = {"longitude": 129.0590, "latitude": 35.1530}
FILE = {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": a_photo(640, 480)}


pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def shift(evening: Evening, now: datetime) -> None:
    """The page offers reporting to who has a patrol tonight."""
    publish(evening.run, now=now)


@pytest.fixture
def phone(visit: Callable[..., Page], evening: Evening) -> Page:
    return visit("/walk", evening.walker, **PHONE, permissions=["geolocation"], geolocation=PLACE)


def begin(page, kind):
    page.get_by_role("button", name="Report", exact=True).click()
    page.locator(f"[data-kind={kind}]").click()


def mine(page):
    return page.get_by_role("region", name="My reports")


def test_a_report_with_photo_and_direction_reaches_the_officer(phone, visit, evening):
    consent_to(evening.walker, "photo")
    begin(phone, "P1")
    phone.get_by_label("What you see").fill("A door stands open")
    phone.get_by_label("Where it went").fill("north-east")
    phone.locator("input[type=file]").set_input_files(FILE)
    expect(phone.locator("dialog .photos img")).to_be_visible()
    phone.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    expect(mine(phone).get_by_role("button", name="Enlarge photo 1")).to_be_visible()
    kept = Sighting.get()
    assert (kept.direction, kept.accuracy_m is not None) == ("north-east", True)
    officer = visit("/alerts", evening.officer)
    card = officer.get_by_role("article")
    expect(card).to_contain_text("Went: north-east")
    card.get_by_role("button", name="Enlarge photo 1").click()
    whole = officer.get_by_role("dialog").locator("img")
    expect(whole).to_be_visible()
    assert whole.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640


@pytest.mark.slow
def test_drafts_wait_on_the_phone_to_be_edited_sent_or_discarded(phone):
    for text in ("One door", "Another door"):
        begin(phone, "P1")
        phone.get_by_label("What you see").fill(text)
        phone.get_by_role("button", name="Keep as a draft").click()
    phone.reload()
    expect(mine(phone).locator("[data-draft]")).to_have_count(2)
    assert Sighting.select().count() == 0
    phone.on("dialog", lambda asked: asked.accept())
    one = mine(phone).locator("[data-draft]", has_text="One door")
    one.get_by_role("button", name="Discard").click()
    mine(phone).get_by_role("button", name="Edit").click()
    phone.get_by_label("What you see").fill("Another door, now shut")
    phone.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    expect(mine(phone)).to_contain_text("Your sighting has arrived")
    expect(mine(phone).locator("[data-draft]")).to_have_count(0)
    assert Sighting.get().text == "Another door, now shut"


@pytest.mark.slow
def test_what_the_server_refuses_stays_as_a_draft_with_what_is_wrong(visit, evening):
    page = visit("/walk", evening.walker, expects=(422,), **PHONE, permissions=["geolocation"], geolocation=PLACE)
    begin(page, "P1")
    page.get_by_label("Where it went").fill("400")
    page.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    expect(mine(page).locator("[data-draft]")).to_contain_text("Not sent")
    assert Sighting.select().count() == 0
    mine(page).get_by_role("button", name="Edit").click()
    page.get_by_label("Where it went").fill("40")
    page.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    expect(mine(page)).to_contain_text("Your sighting has arrived")


@pytest.mark.slow
def test_a_photo_without_consent_is_kept_until_it_may_be_sent(visit, evening):
    page = visit("/walk", evening.walker, expects=(403,), **PHONE, permissions=["geolocation"], geolocation=PLACE)
    begin(page, "P1")
    page.locator("input[type=file]").set_input_files(FILE)
    expect(page.get_by_role("button", name="Agree, and send photos")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    expect(mine(page)).to_contain_text("Consent is needed first")
    consent_to(evening.walker, "photo")
    mine(page).get_by_role("button", name="Send again").click()
    expect(mine(page).get_by_role("button", name="Enlarge photo 1")).to_be_visible()
    assert SightingPhoto.select().count() == 1


@pytest.mark.slow
def test_a_draft_that_was_looked_at_and_closed_is_as_it_was(phone, evening):
    consent_to(evening.walker, "photo")
    begin(phone, "P1")
    phone.locator("input[type=file]").set_input_files(FILE)
    expect(phone.locator("dialog .photos img")).to_be_visible()
    phone.get_by_role("button", name="Keep as a draft").click()
    mine(phone).get_by_role("button", name="Edit").click()
    phone.get_by_role("button", name="Remove photo 1").click()
    phone.get_by_role("dialog").get_by_role("button", name="Close").click()
    mine(phone).get_by_role("button", name="Send", exact=True).click()
    expect(mine(phone).get_by_role("button", name="Enlarge photo 1")).to_be_visible()
