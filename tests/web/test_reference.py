import pytest
from playwright.sync_api import Browser, expect

from tests.support.factories import site_of
from tests.support.serving import serving


@pytest.mark.slow
def test_the_apis_document_can_be_read_in_a_browser(database: str, browser: Browser):
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    with serving(site_of(database)) as address:
        page.goto(f"{address}/api/docs")
        expect(page.get_by_text("Companion-dog patrol").first).to_be_visible()
        page.goto(f"{address}/api/docs#/planning")  # it draws only what is in sight
        page.reload()
        expect(page.get_by_text("/api/v1/plan-runs", exact=True).first).to_be_visible()
    assert refused == []
    page.close()
