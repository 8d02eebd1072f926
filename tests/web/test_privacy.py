"""Everybody's page of their privacy: consents, who viewed them, a copy, the end of the account."""

import zipfile

import msgspec
import pytest
from playwright.sync_api import expect

from config.policy import dump
from patrol.people.models import Consent, Person
from patrol.people.operations.audit import note_read
from patrol.places.models import City
from patrol.places.operations.cities import policy_of
from tests.support.factories import consent_to
from tests.support.proofs import has_password
from tests.web.evening import PASSWORD, PHONE


def consent(page, text):
    return page.locator("#consents li", has_text=text)


def test_a_consent_is_given_and_withdrawn_knowing_what_ends_with_it(visit, evening):
    page = visit("/privacy", evening.walker, **PHONE)
    police = consent(page, "shared with the police")
    expect(police).to_contain_text("Not given")
    police.get_by_role("button", name="Agree").click()
    expect(police).to_contain_text("Since")
    location = consent(page, "My position")
    location.get_by_role("button", name="Withdraw").click()
    expect(location).to_contain_text("all your tracks are deleted")
    location.get_by_role("button", name="Keep it").click()
    expect(location).not_to_contain_text("all your tracks are deleted")
    location.get_by_role("button", name="Withdraw").click()
    location.get_by_role("button", name="Withdraw").click()
    expect(location).to_contain_text("Not given")
    standing = Consent.select().where((Consent.person == evening.walker) & Consent.revoked_at.is_null())
    assert {row.kind for row in standing} == {"service", "police"}


def newer(city):
    """The city's policy with another text of the consent to location."""
    policy = policy_of(city)
    asked = tuple(msgspec.structs.replace(one, version=2) if one.kind == "location" else one for one in policy.consents)
    City.update(policy=dump(msgspec.structs.replace(policy, consents=asked))).where(City.id == city.id).execute()


@pytest.mark.slow
def test_a_new_text_is_asked_for_again_where_the_walk_begins(visit, evening):
    newer(evening.city)
    page = visit("/walk", evening.walker, **PHONE)
    expect(page.locator(".note.warn").first).to_contain_text("A walk starts once these consents are given")
    page.get_by_role("link", name="Read and give them").click()
    location = consent(page, "My position")
    expect(location).to_contain_text("To be renewed")
    location.get_by_role("button", name="Agree").click()
    expect(location).to_contain_text("Given")
    page.goto("/walk")
    expect(page.get_by_text("A walk starts once these consents are given")).to_have_count(0)


def test_who_viewed_me_is_told_by_role_office_and_purpose_page_by_page(visit, evening, now):
    for _ in range(25):
        note_read(
            city=evening.city.id,
            reader=evening.officer.id,
            subjects=[evening.walker.id],
            what="last_position",
            purpose="safety",
            now=now,
        )
    page = visit("/privacy", evening.walker)
    reads = page.locator("#reads li")
    expect(reads).to_have_count(20)
    expect(reads.first).to_contain_text("Officer · Seomyeon")
    expect(reads.first).to_contain_text("last position on a walk")
    expect(reads.first).to_contain_text("For looking after somebody")
    assert evening.officer.name not in page.content()
    page.get_by_role("button", name="Show more").click()
    expect(reads).to_have_count(25)
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()


@pytest.mark.slow
def test_whom_nobody_viewed_is_told_so(visit, evening):
    page = visit("/privacy", evening.officer)
    expect(page.get_by_text("Nobody has so far.")).to_be_visible()


def test_a_copy_of_everything_is_downloaded(visit, evening):
    page = visit("/privacy", evening.walker)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the ZIP").click()
    assert waiting.value.suggested_filename == "patrol-my-data.zip"
    with zipfile.ZipFile(waiting.value.path()) as bundle:
        assert evening.walker.name in bundle.read("index.html").decode()


def test_the_account_is_erased_with_the_password_and_only_with_it(visit, evening):
    has_password(evening.walker, PASSWORD)
    page = visit("/privacy", evening.walker, expects=(422, 401), **PHONE)
    page.evaluate("key => localStorage.setItem(key, '{}')", f"patrol.track.{evening.walker.id}")
    page.get_by_text("To erase it").click()
    erase = page.get_by_role("button", name="Erase my account")
    page.get_by_label("Password").fill("not my password")
    erase.click()
    expect(page.locator("#erase .wrong")).to_have_text("This is needed.")
    page.get_by_label("I know that this cannot be undone.").check()
    erase.click()
    expect(page.locator("#erase .wrong")).to_have_text("Not your present password.")
    page.get_by_label("Password").fill(PASSWORD)
    erase.click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert Person.get_or_none(Person.id == evening.walker.id) is None
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize("who", ["walker", "coordinator", "officer"])
@pytest.mark.slow
def test_everybody_finds_it_from_their_account(visit, evening, who):
    consent_to(getattr(evening, who), "service")
    page = visit("/account", getattr(evening, who))
    page.get_by_role("region", name="My privacy").get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My privacy")
