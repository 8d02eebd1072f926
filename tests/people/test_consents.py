import threading
from datetime import timedelta

import msgspec
import pytest

from config.policy import dump, read_policy, shipped
from patrol.people.models import AccessEntry, Consent
from patrol.people.operations import consents
from patrol.people.operations.audit import forget_entries, note_read
from patrol.people.operations.consents import (
    ConsentNeeded,
    NoSuchConsent,
    ask_again,
    asked_of,
    give,
    require,
    standing_of,
    withdraw,
)
from patrol.places.models import City
from tests.support.factories import NOW, bearer, client_of, make_city, make_person
from tests.support.patrols import inbox

POLICY = read_policy(shipped("busan"))
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def walker(database):
    return make_person(make_city())


def given(person, *, policy=POLICY, now=LATER):
    """What stands of a person's consents."""
    return standing_of([person.id], policy=policy, now=now)[person.id]


def stricter(version):
    """Busan's policy with another version of the location consent."""
    asked = tuple(
        msgspec.structs.replace(consent, version=version) if consent.kind == "location" else consent
        for consent in POLICY.consents
    )
    return msgspec.structs.replace(POLICY, consents=asked)


def test_a_consent_is_given_once_however_often_it_is_asked(walker):
    first, second = (give(walker, "service", policy=POLICY, now=now) for now in (NOW, LATER))
    assert first == second
    assert given(walker) == {("service", 1)}


def test_of_several_who_give_it_at_once_one_record_stands(walker):
    together = threading.Barrier(4)

    def agree():
        together.wait()
        give(walker, "service", policy=POLICY, now=NOW)

    threads = [threading.Thread(target=agree) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Consent.select().count() == 1


def test_a_withdrawn_consent_stays_as_the_record_that_it_was_given(walker):
    give(walker, "location", policy=POLICY, now=NOW)
    withdraw(walker, "location", effects=(), now=LATER)
    record = Consent.get()
    assert (record.given_at, record.revoked_at, given(walker)) == (NOW, LATER, set())
    give(walker, "location", policy=POLICY, now=LATER)
    assert (Consent.select().count(), given(walker)) == (2, {("location", 1)})


def test_a_new_version_asks_again(walker):
    give(walker, "location", policy=POLICY, now=NOW)
    require(walker, policy=POLICY, kinds=("location",), now=LATER)
    with pytest.raises(ConsentNeeded, match="location"):
        require(walker, policy=stricter(2), kinds=("location",), now=LATER)
    give(walker, "location", policy=stricter(2), now=LATER)
    require(walker, policy=stricter(2), kinds=("location",), now=LATER)


def test_what_is_required_is_named_when_it_is_missing(walker):
    give(walker, "location", policy=POLICY, now=NOW)
    with pytest.raises(ConsentNeeded, match=r"first: service\.$"):
        require(walker, policy=POLICY, now=LATER)
    give(walker, "service", policy=POLICY, now=NOW)
    require(walker, policy=POLICY, now=LATER)


def test_withdrawing_takes_what_rests_on_it_along(walker):
    seen = []
    give(walker, "location", policy=POLICY, now=NOW)
    withdraw(walker, "location", effects=(lambda *told: seen.append(told),), now=LATER)
    assert seen == [(walker, "location", LATER)]


def test_a_withdrawal_whose_effect_fails_is_no_withdrawal(walker):
    give(walker, "location", policy=POLICY, now=NOW)

    def effect(person, kind, now):
        give(person, "photo", policy=POLICY, now=now)
        raise RuntimeError(kind)

    with pytest.raises(RuntimeError):
        withdraw(walker, "location", effects=(effect,), now=LATER)
    assert given(walker) == {("location", 1)}


def test_one_persons_withdrawal_is_not_anothers(walker):
    other = make_person(walker.city)
    for person in (walker, other):
        give(person, "location", policy=POLICY, now=NOW)
    withdraw(walker, "location", effects=(), now=LATER)
    assert (given(walker), given(other)) == (set(), {("location", 1)})


def test_a_consent_that_nobody_asks_for_is_refused(walker):
    with pytest.raises(NoSuchConsent):
        give(walker, "fame", policy=POLICY, now=NOW)
    with pytest.raises(NoSuchConsent):
        withdraw(walker, "fame", effects=(), now=NOW)


def test_over_http_consents_are_listed_given_and_withdrawn(database, walker):
    client, headers = client_of(database), bearer(walker)

    def stands(answer):
        assert answer.status_code == 200
        return {row["kind"] for row in answer.json if row["given"]}

    first = client.get("/api/v1/me/consents", headers=headers)
    assert [row["kind"] for row in first.json] == ["service", "location", "police", "photo"]
    assert all(row["text"]["ko"] and row["text"]["en"] for row in first.json)
    assert stands(first) == set()
    assert stands(client.put("/api/v1/me/consents/location", headers=headers)) == {"location"}
    assert stands(client.delete("/api/v1/me/consents/location", headers=headers)) == set()
    for method in (client.put, client.delete):
        assert method("/api/v1/me/consents/fame", headers=headers).status_code == 404


@pytest.mark.both_fast
def test_holding_the_consents_keeps_a_withdrawal_waiting(walker):
    give(walker, "location", policy=POLICY, now=NOW)
    order, held, thread = [], threading.Event(), None

    def take_back():
        held.wait()
        withdraw(walker, "location", effects=(lambda *_: order.append("withdrawn"),), now=LATER)

    thread = threading.Thread(target=take_back)
    thread.start()
    with consents.transaction():
        consents.hold(walker)
        held.set()
        require(walker, policy=POLICY, kinds=("location",), now=LATER)
        order.append("used")
    thread.join()
    assert order == ["used", "withdrawn"]


def test_who_read_whose_data_is_kept_and_reading_ones_own_is_no_entry(walker):
    reader = make_person(walker.city, "coordinator")
    note_read(
        city=walker.city_id,
        reader=reader.id,
        subjects=[walker.id, reader.id],
        what="position",
        purpose="look after a walk",
        request_id="r1",
        now=NOW,
    )
    entry = AccessEntry.get()
    assert (entry.reader, entry.subject, entry.what, entry.purpose) == (
        reader.id,
        walker.id,
        "position",
        "look after a walk",
    )
    assert (AccessEntry.select().count(), entry.at) == (1, NOW)


def test_the_access_log_forgets_by_city(walker):
    other = make_city("Ulsan")
    for city in (walker.city_id, other.id):
        note_read(city=city, reader=other.id, subjects=[walker.id], what="position", purpose="test", now=NOW)
    assert forget_entries(city=other.id, before=NOW) == 0
    assert forget_entries(city=other.id, before=LATER) == 1
    assert AccessEntry.select().count() == 1


def lasting(days):
    """Busan's policy with a location consent that stands for so many days."""
    asked = tuple(
        msgspec.structs.replace(consent, valid_days=days) if consent.kind == "location" else consent
        for consent in POLICY.consents
    )
    return msgspec.structs.replace(POLICY, consents=asked)


def location(person, policy, *, now):
    """How the location consent stands."""
    return next(one for one in asked_of(person, policy=policy, now=now) if one.consent.kind == "location")


def test_a_consent_that_lapses_is_asked_for_again_and_given_anew(walker):
    policy, year_on = lasting(365), NOW + timedelta(days=365)
    give(walker, "location", policy=policy, now=NOW)
    before = location(walker, policy, now=year_on - timedelta(seconds=1))
    assert (before.given, before.ends_at, before.renew) == (True, year_on, False)
    after = location(walker, policy, now=year_on)
    assert (after.given, after.ends_at, after.renew) == (False, None, True)
    with pytest.raises(ConsentNeeded, match="location"):
        require(walker, policy=policy, kinds=("location",), now=year_on)
    give(walker, "location", policy=policy, now=year_on)
    again = location(walker, policy, now=year_on)
    assert (again.given, again.given_at, again.renew) == (True, year_on, False)
    require(walker, policy=policy, kinds=("location",), now=year_on)


def test_a_consent_that_will_lapse_is_renewed_before_it_does(walker):
    policy, soon = lasting(365), NOW + timedelta(days=340)
    give(walker, "location", policy=policy, now=NOW)
    give(walker, "location", policy=policy, now=soon)
    assert location(walker, policy, now=soon).ends_at == soon + timedelta(days=365)


def test_a_new_version_says_which_consent_is_to_be_renewed(walker):
    give(walker, "location", policy=POLICY, now=NOW)
    assert not location(walker, POLICY, now=LATER).renew
    assert location(walker, stricter(2), now=LATER).renew
    withdraw(walker, "location", effects=(), now=LATER)
    assert not location(walker, stricter(2), now=LATER).renew


def test_a_new_version_is_told_to_those_who_gave_the_old_one_and_to_nobody_else(walker):
    other, left = make_person(walker.city), make_person(walker.city)
    for person in (walker, left):
        give(person, "location", policy=POLICY, now=NOW)
    give(other, "service", policy=POLICY, now=NOW)
    withdraw(left, "location", effects=(), now=NOW)
    for _ in range(2):
        with consents.transaction():
            told = ask_again(walker.city, before=POLICY, after=stricter(2), now=LATER)
    (message,) = inbox(walker)
    assert (told, message.kind, message.link) == (1, "consent_renewal", "/privacy")
    assert "위치" in message.words["ko"]["body"]
    assert inbox(other) == inbox(left) == []


def test_the_same_policy_again_asks_nobody(walker):
    give(walker, "location", policy=POLICY, now=NOW)
    with consents.transaction():
        assert ask_again(walker.city, before=POLICY, after=POLICY, now=LATER) == 0


def test_oneself_is_told_what_is_to_be_renewed(database, walker):
    give(walker, "location", policy=POLICY, now=NOW)
    City.update(policy=dump(stricter(2))).execute()
    me = client_of(database).get("/api/v1/me", headers=bearer(walker)).json
    assert {row["kind"]: row["renew"] for row in me["consents"]} == {
        "service": False,
        "location": True,
        "police": False,
        "photo": False,
    }
