from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from notifications.models import Message
from tests.support.inbox_app import Sessions, bearer, make_app
from tests.support.messages import NOW, happen, tell

HOUR = timedelta(hours=1)


class Walker:
    """A signed-in person and how they ask."""

    def __init__(self, **caller):
        self.sessions, self.person = Sessions(), uuid4()
        self.now = NOW
        token = self.sessions.sign_in(self.person, **caller)
        app = make_app(self.sessions, clock=lambda: self.now)
        self.client, self.headers = app.test_client(), bearer(token)

    def get(self, path, **headers):
        return self.client.get(f"/api/v1{path}", headers=self.headers | headers)

    def post(self, path):
        return self.client.post(f"/api/v1{path}", headers=self.headers)


@pytest.fixture
def walker(database):
    return Walker()


def ids(answer):
    return [item["id"] for item in answer.get_json()["items"]]


def test_the_inbox_shows_own_messages_newest_first(walker):
    (older,) = tell(walker.person, now=NOW - HOUR)
    (newer,) = tell(walker.person, now=NOW)
    tell(uuid4())
    assert ids(walker.get("/inbox")) == [str(newer), str(older)]


def test_a_message_says_all_that_a_page_shows(walker):
    about = uuid4()
    (message_id,) = tell(walker.person, subject=about, urgent=True, expires_at=NOW + HOUR)
    assert walker.get(f"/inbox/{message_id}").get_json() == {
        "id": str(message_id),
        "kind": "sighting",
        "title": "새 신고",
        "body": "서면 3번 출구 앞에서 신고가 들어왔습니다.",
        "link": "/sightings",
        "subject": str(about),
        "urgent": True,
        "created_at": "2026-11-06T10:30:00+00:00",
        "expires_at": "2026-11-06T11:30:00+00:00",
        "read_at": None,
    }


def test_a_message_is_in_the_language_that_the_request_prefers_else_the_callers(database):
    english = Walker(language="en")
    (message_id,) = tell(english.person)
    path = f"/inbox/{message_id}"
    assert english.get(path).get_json()["title"] == "New sighting"
    assert english.get(path, **{"Accept-Language": "ko-KR,ko;q=0.9"}).get_json()["title"] == "새 신고"


def test_pages_follow_one_another_without_gap_or_repeat_also_at_equal_times(walker):
    told = {str(tell(walker.person)[0]) for _ in range(7)}
    seen, cursor = [], None
    while cursor is not None or not seen:
        answer = walker.get("/inbox?limit=3" + (f"&cursor={cursor}" if cursor else ""))
        seen += ids(answer)
        cursor = answer.get_json()["next"]
    assert len(seen) == 7
    assert set(seen) == told


def test_a_message_once_read_is_no_longer_among_the_unread(walker):
    (read,) = tell(walker.person)
    (unread,) = tell(walker.person)
    assert walker.post(f"/inbox/{read}/read").get_json()["read_at"] == "2026-11-06T10:30:00+00:00"
    assert ids(walker.get("/inbox?unread=true")) == [str(unread)]
    assert set(ids(walker.get("/inbox"))) == {str(read), str(unread)}


def test_reading_again_changes_nothing(walker):
    (message_id,) = tell(walker.person)
    first = walker.post(f"/inbox/{message_id}/read").get_json()
    walker.now = NOW + HOUR
    assert walker.post(f"/inbox/{message_id}/read").get_json() == first


def test_an_expired_message_is_gone(walker):
    (message_id,) = tell(walker.person, expires_at=NOW + HOUR)
    assert walker.get(f"/inbox/{message_id}").status_code == 200
    walker.now = NOW + HOUR
    assert ids(walker.get("/inbox")) == []
    assert walker.get(f"/inbox/{message_id}").status_code == 404
    assert walker.post(f"/inbox/{message_id}/read").status_code == 404


def test_another_persons_message_is_not_there(walker):
    (message_id,) = tell(uuid4())
    assert walker.get(f"/inbox/{message_id}").status_code == 404
    answer = walker.post(f"/inbox/{message_id}/read")
    assert answer.status_code == 404
    assert answer.get_json()["type"] == "/problems/no-such-message"
    assert Message.get_by_id(message_id).read_at is None


@pytest.mark.parametrize("path", ["/inbox", f"/inbox/{UUID(int=1)}", "/events", "/stream"])
def test_nothing_is_shown_to_who_is_not_signed_in(walker, path):
    assert walker.client.get(f"/api/v1{path}").status_code == 401


BAD_QUERIES = [
    "/inbox?limit=0",
    "/inbox?cursor=x",
    "/inbox?unread=perhaps",
    "/events?after=-1",
    "/events?after=first",
    f"/events?after={2**63}",
    "/events?limit=201",
]


@pytest.mark.parametrize("path", BAD_QUERIES)
def test_a_query_that_cannot_be_used_is_refused_with_its_name(walker, path):
    answer = walker.get(path)
    assert answer.status_code == 422
    name = path.partition("?")[2].partition("=")[0]
    assert name in answer.get_json()["errors"][0]["pointer"]


@pytest.mark.parametrize("value", ["first", "-1", str(2**63), "1.5"])
def test_a_last_event_id_that_is_no_number_of_ours_is_refused(walker, value):
    answer = walker.get("/stream", **{"Last-Event-ID": value})
    assert answer.status_code == 422
    assert "Last-Event-ID" in answer.get_json()["errors"][0]["pointer"]


def test_who_begins_to_poll_learns_where_to_go_on_from_and_gets_what_comes(walker):
    happen(walker.person, number=1)
    begun = walker.get("/events").get_json()
    assert (begun["items"], begun["reset"]) == ([], False)
    happen(walker.person, number=2)
    happen(uuid4(), number=3)
    answer = walker.get(f"/events?after={begun['next']}").get_json()
    assert [(item["kind"], item["content"]) for item in answer["items"]] == [("plan", {"number": 2})]
    assert walker.get(f"/events?after={answer['next']}").get_json() == {**answer, "items": []}


def test_many_events_are_polled_in_pages(walker):
    for number in range(5):
        happen(walker.person, number=number)
    seen, after = [], 0
    for _ in range(4):
        answer = walker.get(f"/events?after={after}&limit=2").get_json()
        seen += [item["content"]["number"] for item in answer["items"]]
        after = answer["next"]
    assert seen == [0, 1, 2, 3, 4]


def test_in_a_database_without_events_polling_begins_at_nought(walker):
    assert walker.get("/events").get_json() == {"items": [], "next": 0, "reset": False}
    assert walker.get("/events?after=0").get_json() == {"items": [], "next": 0, "reset": False}
