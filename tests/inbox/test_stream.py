import os
import threading
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from flask import Flask

from config.clock import utc_now
from config.database import database as db
from config.database import is_sqlite
from config.settings import load
from notifications.events import forget_events, last_seq
from notifications.models import Event
from patrol.http.api import install
from patrol.inbox import views
from tests.support.inbox_app import Sessions, bearer, make_app, streaming
from tests.support.messages import NOW, happen, tell
from tests.support.patience import PATIENCE_S, wait_until
from tests.support.serving import serving


def numbers(events):
    return [event["content"]["number"] for event in events]


def has_a_place(url, token):
    """Whether a stream begins, which is then left."""
    with requests.get(f"{url}/api/v1/stream", headers=bearer(token), stream=True, timeout=PATIENCE_S) as answer:
        return answer.status_code == 200


@pytest.fixture
def sessions():
    return Sessions()


def test_an_event_arrives_live_with_its_number_and_kind(database, sessions):
    person = uuid4()
    token = sessions.sign_in(person)
    with serving(make_app(sessions)) as url, streaming(url, token) as reader:
        (message_id,) = tell(person, urgent=True)
        (event,) = reader.take(1)
    content = {"message": str(message_id), "kind": "sighting", "urgent": True}
    assert event == {"seq": last_seq(), "kind": "message", "content": content}


def test_letters_and_line_breaks_arrive_as_they_were(database, sessions):
    person = uuid4()
    token = sessions.sign_in(person)
    with serving(make_app(sessions)) as url, streaming(url, token) as reader:
        happen(person, text="서면\n\nid: 7\r\n🐕")
        assert reader.take(1)[0]["content"] == {"text": "서면\n\nid: 7\r\n🐕"}


def test_what_happened_before_the_stream_was_opened_is_not_sent(database, sessions):
    person = uuid4()
    token = sessions.sign_in(person)
    happen(person, number=1)
    with serving(make_app(sessions)) as url, streaming(url, token) as reader:
        assert reader.seen == last_seq()
        happen(person, number=2)
        assert numbers(reader.take(1)) == [2]


def test_a_stream_taken_up_again_misses_nothing_and_repeats_nothing(database, sessions):
    person = uuid4()
    token = sessions.sign_in(person)
    with serving(make_app(sessions)) as url:
        with streaming(url, token) as reader:
            happen(person, number=1)
            happen(person, number=2)
            first = reader.take(1)
        happen(person, number=3)
        with streaming(url, token, after=first[0]["seq"]) as reader:
            happen(person, number=4)
            rest = reader.take(3)
    assert numbers(first + rest) == [1, 2, 3, 4]


def test_a_stream_opened_while_events_pour_in_has_each_once(database, sessions):
    person = uuid4()
    token = sessions.sign_in(person)

    def pour():
        for number in range(60):
            happen(person, number=number)

    with serving(make_app(sessions)) as url:
        pouring = threading.Thread(target=pour)
        pouring.start()
        seen, after = [], 0
        while len(seen) < 60:  # taken up again and again, in the middle of things
            with streaming(url, token, after=after) as reader:
                got = reader.take(min(10, 60 - len(seen)))
            seen += numbers(got)
            after = got[-1]["seq"]
        pouring.join()
    assert seen == list(range(60))


def test_another_persons_event_never_arrives(database, sessions):
    mine, other = uuid4(), uuid4()
    token = sessions.sign_in(mine)
    happen(other, number=0)
    with serving(make_app(sessions)) as url, streaming(url, token, after=0) as reader:
        for number in range(5):
            happen(other, number=number)
        happen(mine, number=100)
        assert numbers(reader.take(1)) == [100]


def test_beyond_the_limit_one_is_told_to_poll_and_gets_the_same_events(database, sessions):
    person = uuid4()
    token = sessions.sign_in(person)
    with serving(make_app(sessions, limit=1)) as url, streaming(url, token) as reader:
        refused = requests.get(f"{url}/api/v1/stream", headers=bearer(token), timeout=PATIENCE_S)
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.json()["type"] == "/problems/streams-full"
        began_at = requests.get(f"{url}/api/v1/events", headers=bearer(token), timeout=PATIENCE_S).json()["next"]
        for number in range(3):
            happen(person, number=number)
        streamed = reader.take(3)
        polled = requests.get(
            f"{url}/api/v1/events?after={began_at}", headers=bearer(token), timeout=PATIENCE_S
        ).json()["items"]
    assert [{key: event[key] for key in ("seq", "kind", "content")} for event in polled] == streamed


def test_a_place_is_free_again_when_its_client_has_left(database, sessions):
    person = uuid4()
    token = sessions.sign_in(person)
    with serving(make_app(sessions, limit=1, heartbeat_s=0.1)) as url:
        for number in range(3):
            wait_until(lambda: has_a_place(url, token))
            happen(person, number=number)  # for the server to see that nobody reads


def test_who_asks_for_the_head_only_holds_no_place(database, sessions):
    token = sessions.sign_in(uuid4())
    with serving(make_app(sessions, limit=1)) as url:
        for _ in range(3):
            wait_until(lambda: requests.head(f"{url}/api/v1/stream", headers=bearer(token), timeout=PATIENCE_S).ok)
        wait_until(lambda: has_a_place(url, token))


def test_without_any_place_everybody_polls(database, sessions):
    token = sessions.sign_in(uuid4())
    with serving(make_app(sessions, limit=0)) as url:
        assert requests.get(f"{url}/api/v1/stream", headers=bearer(token), timeout=PATIENCE_S).status_code == 503


def test_the_setting_says_how_many_streams_a_process_holds(database, sessions):
    token = sessions.sign_in(uuid4())
    app = Flask("inbox as it is set", static_folder=None)
    app.extensions["settings"] = load({}, streams="1")
    app.extensions["authenticate"] = sessions.authenticate
    install(app, clock=utc_now, authenticate=sessions.authenticate).register_blueprint(views.blueprint)
    with serving(app) as url, streaming(url, token):
        refused = requests.get(f"{url}/api/v1/stream", headers=bearer(token), timeout=PATIENCE_S)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "15")


def test_a_revoked_sessions_stream_ends_at_the_next_heartbeat(database, sessions):
    person = uuid4()
    token = sessions.sign_in(person)
    with serving(make_app(sessions, heartbeat_s=0.2)) as url, streaming(url, token) as reader:
        happen(person, number=1)
        assert numbers(reader.take(1)) == [1]
        sessions.revoke(token)
        assert list(reader.events()) == []


def test_a_revoked_sessions_stream_ends_however_busy_it_is(database, sessions):
    person = uuid4()
    token = sessions.sign_in(person)
    stop = threading.Event()

    def pour():
        while not stop.is_set():
            happen(person, number=1)

    pouring = threading.Thread(target=pour)
    with serving(make_app(sessions, heartbeat_s=0.2)) as url, streaming(url, token) as reader:
        pouring.start()
        try:
            reader.take(1)
            sessions.revoke(token)
            for _ in reader.events():
                pass
        finally:
            stop.set()
            pouring.join()


def test_a_quiet_stream_shows_that_it_lives(database, sessions):
    person = uuid4()
    token = sessions.sign_in(person)
    with serving(make_app(sessions, heartbeat_s=0.1)) as url, streaming(url, token) as reader:
        reader.wait_for_heartbeat()
        happen(person, number=1)
        assert numbers(reader.take(1)) == [1]


def test_who_comes_back_after_events_were_forgotten_is_told_to_fetch_the_lists(database, sessions):
    person = uuid4()
    token = sessions.sign_in(person)
    for number in range(3):
        happen(person, number=number)
    forget_events(NOW + timedelta(days=1))
    with serving(make_app(sessions)) as url:
        with streaming(url, token, after=1) as reader:
            reset, kept = reader.take(2)
        polled = requests.get(f"{url}/api/v1/events?after=1", headers=bearer(token), timeout=PATIENCE_S).json()
    assert reset["kind"] == "reset"
    assert kept["content"] == {"number": 2}
    assert polled["reset"]
    assert numbers(polled["items"]) == [2]


def test_a_number_from_before_the_database_was_restored_does_not_hide_what_comes(database, sessions):
    person = uuid4()
    token = sessions.sign_in(person)
    happen(person, number=1)
    with serving(make_app(sessions)) as url:
        with streaming(url, token, after=last_seq() + 1000) as reader:
            happen(person, number=2)
            reset, live = reader.take(2)
        polled = requests.get(f"{url}/api/v1/events?after=99999", headers=bearer(token), timeout=PATIENCE_S).json()
    assert (reset["kind"], live["content"]) == ("reset", {"number": 2})
    assert (polled["reset"], polled["next"]) == (True, last_seq())


def test_a_long_absence_is_replayed_whole(database, sessions):
    person = uuid4()
    token = sessions.sign_in(person)
    rows = [
        {"city": person, "person": person, "kind": "plan", "content": {"number": number}, "created_at": NOW}
        for number in range(450)
    ]
    Event.insert_many(rows).execute()
    with serving(make_app(sessions)) as url, streaming(url, token, after=0) as reader:
        assert numbers(reader.take(450)) == list(range(450))


def test_open_streams_hold_no_database_connection(database, sessions):
    def opened():
        return open_files(database.removeprefix("sqlite:///")) if is_sqlite() else len(db.obj._in_use)

    with serving(make_app(sessions)) as url, ExitStack() as held:
        for _ in range(12):
            held.enter_context(streaming(url, sessions.sign_in(uuid4())))
        wait_until(lambda: opened() <= 4)  # the pump's, this test's, and what SQLite has yet to close


def open_files(path):
    """How many descriptors of this process are open on `path`."""
    return sum(os.path.realpath(link) == path for link in Path("/proc/self/fd").iterdir())
