"""A sighting's life: taken by one, answered, and told to its reporter step by step."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patrol.alerts.operations import TakenAlready
from patrol.alerts.operations.reading import alerts_of
from patrol.errors import Conflict
from patrol.sightings import rules
from patrol.sightings.models import Sighting, SightingStep
from patrol.sightings.operations import answering
from patrol.sightings.operations.personal import coarsen_ended
from tests.support.factories import LAT, NOW, Time, bearer, client_of, make_box, make_city, make_person
from tests.support.patrols import API, act, ask, at_once, inbox, listed, reported, stream
from tests.support.queries import Meanwhile

WAY_TO = {
    "alerted": [],
    "acknowledged": ["acknowledge"],
    "responding": ["acknowledge", "respond"],
    "resolved": ["acknowledge", "resolve"],
    "reopened": ["acknowledge", "resolve", "reopen"],
}
CONTENT = {"resolve": {"outcome": "fixed"}, "reopen": {"reason": "Still open."}}


@pytest.fixture
def town(database):
    city = make_city()
    box = make_box(city)
    time = Time()
    officers = [make_person(city, "officer", box=box, name=f"Sample officer {letter}") for letter in "AB"]
    return make_person(city), *officers, client_of(database, clock=time), time


def take(client, walker, officer, sighting, action):
    person = walker if action == "reopen" else officer
    return act(client, person, sighting, action, **CONTENT.get(action, {}))


def brought_to(state, client, walker, officer):
    sighting = reported(client, walker)
    for action in WAY_TO[state]:
        assert take(client, walker, officer, sighting, action).status_code == 200
    return sighting


@pytest.mark.parametrize(
    ("state", "action"), list(product(rules.STATES, ("acknowledge", "respond", "resolve", "reopen"))), ids="-".join
)
def test_each_action_is_taken_in_the_states_of_the_table_and_in_no_other(town, state, action):
    walker, officer, _, client, _ = town
    sighting = brought_to(state, client, walker, officer)
    before = ask(client, officer, f"/sightings/{sighting}").json
    answer = take(client, walker, officer, sighting, action)
    after = ask(client, officer, f"/sightings/{sighting}").json
    if action in rules.NEXT[state]:
        assert (answer.status_code, after["state"]) == (200, rules.NEXT[state][action])
        assert after["version"] == before["version"] + 1
    else:
        repeated = action == "acknowledge" and state in ("acknowledged", "responding")
        assert answer.status_code == (200 if repeated else 409)
        assert after == before


def test_of_two_acknowledging_at_once_one_has_it_and_the_other_is_told_by_whom_and_when(town):
    walker, one, other, client, _ = town
    sighting = reported(client, walker)
    app = client.application
    answers = at_once(*[lambda who=who: act(app.test_client(), who, sighting, "acknowledge") for who in (one, other)])
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 409)
    assert lost.json["type"] == "/problems/taken-already"
    assert lost.json["detail"] == f"{won.json['acknowledged_by']} acknowledged this at 19:30:00 already."
    assert len([message for message in inbox(walker) if "read" in message.words["en"]["body"]]) == 1


def test_acknowledging_twice_is_acknowledging_once(town):
    walker, officer, _, client, time = town
    sighting = reported(client, walker)
    first = act(client, officer, sighting, "acknowledge")
    time.passes(minutes=1)
    assert act(client, officer, sighting, "acknowledge").json == first.json


def test_a_colleague_may_answer_what_another_acknowledged(town):
    walker, one, other, client, _ = town
    sighting = brought_to("acknowledged", client, walker, one)
    answer = act(client, other, sighting, "resolve", outcome="no_action", note="All quiet.")
    assert (answer.json["state"], answer.json["outcome"]) == ("resolved", "no_action")
    assert answer.json["acknowledged_by"] == one.name


@pytest.mark.parametrize("action", ["respond", "resolve", "reopen"])
def test_who_has_not_seen_the_last_step_is_told_so(town, action):
    walker, officer, _, client, _ = town
    state = "resolved" if action == "reopen" else "acknowledged"
    sighting = brought_to(state, client, walker, officer)
    person = walker if action == "reopen" else officer
    answers = [
        client.post(
            f"{API}/sightings/{sighting}/{action}",
            json=CONTENT.get(action),
            headers={**bearer(person), "If-Match": f'"{version}"'},
        ).status_code
        for version in (1, len(WAY_TO[state]) + 1)
    ]
    assert answers == [412, 200]


def test_the_answer_carries_the_version_as_its_etag(town):
    walker, officer, _, client, _ = town
    sighting = reported(client, walker)
    assert ask(client, officer, f"/sightings/{sighting}").headers["ETag"] == '"1"'
    assert act(client, officer, sighting, "acknowledge").headers["ETag"] == '"2"'


def test_every_step_comes_back_to_the_reporter_in_the_inbox_and_on_the_stream(town):
    walker, officer, _, client, time = town
    sighting = reported(client, walker)
    for action in ("acknowledge", "respond", "resolve", "reopen"):
        time.passes(minutes=1)
        take(client, walker, officer, sighting, action)
    said = [message.words["en"]["body"] for message in inbox(walker)]
    shown = ask(client, walker, f"/sightings/{sighting}").json
    assert said == [receipt["text"]["en"] for receipt in shown["receipts"]]
    assert len(set(said)) == 5
    states = ["alerted", "acknowledged", "responding", "resolved", "reopened"]
    assert stream(walker, "receipt") == [{"id": sighting, "state": state} for state in states]
    assert [event["state"] for event in stream(officer, "sighting")] == states
    assert {message.kind for message in inbox(walker)} == {"receipt"}


def test_fixed_and_closed_without_being_fixed_are_said_apart():
    said = [rules.receipt("resolve", outcome) for outcome in rules.OUTCOMES]
    assert rules.receipt("resolve", "fixed") == {"ko": "해결되었습니다.", "en": "Fixed."}
    assert "not fixed" in rules.receipt("resolve", "closed_unfixed")["en"]
    assert "해결되지 않은" in rules.receipt("resolve", "closed_unfixed")["ko"]
    assert len({words["ko"] for words in said}) == len({words["en"] for words in said}) == len(rules.OUTCOMES)


def test_no_receipt_says_that_somebody_was_sent():
    said = [rules.receipt(action, None) for action in rules.RECEIPTS]
    assert not [words for words in said if "dispatch" in words["en"] or "출동" in words["ko"]]


def test_the_reporter_reads_the_note_and_the_officer_the_reason(town):
    walker, officer, _, client, _ = town
    sighting = brought_to("acknowledged", client, walker, officer)
    act(client, officer, sighting, "resolve", outcome="closed_unfixed", note="The owner must mend it.")
    act(client, walker, sighting, "reopen", reason="It is worse now.")
    receipts = ask(client, walker, f"/sightings/{sighting}").json["receipts"]
    steps = ask(client, officer, f"/sightings/{sighting}").json["steps"]
    assert receipts[2]["note"] == "The owner must mend it."
    assert (steps[3]["action"], steps[3]["note"], steps[3]["by_role"]) == ("reopen", "It is worse now.", "reporter")


def test_opened_again_it_alerts_those_who_had_it_and_is_due_anew(town):
    walker, officer, _, client, time = town
    sighting = brought_to("resolved", client, walker, officer)
    newcomer = make_person(walker.city, "officer", box=Sighting.get().box)
    time.passes(hours=1)
    answer = act(client, walker, sighting, "reopen", reason="Still open.")
    assert answer.json["due_at"] == (NOW + timedelta(minutes=90)).isoformat()
    assert (answer.json["outcome"], answer.json["acknowledged_at"]) == (None, None)
    assert [len(inbox(person)) for person in (officer, newcomer)] == [2, 1]
    assert act(client, newcomer, sighting, "acknowledge").status_code == 200


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_opened_again_while_it_is_coarsened_it_keeps_what_it_says(town):
    walker, officer, _, client, _ = town
    sighting = Sighting.get_by_id(brought_to("resolved", client, walker, officer))

    def open_again():
        answering.reopen(sighting, reason="Still open.", by=walker.id, expected=None, now=NOW)

    with Meanwhile('UPDATE "sighting"', open_again):
        assert coarsen_ended(walker.city, before=NOW + timedelta(days=1), now=NOW) == 0
    now = Sighting.get_by_id(sighting.id)
    assert (now.state, now.text, now.coarsened_at) == ("reopened", sighting.text, None)


def test_opening_again_needs_a_reason(town):
    walker, officer, _, client, _ = town
    sighting = brought_to("resolved", client, walker, officer)
    assert act(client, walker, sighting, "reopen", reason=" ").json["errors"][0]["pointer"] == "/reason"


def test_only_its_reporter_opens_a_sighting_again(town):
    walker, officer, _, client, _ = town
    sighting = brought_to("resolved", client, walker, officer)
    other_walker = make_person(walker.city)
    colleague = make_person(walker.city, "officer", "walker", box=Sighting.get().box)
    assert act(client, other_walker, sighting, "reopen", reason="Mine.").status_code == 404
    assert act(client, colleague, sighting, "reopen", reason="Mine.").status_code == 403


def test_an_unknown_outcome_is_refused(town):
    walker, officer, _, client, _ = town
    sighting = brought_to("acknowledged", client, walker, officer)
    answer = act(client, officer, sighting, "resolve", outcome="forgotten")
    assert answer.json["errors"][0]["pointer"] == "/outcome"


def test_it_is_overdue_when_nobody_took_it_in_time(town):
    walker, officer, _, client, time = town
    sighting = reported(client, walker)
    seen = []
    for _ in range(2):
        seen.append(ask(client, officer, f"/sightings/{sighting}").json["overdue"])
        time.passes(minutes=31)
    act(client, officer, sighting, "acknowledge")
    assert [*seen, ask(client, officer, f"/sightings/{sighting}").json["overdue"]] == [False, True, False]


def test_what_is_resolved_is_listed_newest_first_whatever_its_urgency(town):
    walker, officer, _, client, time = town
    sent = []
    for number, kind in enumerate(["E1", "P3", "P1"]):
        sent.append(reported(client, walker, kind=kind, lat=LAT + number * 0.001))
        for action in ("acknowledge", "resolve"):
            take(client, walker, officer, sent[-1], action)
        time.passes(minutes=1)
    assert listed(client, officer, "?state=resolved") == sent[::-1]
    first = ask(client, officer, "/sightings?state=resolved&limit=2").json
    rest = ask(client, officer, f"/sightings?state=resolved&limit=2&cursor={first['next']}").json
    assert [item["id"] for item in first["items"] + rest["items"]] == sent[::-1]


def test_the_queue_is_by_urgency_then_age_and_leaves_out_the_resolved(town):
    walker, officer, _, client, time = town
    kinds = ["P3", "P1", "E1", "P1", "E1"]
    sent = []
    for number, kind in enumerate(kinds):
        sent.append(reported(client, walker, kind=kind, lat=LAT + number * 0.001))
        time.passes(minutes=1)
    done = reported(client, walker, kind="E1")
    for action in ("acknowledge", "resolve"):
        take(client, walker, officer, done, action)
    expected = [sent[2], sent[4], sent[1], sent[3], sent[0]]
    assert listed(client, officer) == expected
    page = ask(client, officer, "/sightings?limit=3").json
    rest = ask(client, officer, f"/sightings?limit=3&cursor={page['next']}").json
    assert [item["id"] for item in page["items"] + rest["items"]] == expected
    assert listed(client, officer, "?state=resolved") == [done]
    assert listed(client, officer, "?state=acknowledged") == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tries=st.lists(
        st.tuples(st.sampled_from(["acknowledge", "respond", "resolve", "reopen"]), st.integers(0, 1), st.booleans()),
        max_size=12,
    )
)
def test_however_people_act_sighting_alert_steps_and_receipts_agree(town, tries):
    walker, *officers, client, _ = town
    sighting_id = reported(client, walker, kind="L1")  # of a kind that is never taken for another's
    state, version, holder = "alerted", 1, None
    for number, (action, who, knows) in enumerate(tries):
        by = officers[who].id
        refused = attempt(
            action,
            sighting_id,
            by=by,
            walker=walker.id,
            expected=version if knows else None,
            at=NOW + timedelta(seconds=number),
        )
        if action in rules.NEXT[state]:
            assert refused is None
            state, version = rules.NEXT[state][action], version + 1
            holder = by if action == "acknowledge" else None if action == "reopen" else holder
        elif action == "acknowledge" and state != "resolved":
            assert isinstance(refused, TakenAlready) == (by != holder)
        else:
            assert isinstance(refused, Conflict)
    row = Sighting.get_by_id(sighting_id)
    alert = alerts_of([row.id])[row.id]
    assert (row.state, row.version, row.outcome is None) == (state, version, state != "resolved")
    assert alert.acknowledged_by_id == holder
    assert alert.state == {"alerted": "open", "reopened": "open", "resolved": "settled"}.get(state, "acknowledged")
    steps = list(SightingStep.select().where(SightingStep.sighting == row).order_by(SightingStep.version))
    assert [step.version for step in steps] == list(range(1, version + 1))
    assert len([message for message in inbox(walker) if message.subject == row.id]) == version


def attempt(action, sighting_id, *, by, walker, expected, at):
    sighting = Sighting.get_by_id(sighting_id)
    officer = {"by": by, "by_role": "officer", "now": at}
    try:
        if action == "acknowledge":
            answering.acknowledge(sighting, **officer)
        elif action == "respond":
            answering.respond(sighting, expected=expected, **officer)
        elif action == "resolve":
            answering.resolve(sighting, outcome="fixed", note="", expected=expected, **officer)
        else:
            answering.reopen(sighting, reason="No.", by=walker, expected=expected, now=at)
    except Conflict as error:
        return error
