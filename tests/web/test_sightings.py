"""The officer's live alerts, and the coordinators' share of them."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from patrol.sightings.models import Sighting
from patrol.sightings.operations.answering import acknowledge, resolve, respond
from tests.support.factories import LON, make_box, make_person
from tests.web.evening import PHONE, report


def test_a_new_sighting_appears_by_itself_and_is_said_to_a_screen_reader(visit, evening, now):
    page = visit("/alerts", evening.officer)
    expect(page.get_by_text("Nothing is open")).to_be_visible()
    expect(page.locator("#link")).to_have_text("Live")
    report(evening.walker, "E1", text="Two people are fighting", now=now)
    card = page.get_by_role("article", name="Violence or crime in progress")
    expect(card).to_contain_text("Two people are fighting")
    expect(card).to_contain_text("Immediate")
    expect(card.locator("[data-due]")).to_contain_text("Acknowledge by")
    expect(page.get_by_role("alert")).to_contain_text("New sighting, Immediate: Violence or crime in progress")
    expect(page).to_have_title("(1) Sightings · Companion-dog patrol")


def test_the_queue_stands_by_urgency_then_age(visit, evening, now):
    for kind, minutes in (("P3", 30), ("C3", 10), ("E1", 1), ("P1", 20)):
        report(evening.walker, kind, text=f"{kind} {minutes}", now=now - timedelta(minutes=minutes))
    page = visit("/alerts", evening.officer)
    expect(page.locator("#open .said")).to_have_text(["E1 1", "P1 20", "C3 10", "P3 30"])


@pytest.mark.slow
def test_what_is_resolved_stands_newest_first(visit, evening, now):
    for kind, minutes in (("P3", 1), ("E1", 30), ("P1", 20)):
        sighting = report(evening.walker, kind, text=f"{kind} {minutes}", now=now - timedelta(minutes=minutes))
        acknowledge(sighting, by=evening.officer.id, by_role="officer", expected=None, now=now)
        taken = Sighting.get_by_id(sighting.id)
        resolve(taken, outcome="no_action", note="", by=evening.officer.id, by_role="officer", expected=None, now=now)
    page = visit("/alerts", evening.officer)
    page.get_by_role("button", name="Resolved", exact=True).click()
    expect(page.locator("#resolved .said")).to_have_text(["P3 1", "P1 20", "E1 30"])


def test_an_officer_acknowledges_responds_and_resolves(visit, evening, now):
    sighting = report(evening.walker, "P1", now=now)
    page = visit("/alerts", evening.officer)
    card = page.get_by_role("article")
    card.get_by_role("button", name="Acknowledge").click()
    expect(card).to_contain_text("Acknowledged by Sample officer Kim")
    card.get_by_role("button", name="Responding").click()
    card.get_by_role("button", name="Resolve…").click()
    card.get_by_label("Outcome").select_option("no_action")
    card.get_by_label("A word to the reporter").fill("We had a look. Thank you.")
    card.get_by_role("button", name="Save as resolved").click()
    expect(page.get_by_text("Nothing is open")).to_be_visible()
    settled = Sighting.get_by_id(sighting.id)
    assert (settled.state, settled.outcome) == ("resolved", "no_action")
    page.get_by_role("button", name="Resolved", exact=True).click()
    expect(page.get_by_role("article")).to_contain_text("No action needed")


@pytest.mark.slow
def test_who_is_second_reads_who_was_first(visit, evening, now):
    sighting = report(evening.walker, "P1", now=now)
    page = visit("/alerts", evening.officer, expects=(409,))
    expect(page.get_by_role("button", name="Acknowledge")).to_be_visible()

    def colleague_first(route):
        acknowledge(sighting, by=evening.colleague.id, by_role="officer", now=now)
        route.continue_()

    page.route("**/acknowledge", colleague_first)
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("article").get_by_text("Sample officer Lee acknowledged this")).to_be_visible()
    expect(page.get_by_role("button", name="Responding")).to_be_visible()


def test_what_is_being_written_in_a_card_survives_news_of_it(visit, evening, now):
    sighting = report(evening.walker, "P1", now=now)
    acknowledge(sighting, by=evening.officer.id, by_role="officer", now=now)
    page = visit("/alerts", evening.officer)
    card = page.get_by_role("article")
    card.get_by_role("button", name="Resolve…").click()
    note = card.get_by_label("A word to the reporter")
    note.fill("We are on our way")
    respond(sighting, by=evening.colleague.id, by_role="officer", expected=None, now=now)
    expect(card.get_by_text("Responding", exact=True)).to_be_visible()
    expect(card.get_by_role("button", name="Responding")).to_have_count(0)
    expect(note).to_have_value("We are on our way")
    expect(note).to_be_focused()


def test_what_somebody_wrote_stays_text(visit, evening, now):
    report(evening.walker, "P1", text="<img src=x onerror=alert(1)><b>bold</b>", now=now)
    page = visit("/alerts", evening.officer)
    expect(page.locator(".said")).to_have_text("<img src=x onerror=alert(1)><b>bold</b>")
    expect(page.locator(".said b")).to_have_count(0)


@pytest.mark.slow
def test_the_place_opens_on_a_larger_map_and_closes_by_key(visit, evening, now):
    report(evening.walker, "P1", now=now)
    page = visit("/alerts", evening.officer, **PHONE)
    page.get_by_role("button", name="Show on a larger map").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("region", name="Suspicious, not in progress")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


@pytest.mark.slow
def test_an_officer_passes_one_on_by_hand_and_its_next_reader_reads_why_it_came(visit, evening, now):
    there = make_box(evening.city, "Jeonpo", lon=LON + 0.002)
    other = make_person(evening.city, "officer", box=there)
    report(evening.walker, "P1", text="By the fence", now=now)
    page = visit("/alerts", evening.officer, expects=(404,))  # the news of it is no longer theirs to read
    page.get_by_role("button", name="Pass on…").click()
    dialog = page.get_by_role("dialog", name="Pass on")
    expect(dialog.get_by_label("Which").locator("option")).to_have_count(2)
    dialog.get_by_label("To whom").select_option("coordinators")
    expect(dialog.get_by_label("Which")).to_be_hidden()
    dialog.get_by_label("To whom").select_option("box")
    dialog.get_by_label("Which").select_option(str(there.id))
    dialog.get_by_role("button", name="Pass on").click()
    expect(dialog.get_by_text("This is needed")).to_be_visible()
    dialog.get_by_label("Why").fill("Across the line")
    dialog.get_by_role("button", name="Pass on").click()
    expect(page.get_by_text("Nothing is open")).to_be_visible()
    card = visit("/alerts", other).get_by_role("article")
    card.get_by_text("Why did this come here?").click()
    expect(card).to_contain_text("by hand")
    card.get_by_text("What happened").click()
    expect(card).to_contain_text("Passed on · Across the line")


def test_coordinators_answer_what_is_sent_to_them_and_nothing_else(visit, evening, now):
    report(evening.walker, "C1", text="The lamp is out", now=now)
    report(evening.walker, "P1", text="For the police box", now=now)
    page = visit("/map", evening.coordinator)
    page.get_by_text("Sightings sent to coordinators").click()
    section = page.locator("#sightings-section")
    expect(section.locator(".said")).to_have_text(["The lamp is out"])
    section.get_by_role("button", name="Acknowledge").click()
    expect(section).to_contain_text(f"Acknowledged by {evening.coordinator.name}")
