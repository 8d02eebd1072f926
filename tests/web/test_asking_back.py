"""Asking a reporter back, what is the same, handing over: on the officers' page and the walker's."""

import pytest
from playwright.sync_api import expect

from patrol.people.operations.consents import give
from patrol.places.operations.cities import policy_of
from patrol.sightings.models import Corroboration
from patrol.sightings.operations.answering import acknowledge
from patrol.sightings.operations.asking_back import write
from tests.support.factories import make_person
from tests.web.evening import PHONE, report


def test_an_officer_asks_and_reads_the_answer_while_the_thread_is_open(visit, evening, now):
    sighting = report(evening.walker, "P1", now=now)
    page = visit("/alerts", evening.officer)
    page.get_by_role("button", name="Ask the reporter").click()
    dialog = page.get_by_role("dialog", name="Messages")
    dialog.get_by_label("Message").fill("Which side of the street?")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_text("Not read yet")).to_be_visible()
    expect(page.locator("#link")).to_have_text("Live")
    write(sighting, side="reporter", by=evening.walker.id, text="The north side.", now=now)
    expect(dialog.get_by_text("The north side.")).to_be_visible()
    expect(dialog).not_to_contain_text(evening.walker.name)


def test_a_walker_answers_shares_a_number_and_takes_it_back(visit, evening, now):
    sighting = report(evening.walker, "P1", now=now)
    give(evening.walker, "police", policy=policy_of(evening.city), now=now)
    write(sighting, side="answerer", by=evening.officer.id, text="Which side of the street?", now=now)
    page = visit("/walk", evening.walker, **PHONE)
    mine = page.get_by_role("region", name="My reports")
    mine.get_by_role("button", name="Messages 1 new").click()
    dialog = page.get_by_role("dialog", name="Messages")
    expect(dialog.get_by_text(evening.box.name)).to_be_visible()
    expect(dialog).not_to_contain_text(evening.officer.name)
    dialog.get_by_label("Message").fill("The north side.")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.locator(".mine")).to_contain_text("The north side.")
    dialog.get_by_role("button", name="Close").click()
    mine.get_by_role("button", name="Share my name and number").click()
    mine.get_by_role("button", name="Take my number back").click()
    expect(mine.get_by_role("button", name="Share my name and number")).to_be_visible()


@pytest.mark.slow
def test_an_officer_says_that_two_are_the_same_splits_them_and_hands_over(visit, evening, now):
    first = report(evening.walker, "E1", text="Two people fight", now=now)
    report(make_person(evening.city), "E1", text="A fight at the crossing", now=now)
    acknowledge(first, by=evening.officer.id, by_role="officer", now=now)
    page = visit("/alerts", evening.officer)
    page.get_by_role("button", name="The same", exact=True).click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("button", name="+1 saw the same").click()
    page.get_by_role("button", name="Split").click()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("article")).to_have_count(2)
    assert not Corroboration.select().where(Corroboration.first.is_null(is_null=False)).exists()
    page.get_by_role("button", name="Hand over…").click()
    dialog = page.get_by_role("dialog", name="Hand over")
    dialog.get_by_label("To whom").select_option(label=evening.colleague.name)
    dialog.get_by_label("What they should know").fill("They know each other")
    dialog.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text(f"Acknowledged by {evening.colleague.name}")).to_be_visible()
