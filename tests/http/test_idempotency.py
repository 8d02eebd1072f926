import threading
from datetime import timedelta
from uuid import uuid4

import pytest

from patrol.http.replays import Replay, forget_replays
from patrol.people.models import Role
from patrol.places.models import Block, City, SafetyPoint
from tests.support.broken import refusing
from tests.support.factories import LAT, LON, NOW, bearer, client_of, make_city, make_person
from tests.support.places import seomyeon
from tests.support.probe import CITY, probe_app, probe_client

POINTS = "/api/v1/points"
BLOCK = {"geometry": {"type": "Point", "coordinates": [LON, LAT]}, "weight": 4, "dwell_s": 600}


@pytest.fixture(autouse=True)
def _city(database):
    City.update(id=CITY).where(City.id == make_city("Ulsan").id).execute()


def made():
    return SafetyPoint.select().count()


def post(key, *, name="bar", number=1, role="walker", app=None, path=POINTS):
    return probe_client(app, role=role).post(
        path, json={"name": name, "number": number}, headers={"Idempotency-Key": key} if key else {}
    )


def test_a_repeated_key_has_one_effect_and_the_same_answer():
    first, second = post("k1"), post("k1")
    assert made() == 1
    assert (second.status_code, second.json) == (first.status_code, first.json) == (201, first.json)
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["ETag"] == first.headers["ETag"]
    assert "Idempotent-Replay" not in first.headers
    assert second.headers["Idempotent-Replay"] == "true"


def test_without_a_key_each_request_has_its_effect():
    assert (post(None).status_code, post(None).status_code, made()) == (201, 201, 2)
    assert Replay.select().count() == 0


@pytest.mark.parametrize("other", [{"name": "other"}, {"number": 2}, {"path": POINTS + "?"}])
def test_a_key_used_with_other_content_is_refused(other):
    post("k1")
    answer = post("k1", **other)
    if "path" in other:
        assert answer.status_code == 201  # an empty query is no other content
    else:
        assert (answer.status_code, answer.json["type"]) == (409, "/problems/key-reused")
    assert made() == 1


def test_a_key_is_its_persons_own():
    post("k1")
    assert post("k1", role="coordinator").status_code == 403
    assert Replay.select().count() == 1


@pytest.mark.parametrize(("wrong", "status"), [({"name": ""}, 422), ({"number": 99}, 409)])
def test_an_attempt_that_failed_leaves_its_key_free_and_nothing_behind(wrong, status):
    assert post("k1", **wrong).status_code == status
    assert (made(), Replay.select().count()) == (0, 0)
    assert (post("k1").status_code, made()) == (201, 1)


def test_an_effect_whose_answer_cannot_be_kept_is_undone():
    with refusing("replay"):
        assert post("k1").status_code == 500
    assert (made(), Replay.select().count()) == (0, 0)


def test_a_key_longer_than_any_uuid_is_refused():
    answer = post("k" * 201)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/headers/Idempotency-Key")
    assert made() == 0


def test_of_two_at_once_one_has_the_effect_and_both_its_answer():
    app, together, answers = probe_app(), threading.Barrier(4), []

    def ask():
        together.wait()
        answers.append(post("k1", app=app))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made() == 1
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sorted("Idempotent-Replay" in answer.headers for answer in answers) == [False, True, True, True]


def test_who_lost_the_role_meanwhile_gets_no_replay(database):
    coordinator = make_person(seomyeon(), "coordinator")
    headers = bearer(coordinator) | {"Idempotency-Key": "k1"}
    client = client_of(database)
    assert client.post("/api/v1/blocks", json=BLOCK, headers=headers).status_code == 201
    Role.update(ended_at=NOW).where(Role.person == coordinator).execute()
    assert client.post("/api/v1/blocks", json=BLOCK, headers=headers).status_code == 403


def test_what_the_product_creates_is_created_once(database):
    headers = bearer(make_person(seomyeon(), "coordinator")) | {"Idempotency-Key": str(uuid4())}
    first, second = (client_of(database).post("/api/v1/blocks", json=BLOCK, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code, second.json) == (201, 201, first.json)
    assert second.headers["Location"] == first.headers["Location"]
    assert Block.select().count() == 1


def test_answers_are_forgotten_after_a_while():
    post("k1")
    assert forget_replays(before=NOW) == 0
    assert forget_replays(before=NOW + timedelta(seconds=1)) == 1
    assert (post("k1").status_code, made()) == (201, 2)
