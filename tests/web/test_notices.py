"""An officer writes a notice; who walks near reads it until it is over."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from patrol.notices.models import Notice
from patrol.notices.operations import issue, withdraw
from patrol.walks.models import Walk
from tests.support.factories import LAT, LON, make_shift
from tests.web.evening import PHONE, report


def test_an_officer_writes_a_notice_by_map_and_withdraws_it(visit, evening, now):
    page = visit("/alerts", evening.officer)
    page.get_by_role("button", name="Tell the teams…").click()
    page.get_by_label("What to look for, in Korean").fill("빨간 외투를 입은 어르신")
    page.locator("#notice-form .map").click(position={"x": 120, "y": 100})
    page.get_by_role("button", name="Send the notice").click()
    notice = page.locator("#notices article")
    expect(notice).to_contain_text("빨간 외투를 입은 어르신")
    expect(notice).to_contain_text("0 told")
    assert Notice.get().kind == "missing_person"
    until = notice.locator(".quiet-text").first
    before = until.inner_text()
    notice.get_by_role("button", name="2 hours more").click()
    expect(until).not_to_have_text(before)  # until then the page knows the version before
    notice.get_by_role("button", name="Withdraw").click()
    expect(page.locator("#notices")).to_be_hidden()
    assert Notice.get().withdrawn_at
    page.get_by_role("button", name="Tell the teams…").click()
    expect(page.locator("#notice-form [data-place]")).to_have_text("–")
    page.get_by_role("button", name="Tell the teams…").click()
    seen = report(evening.walker, "E5", now=now)
    page.get_by_role("article").get_by_role("button", name="Tell teams near here…").click()
    expect(page.locator("#notice-form [data-place]")).to_have_text(f"{seen.lat:.5f}, {seen.lon:.5f}")


@pytest.mark.slow
def test_who_walks_near_reads_it_at_once_and_no_more_when_it_is_withdrawn_or_over(visit, evening, now):
    shift = make_shift(evening.team, evening.blocks[:2], starts_at=now, state="walking")
    Walk.create(
        city=evening.city,
        team=evening.team,
        shift=shift,
        id=shift.id,
        digest="0" * 64,
        gate={"verdict": "go", "most_min": 60, "reasons": [], "dogs": []},
        started_at=now,
        heard_at=now,
        created_at=now,
        last_lon=LON,
        last_lat=LAT,
        last_at=now,
    )
    page = visit("/walk", evening.walker, **PHONE)
    page.clock.install()
    expect(page.locator("#link")).to_have_text("Live")

    def write():
        return issue(
            evening.city,
            by=evening.officer.id,
            kind="missing_person",
            words={"ko": "빨간 외투를 입은 어르신", "en": "An elderly person in a red coat"},
            lon=LON,
            lat=LAT,
            radius_m=500.0,
            expires_at=now + timedelta(hours=2),
            now=now,
        )

    notice = write()
    expect(page.locator("#notices")).to_contain_text("An elderly person in a red coat")
    expect(page.locator("#notices")).to_contain_text("call 112 first")
    withdraw(notice, expected=None, now=now)
    expect(page.locator("#notices")).to_be_hidden()
    over = write()
    expect(page.locator("#notices")).to_contain_text("An elderly person in a red coat")
    Notice.update(expires_at=now - timedelta(seconds=1)).where(Notice.id == over.id).execute()
    page.clock.fast_forward("03:00:00")  # nobody tells the page: it knows when to look
    expect(page.locator("#notices")).to_be_hidden()
