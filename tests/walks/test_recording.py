"""Positions arrive again, late, twice and out of order; what they come to is the same."""

from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.database import transaction
from patrol.shifts.models import Shift
from patrol.walks import rules
from patrol.walks.models import Position, PositionBatch, Walk, WalkedBlock
from tests.support.broken import without
from tests.support.factories import LAT, LON, NOW, Time, bearer, client_of, make_block, make_city, make_shift, make_team
from tests.support.patrols import API, ask, at_once, go, north, send, started

END = (NOW + timedelta(minutes=20)).isoformat()


@pytest.fixture
def patrol(database):
    """A walk that began twenty minutes ago over one block, its walker, a client and the block."""
    time = Time()
    city = make_city()
    block = make_block(city)
    shift = make_shift(make_team(city), [block])
    client = client_of(database, clock=time)
    walk = started(client, shift)
    time.passes(minutes=20)
    return walk, shift.team.handler, client, block


def minutes(number):
    return (NOW + timedelta(minutes=number)).isoformat()


def test_positions_become_a_distance_and_walked_blocks(patrol):
    walk, walker, client, block = patrol
    answer = send(client, walker, walk, north())
    assert answer.status_code == 200
    assert answer.json["received"] == 11
    assert answer.json["distance_m"] == pytest.approx(89, abs=0.1)
    assert answer.json["blocks_walked"] == [
        {"block": str(block.id), "code": block.code, "share": 1.0, "dose_s": pytest.approx(100)}
    ]


def test_the_same_batch_again_is_one_batch(patrol):
    walk, walker, client, _ = patrol
    batch = uuid4()
    first, again = send(client, walker, walk, north(), batch), send(client, walker, walk, north(), batch)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json
    assert (PositionBatch.select().count(), Position.select().count()) == (1, 11)


def test_the_same_batch_in_several_tries_at_once_is_one_batch(patrol):
    walk, walker, client, _ = patrol
    batch, app = uuid4(), client.application
    answers = at_once(*[lambda: send(app.test_client(), walker, walk, north(), batch)] * 3)
    assert [answer.status_code for answer in answers] == [200] * 3
    assert PositionBatch.select().count() == 1


def test_batches_at_once_are_taken_one_by_one(patrol):
    walk, walker, client, _ = patrol
    app, whole = client.application, north(steps=12)
    parts = [whole[start::3] for start in range(3)]
    at_once(*[lambda part=part: send(app.test_client(), walker, walk, part) for part in parts])
    assert ask(client, walker, f"/walks/{walk}").json["distance_m"] == pytest.approx(11 * 8.9, abs=0.1)


def test_other_content_under_a_batchs_id_is_refused(patrol):
    walk, walker, client, _ = patrol
    batch = uuid4()
    send(client, walker, walk, north(), batch)
    answer = send(client, walker, walk, north(steps=5), batch)
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/batch-taken")
    assert Position.select().count() == 11


def test_a_batchs_id_of_another_walk_is_refused(patrol):
    walk, walker, client, _ = patrol
    batch = uuid4()
    send(client, walker, walk, north(), batch)
    other = make_shift(make_team(walker.city))
    foreign = started_later(client, other)
    assert send(client, other.team.handler, foreign, north(), batch).status_code == 409


def started_later(client, shift):
    walk = uuid4()
    content = {"shift": str(shift.id), "started_at": NOW.isoformat(), "leash_attested": True}
    client.put(f"{API}/walks/{walk}", json=content, headers=bearer(shift.team.handler))
    return str(walk)


@pytest.mark.parametrize(
    ("moment", "problem"), [(timedelta(seconds=-1), "too-early"), (timedelta(minutes=23), "in-future")]
)
def test_a_position_before_the_start_or_in_the_future_is_named_and_nothing_kept(patrol, moment, problem):
    walk, walker, client, _ = patrol
    positions = north()
    positions[3]["at"] = (NOW + moment).isoformat()
    answer = send(client, walker, walk, positions)
    assert (answer.status_code, answer.json["type"]) == (422, f"/problems/{problem}")
    assert answer.json["errors"][0]["pointer"] == "/positions/3/at"
    assert Position.select().count() == PositionBatch.select().count() == 0


@pytest.mark.parametrize("number", [0, 501])
def test_a_batch_holds_one_to_five_hundred_positions(patrol, number):
    walk, walker, client, _ = patrol
    answer = send(client, walker, walk, north(steps=number, every_s=1, step_m=0.1))
    assert answer.json["errors"][0]["pointer"] == "/positions"


def test_a_batch_is_kept_whole_or_not_at_all(patrol):
    walk, walker, client, _ = patrol
    with without("walked_block"):
        assert send(client, walker, walk, north()).status_code >= 500
    assert Position.select().count() == PositionBatch.select().count() == 0


def test_positions_that_arrive_after_the_end_belong_to_the_walk_until_then(patrol):
    walk, walker, client, _ = patrol
    ended = go(client, walker, walk, "end", ended_at=(NOW + timedelta(seconds=80)).isoformat())
    assert ended.json["distance_m"] == 0
    send(client, walker, walk, north())
    assert ask(client, walker, f"/walks/{walk}").json["distance_m"] == pytest.approx(8 * 8.9, abs=0.1)
    assert Position.select().count() == 9


def test_ending_forgets_positions_after_the_end(patrol):
    walk, walker, client, _ = patrol
    send(client, walker, walk, north())
    answer = go(client, walker, walk, "end", ended_at=(NOW + timedelta(seconds=50)).isoformat())
    assert answer.json["distance_m"] == pytest.approx(5 * 8.9, abs=0.1)
    assert Position.select().count() == 6


def test_ending_ends_the_shift_and_counts_the_time(patrol):
    walk, walker, client, _ = patrol
    answer = go(client, walker, walk, "end", ended_at=END)
    assert (answer.json["state"], answer.json["duration_s"], answer.json["ended_by"]) == ("ended", 1200, "walker")
    assert Shift.get().state == "walked"


def test_ending_twice_is_ending_once(patrol):
    walk, walker, client, _ = patrol
    first = go(client, walker, walk, "end", ended_at=END)
    assert go(client, walker, walk, "end", ended_at=END).json == first.json
    assert go(client, walker, walk, "end", ended_at=minutes(19)).status_code == 409


@pytest.mark.parametrize("ended_at", [minutes(-1), minutes(23)])
def test_an_end_before_the_start_or_in_the_future_is_refused(patrol, ended_at):
    walk, walker, client, _ = patrol
    answer = go(client, walker, walk, "end", ended_at=ended_at)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/ended_at")


@pytest.mark.parametrize(("state", "action"), list(product(rules.STATES, ["pause", "resume", "end"])), ids="-".join)
def test_each_action_is_taken_in_the_states_of_the_table_and_in_no_other(patrol, state, action):
    walk, walker, client, _ = patrol
    for number, earlier in enumerate({"walking": [], "paused": ["pause"], "ended": ["end"]}[state]):
        go(client, walker, walk, earlier, **times(earlier, number + 1))
    answer = go(client, walker, walk, action, **times(action, 5))
    if action in rules.NEXT[state]:
        assert (answer.status_code, answer.json["state"]) == (200, rules.NEXT[state][action])
    else:
        assert (answer.status_code, answer.json["type"]) == (409, "/problems/walk-state")
        assert Walk.get().state == state


def times(action, minute):
    return {"ended_at" if action == "end" else "at": minutes(minute)}


def test_pausing_without_a_body_pauses_now(patrol):
    walk, walker, client, _ = patrol
    assert client.post(f"{API}/walks/{walk}/pause", headers=bearer(walker)).json["state"] == "paused"


def test_a_pause_sent_twice_under_one_key_is_one_pause(patrol):
    walk, walker, client, _ = patrol
    headers = {**bearer(walker), "Idempotency-Key": "pause-1"}
    answers = [client.post(f"{API}/walks/{walk}/pause", json={}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_nothing_is_kept_of_a_pause_however_late_it_is_told(patrol):
    walk, walker, client, _ = patrol
    send(client, walker, walk, north())
    go(client, walker, walk, "pause", at=(NOW + timedelta(seconds=20)).isoformat())
    during = ask(client, walker, f"/walks/{walk}").json["distance_m"]
    go(client, walker, walk, "resume", at=(NOW + timedelta(seconds=60)).isoformat())
    after = ask(client, walker, f"/walks/{walk}").json["distance_m"]
    assert during == pytest.approx(2 * 8.9, abs=0.1)
    assert after == pytest.approx(6 * 8.9, abs=0.1)
    assert Position.select().count() == 8
    send(client, walker, walk, north())
    assert Position.select().count() == 8
    ended = go(client, walker, walk, "end", ended_at=minutes(2))
    assert ended.json["duration_s"] == 80


def test_a_pause_that_lasts_at_the_end_ends_with_the_walk(patrol):
    walk, walker, client, _ = patrol
    send(client, walker, walk, north())
    go(client, walker, walk, "pause", at=(NOW + timedelta(seconds=50)).isoformat())
    assert go(client, walker, walk, "end", ended_at=END).json["duration_s"] == 50
    assert Position.select().count() == 6


@pytest.mark.parametrize(("first", "then"), [(5, 4), (5, 30)])
def test_a_pause_ends_after_it_began_and_not_in_the_future(patrol, first, then):
    walk, walker, client, _ = patrol
    go(client, walker, walk, "pause", at=minutes(first))
    answer = go(client, walker, walk, "resume", at=minutes(then))
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/at")


def test_another_walkers_walk_is_not_there(patrol):
    walk, _, client, _ = patrol
    stranger = make_team(make_city("Ulsan")).handler
    assert send(client, stranger, walk, north()).status_code == 404
    assert go(client, stranger, walk, "end", ended_at=END).status_code == 404
    assert ask(client, stranger, f"/walks/{walk}/track").status_code == 404


def test_the_track_is_the_walkers_own_as_geojson(patrol):
    walk, walker, client, _ = patrol
    send(client, walker, walk, north(steps=3))
    track = ask(client, walker, f"/walks/{walk}/track").json
    assert (track["type"], track["geometry"]["type"]) == ("Feature", "MultiLineString")
    assert track["geometry"]["coordinates"][0][0] == [LON, LAT]
    assert track["properties"]["times"][0] == [(NOW + timedelta(seconds=10 * n)).isoformat() for n in range(3)]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_split_or_repetition_of_batches_is_the_same_walk(patrol, data):
    walk, walker, client, _ = patrol
    whole = north(steps=16, step_m=7)
    with transaction():
        for table in (PositionBatch, Position, WalkedBlock):
            table.delete().execute()
    parts = data.draw(st.lists(st.lists(st.sampled_from(whole), min_size=1, max_size=8), max_size=4))
    missing = [position for position in whole if not any(position in part for part in parts)]
    for part in data.draw(st.permutations([*parts, missing] if missing else parts)):
        answer = send(client, walker, walk, part)
    assert answer.json["distance_m"] == pytest.approx(15 * 7, abs=0.1)
    assert [round(block["dose_s"]) for block in answer.json["blocks_walked"]] == [150]
    assert [row.at.isoformat() for row in Position.select().order_by(Position.at)] == [row["at"] for row in whole]
