"""A coordinator starts a drill, an officer answers it, and the report shows it."""

from playwright.sync_api import expect


def test_a_drill_from_start_to_report(visit, evening):
    officer = visit("/alerts", evening.officer)
    expect(officer.locator("#link")).to_have_text("Live")
    page = visit("/staff", evening.coordinator)
    expect(page.get_by_text("There has been no drill yet.")).to_be_visible()
    page.get_by_role("button", name="Start a drill").click()
    expect(page.locator("[data-report]")).to_contain_text("0 of 1 boxes reached")
    expect(page.locator("[data-report]")).to_contain_text("Inbox 2 sent")
    expect(officer.locator("#calls")).to_contain_text("[Exercise]")
    officer.get_by_role("button", name="I am here").click()
    expect(officer.locator("#calls")).to_be_hidden()
    page.get_by_role("button", name="Refresh report").click()
    expect(page.locator("[data-report]")).to_contain_text("1 of 1 boxes reached")
