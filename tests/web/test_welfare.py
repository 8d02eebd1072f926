"""The dogs' gate in plain words: on the walker's phone before and during a walk, and beside the coordinators' plan."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app import create_app
from patrol import jobs
from patrol.planning.operations.publishing import publish
from patrol.planning.operations.snapshot import snapshot
from patrol.planning.operations.storing import note
from patrol.shifts.operations.answering import accept
from patrol.teams.rules import Weather
from patrol.walks.models import Walk
from tests.support.factories import LAT, LON, make_dog, make_team, settings_of
from tests.support.serving import serving
from tests.web.evening import PHONE

HERE = {"geolocation": {"longitude": LON, "latitude": LAT, "accuracy": 5}, "permissions": ["geolocation"]}


@pytest.fixture
def sky(tmp_path, now):
    """Say how warm it is from ten minutes ago on; the source of the weather."""
    file = tmp_path / "weather.csv"

    def is_(*readings):
        rows = [f"{(now + timedelta(minutes=at)).isoformat()},{celsius},no\n" for at, celsius in readings]
        file.write_text("at,temperature_c,sun\n" + "".join(rows), encoding="utf-8")
        return f"csv:{file}"

    return is_


@pytest.fixture
def site(database, sky):
    with serving(create_app(settings_of(database, weather=sky((-10, 20.0))))) as address:
        yield address


@pytest.fixture
def shift(evening, now):
    shift = publish(evening.run, now=now).shifts[0]
    return accept(shift, now=now)


@pytest.fixture
def phone(visit, evening):
    return lambda **options: visit("/walk", evening.walker, **PHONE, **HERE, **options)


def start(page: Page) -> None:
    page.get_by_label("The leash is at most 2 m").check()
    page.get_by_role("button", name="Start the walk").click()
    expect(page.get_by_role("button", name="End", exact=True)).to_be_visible()


@pytest.mark.slow
def test_a_dog_that_may_not_walk_now_is_named_with_the_time_from_which_it_may(phone, evening, shift, sky):
    make_dog(evening.team, name="몽이", brachycephalic=True)
    sky((-10, 30.0), (90, 20.0))
    page = phone()
    gate = page.locator("#gate")
    expect(gate).to_contain_text("몽이: no walk now")
    expect(gate).to_contain_text("Flat-faced")
    expect(gate).to_contain_text("You can walk from")
    expect(page.get_by_role("button", name="Start the walk")).to_be_disabled()


@pytest.mark.slow
def test_a_shortened_walk_says_how_long_and_by_when(phone, shift, sky):
    sky((-10, 28.0))
    page = phone()
    expect(page.locator("#gate")).to_contain_text("Bori: 10 minutes at most")
    start(page)
    expect(page.locator("#gate")).to_contain_text("Bori: be home by")


@pytest.mark.slow
def test_when_it_grows_too_hot_on_the_way_the_page_says_so(phone, evening, shift, sky, now):
    page = phone(language="ko")
    page.get_by_label("리드줄은 2m 이하").check()
    page.get_by_role("button", name="순찰 시작").click()
    expect(page.get_by_role("button", name="순찰 마치기")).to_be_visible()
    jobs.look_after_dogs(sky((-10, 34.0)), now)
    alert = page.locator("#gate[role=alert]")
    expect(alert).to_contain_text("Bori: 순찰을 마치고 집으로 돌아가 주세요", timeout=20_000)
    assert Walk.get().state == "walking"


@pytest.mark.slow
def test_the_plan_says_which_teams_stay_in_for_their_dogs_and_which_walks_are_over_time(  # noqa: PLR0917 - fixtures
    visit, phone, evening, shift, sky, now
):
    delicate = make_team(evening.city, name="Sample team two", created_at=now)
    make_dog(delicate, name="몽이", brachycephalic=True)
    for row in list(evening.team.availability):
        type(row).create(team=delicate, weekday=row.weekday, begins_min=row.begins_min, ends_min=row.ends_min)
    note(evening.run, snapshot(evening.run, weather=lambda _at: Weather(temperature_c=30.0, sun=False), now=now))
    start(phone())
    jobs.look_after_dogs(sky((-10, 34.0)), now)
    page = visit("/map", evening.coordinator)
    page.get_by_text("Teams kept in or cut short for their dogs").click()
    expect(page.locator("#gates")).to_contain_text("Sample team two")
    expect(page.locator("#gates")).to_contain_text("Kept in")
    expect(page.locator("#gates")).to_contain_text("몽이: it is too hot, a dog that heat is hard on")
    expect(page.locator("#flagged")).to_contain_text(f"{evening.team.code} Sample team one – Bori: it is too hot")
