import base64
import json
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.database import transaction
from patrol.http.paging import MOST, BadCursor, page
from patrol.places.models import Block, City, SafetyPoint
from patrol.planning.models import PlanRun
from tests.support.factories import NOW, make_block, make_city
from tests.support.probe import probe_client

per_database = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
Rows = st.lists(st.tuples(st.sampled_from("abB가 _%"), st.integers(-5, 5), st.floats(-1, 1)), max_size=12)


@contextmanager
def undone():
    """A transaction that leaves no trace."""
    with suppress(InterruptedError), transaction():
        yield
        raise InterruptedError


def walk(query, *, by, limit):
    """Every page of a list, one after the other."""
    cursor, pages = None, []
    while True:
        found = page(query, by=by, cursor=cursor, limit=limit)
        pages.append(found["items"])
        cursor = found["next"]
        if cursor is None:
            return pages


@per_database
@given(rows=Rows, limit=st.integers(1, 13), down=st.tuples(st.booleans(), st.booleans(), st.booleans()))
def test_the_pages_put_together_are_the_whole_list_in_order(database, rows, limit, down):
    city = City.get_or_none() or make_city()
    with undone():
        for number, (label, seconds, lon) in enumerate(rows):
            at = NOW + timedelta(microseconds=seconds)
            City.insert(id=uuid4(), slug=f"c{number}", name=label, timezone="UTC", policy={}, created_at=at).execute()
            SafetyPoint.insert(city=city, layer="bar", label=label, lon=lon, lat=lon).execute()
        orders = (
            (SafetyPoint.select(), ((SafetyPoint.label, down[0]), (SafetyPoint.id, down[1]))),
            (
                SafetyPoint.select(),
                ((SafetyPoint.lon, down[0]), (SafetyPoint.label, down[1]), (SafetyPoint.id, down[2])),
            ),
            (City.select(), ((City.created_at, down[0]), (City.id, down[1]))),
        )
        for query, by in orders:
            pages = walk(query, by=by, limit=limit)
            whole = list(query.order_by(*(field.desc() if falling else field.asc() for field, falling in by)))
            assert [row for found in pages for row in found] == whole
            assert all(len(found) == limit for found in pages[:-1])
            assert pages[-1] or not whole


def test_rows_that_come_meanwhile_move_no_page(database):
    city = make_city()
    for code in "bdf":
        make_block(city, code=code)
    by = ((Block.code, False), (Block.id, False))
    first = page(Block.select(), by=by, cursor=None, limit=2)
    make_block(city, code="a")
    make_block(city, code="e")
    second = page(Block.select(), by=by, cursor=first["next"], limit=2)
    assert [[row.code for row in found["items"]] for found in (first, second)] == [["b", "d"], ["e", "f"]]


def sealed(*plain):
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode()


NAME = "safety_point.label,-safety_point.id"
FORGED = [
    "x",
    "가",
    "====",
    sealed(),
    sealed(NAME),
    sealed(NAME, "a"),
    sealed(NAME, "a", 1, 2),
    sealed(NAME, "a", "1"),
    sealed(NAME, "a", not None),
    sealed(NAME, "a", 1.0),
    sealed(NAME, "a", 2**63),
    sealed(NAME, 1, 1),
    sealed(NAME, None, 1),
    sealed(NAME, ["a"], 1),
    sealed(NAME, "a\x00", 1),
    sealed(NAME, "\ud800", 1),
    sealed("safety_point.label,safety_point.id", "a", 1),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    base64.urlsafe_b64encode(b"7").decode(),
    base64.urlsafe_b64encode(b"[" * 1400).decode(),
]


@pytest.mark.parametrize("cursor", FORGED)
def test_a_cursor_that_the_list_did_not_give_out_is_refused(database, cursor):
    answer = probe_client().get("/api/v1/points", query_string={"cursor": cursor})
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/bad-cursor")
    assert answer.json["errors"][0]["pointer"] == "/query/cursor"


@per_database
@given(
    st.text(max_size=60)
    | st.lists(st.none() | st.text(max_size=9) | st.integers() | st.floats()).map(lambda v: sealed(NAME, *v))
)
@example("")
def test_no_cursor_whatever_it_says_is_an_unexpected_error(database, cursor):
    answer = probe_client().get("/api/v1/points", query_string={"cursor": cursor})
    assert answer.status_code in (200, 422)


WRONG = {
    City.created_at: ["2026-11-06T10:30:00", "yesterday", 5, "0001-01-01T00:00:00+14:00", None],
    City.id: ["x", 5, None, ["a"]],
    PlanRun.evening: ["2026-13-01", 5, None],
    Block.weight: ["heavy", True, None],
    Block.version: [2**31, "1", 1.5],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in WRONG.items() for value in values])
def test_each_kind_of_field_refuses_what_it_cannot_hold(field, value):
    name = f"{field.model._meta.table_name}.{field.name}"
    with pytest.raises(BadCursor):
        page(field.model.select(), by=((field, False),), cursor=sealed(name, value), limit=1)


@pytest.mark.parametrize("limit", ["0", str(MOST + 1), "-1", "many", "1.5", ""])
def test_a_limit_out_of_bounds_is_refused(database, limit):
    answer = probe_client().get("/api/v1/points", query_string={"limit": limit})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/query/limit")


def test_an_empty_list_is_one_empty_page(database):
    assert probe_client().get("/api/v1/points").json == {"items": [], "next": None}


def test_times_and_ids_in_a_cursor_come_back_as_they_were(database):
    moments = [datetime(2026, 11, 6, 10, 30, 0, number, tzinfo=UTC) for number in range(4)]
    ids = [UUID(int=number) for number in (3, 1, 2, 0)]
    for number, (moment, key) in enumerate(zip(moments, ids, strict=True)):
        City.create(id=key, slug=f"c{number}", name="", timezone="UTC", policy={}, created_at=moment)
    pages = walk(City.select(), by=((City.created_at, True), (City.id, True)), limit=1)
    assert [row.id for found in pages for row in found] == ids[::-1]
