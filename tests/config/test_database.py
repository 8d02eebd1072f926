import multiprocessing
import threading
import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

import peewee
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.database import (
    DatabaseUnusable,
    connect,
    connection,
    disconnect,
    explain,
    guarded,
    is_sqlite,
    one_of,
    transaction,
)
from config.database import database as db
from patrol.places.models import City
from tests.support.factories import NOW, make_city

per_database = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=zones)  # noqa: DTZ001 - the zone is drawn
SEOUL = timezone(timedelta(hours=9))


def keep(moment, slug="busan"):
    City.insert(slug=slug, name="", timezone="UTC", policy={}, created_at=moment, id=slug_id(slug)).execute()


def slug_id(slug):
    return f"00000000-0000-0000-0000-{abs(hash(slug)) % 10**12:012}"


@per_database
@given(moments)
@example(datetime(2026, 11, 6, 19, 30, tzinfo=SEOUL))
@example(datetime(2026, 11, 6, 0, 0, 0, 1, tzinfo=UTC))
def test_a_time_in_any_zone_comes_back_as_the_same_instant_in_utc(database, moment):
    City.delete().execute()
    keep(moment)
    found = City.get().created_at
    assert (found, found.tzinfo) == (moment, UTC)
    assert City.get(City.created_at == moment.astimezone(SEOUL)) is not None


@per_database
@given(st.lists(moments, min_size=2, max_size=8, unique=True))
@example([datetime(2026, 1, 1, 0, 0, tzinfo=SEOUL), datetime(2025, 12, 31, 15, 0, 0, 1, tzinfo=UTC)])
def test_times_sort_by_instant_whatever_their_zone(database, found):
    City.delete().execute()
    for number, moment in enumerate(found):
        keep(moment, f"c{number}")
    kept = [city.created_at for city in City.select().order_by(City.created_at)]
    assert kept == sorted(found)
    middle = found[0]
    assert City.select().where(City.created_at < middle).count() == sum(moment < middle for moment in found)


@pytest.mark.parametrize("value", [datetime(2026, 11, 6, 10, 30), date(2026, 11, 6), "2026-11-06T10:30:00Z", 0])  # noqa: DTZ001 - that is the point
def test_a_time_without_a_zone_and_what_is_no_time_is_refused(database, value):
    with pytest.raises(ValueError, match="created_at"):
        keep(value)
    with pytest.raises(ValueError, match="created_at"):
        City.get_or_none(City.created_at == value)


def test_no_time_is_no_time(database):
    assert City.created_at.db_value(None) is None
    assert City.created_at.python_value(None) is None


def test_a_transaction_is_all_or_nothing(database):
    with suppress(InterruptedError), transaction():
        make_city()
        raise InterruptedError
    assert City.select().count() == 0


def test_a_transaction_within_another_is_undone_alone(database):
    with transaction():
        make_city("Busan")
        with suppress(InterruptedError), transaction():
            make_city("Ulsan")
            raise InterruptedError
        make_city("Daegu")
    assert sorted(city.name for city in City.select()) == ["Busan", "Daegu"]


def test_the_outer_transaction_undoes_what_the_inner_one_did(database):
    with suppress(InterruptedError), transaction():
        with transaction():
            make_city()
        raise InterruptedError
    assert City.select().count() == 0


def test_a_refused_row_leaves_the_outer_transaction_usable(database):
    with transaction():
        make_city()
        with pytest.raises(peewee.IntegrityError), transaction():
            City.create(slug="busan", name="", timezone="UTC", policy={}, created_at=NOW)
        make_city("Ulsan")
    assert City.select().count() == 2


def test_others_see_nothing_before_the_end(database):
    seen = []

    def look():
        with connection():
            seen.append(City.select().count())

    with transaction():
        make_city()
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    look()
    assert seen == [0, 1]


def test_two_writers_take_turns_and_neither_is_lost(database):
    make_city()

    def add():
        for _ in range(10):
            with transaction():
                row = City.select().where(City.slug == "busan").for_update() if not is_sqlite() else City.select()
                City.update(bbox=[row.get().bbox[0] + 1]).execute()

    City.update(bbox=[0]).execute()
    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert City.get().bbox == [30]


def test_connections_nest_and_the_outer_one_is_kept(database):
    disconnect()
    connect(database)
    with connection():
        with connection():
            assert City.select().count() == 0
        assert not db.is_closed()
    assert db.is_closed()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("database is locked", "locked by another process"),
        ("database table is locked: city", "locked by another process"),
        ("attempt to write a readonly database", "is read-only"),
        ("cannot execute INSERT in a read-only transaction", "is read-only"),
        ("unable to open database file", "check PATROL_DATABASE_URL"),
        ("file is not a database", "not a SQLite database"),
        ("database disk image is malformed", "damaged"),
        ("database or disk is full", "make room"),
        ("no such table: city", "migrate"),
        ('relation "city" does not exist\nLINE 1: SELECT', "migrate"),
        ("connection refused\nIs the server running?", "connection refused"),
        ("the door is unlocked", "the door is unlocked"),
        ("", "OperationalError"),
    ],
)
def test_what_the_driver_says_becomes_what_a_person_can_do(said, told):
    assert told in explain(peewee.OperationalError(said))
    assert "\n" not in explain(peewee.OperationalError(said))


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DatabaseUnusable, match="file"):
        connect(f"sqlite:///{tmp_path}/file/patrol.db")


def open_each(folder, ready):
    for number in range(10):
        connect(f"sqlite:///{folder}/{number}.db")
        ready.wait(20)
        while time.time() % 0.02 > 0.001:  # until a moment that both take for the same
            pass
        with connection():
            pass
        disconnect()


def test_a_new_file_is_opened_by_two_at_once(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(2)
    openers = [spawn.Process(target=open_each, args=(str(tmp_path), ready)) for _ in range(2)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert [opener.exitcode for opener in openers] == [0, 0]


def test_the_words_of_a_check_are_in_a_fixed_order():
    assert one_of("state", ("b", "a")).sql == one_of("state", ("a", "b")).sql == "CHECK (state IN ('a', 'b'))"


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("postgresql://patrol@db.example.org/patrol", "postgresql://patrol@db.example.org/patrol?sslmode=verify-full"),
        ("postgresql://db/patrol?sslrootcert=system", "postgresql://db/patrol?sslrootcert=system&sslmode=verify-full"),
        ("postgresql://db/patrol?sslmode=disable", "postgresql://db/patrol?sslmode=disable"),
        ("postgresql://127.0.0.1:5432/patrol", "postgresql://127.0.0.1:5432/patrol"),
        ("postgresql:///patrol?host=/run/postgresql", "postgresql:///patrol?host=/run/postgresql"),
    ],
)
def test_off_this_machine_the_databases_certificate_is_checked_unless_the_url_says_otherwise(url, asked):
    assert guarded(url) == asked
