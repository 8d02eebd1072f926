"""The rota: who is on call, no one twice at once, and the gaps that are told of ahead."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.models import Message
from patrol.errors import NotFound
from patrol.people.models import Duty, Person, RotaEntry
from patrol.people.operations import rota
from patrol.people.operations.due import warn_of_gaps
from patrol.people.rules import uncovered
from patrol.places.models import City
from tests.support.factories import (
    NOW,
    bearer,
    client_of,
    make_box,
    make_city,
    make_district,
    make_duty,
    make_person,
    make_rota_entry,
)
from tests.support.patrols import API, at_once

DUTY, HOUR, DAY = "child_protection", timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def holder(city):
    return a_holder(city)


def a_holder(city, duty=DUTY, **given):
    person = make_person(city, "officer", **given)
    make_duty(person, duty)
    return person


def enter(city, person, begins=NOW, hours=8, **given):
    wanted = {"duty": DUTY, "by": None, "now": NOW, **given}
    return rota.enter(city, person=person.id, begins_at=begins, ends_at=begins + hours * HOUR, **wanted)


def spans(city, begins=NOW, ends=NOW + DAY, duty=DUTY):
    """Gaps as hours from now, with the box or station."""
    return [
        ((gap.begins_at - NOW) / HOUR, (gap.ends_at - NOW) / HOUR, gap.box.name if gap.box else gap.station)
        for gap in rota.gaps(city.id, duty, begins_at=begins, ends_at=ends)
    ]


class TestEntering:
    def test_who_is_on_call_holds_the_duty(self, city, holder):
        other, stranger = make_person(city, "officer"), a_holder(make_city("Ulsan"))
        assert enter(city, holder).person_id == holder.id
        for person in (other, stranger):
            with pytest.raises(rota.NoSuchHolder) as refused:
                enter(city, person)
            assert refused.value.pointer == "/person"

    def test_nobody_is_on_call_twice_at_once_for_the_same_duty(self, city, holder):
        make_duty(holder, "station_officer")
        enter(city, holder)
        for begins, hours in ((NOW - HOUR, 2), (NOW + HOUR, 1), (NOW - HOUR, 12), (NOW + 7 * HOUR, 5)):
            with pytest.raises(rota.OnCallAlready, match="11-06 10:30 to 11-06 18:30"):
                enter(city, holder, begins, hours)
        enter(city, holder, NOW + 8 * HOUR)  # one begins as the other ends
        enter(city, holder, duty="station_officer")
        enter(city, a_holder(city))

    def test_of_two_who_enter_the_same_person_at_once_one_is_told(self, city, holder):
        def try_it():
            try:
                return enter(city, holder) and "entered"
            except rota.OnCallAlready:
                return "on call already"

        assert sorted(at_once(try_it, try_it)) == ["entered", "on call already"]
        assert RotaEntry.select().count() == 1

    def test_hours_that_make_no_sense_are_refused(self, city, holder):
        for begins, hours in ((NOW, 0), (NOW, -1), (NOW - 2 * HOUR, 1), (NOW - HOUR, 1), (NOW, 14 * 24 + 1)):
            with pytest.raises(rota.UnusableHours) as refused:
                enter(city, holder, begins, hours)
            assert refused.value.pointer == "/ends_at"

    def test_an_unknown_duty_is_refused_and_the_known_ones_named(self, city, holder):
        with pytest.raises(rota.NoSuchDuty, match="child_protection, station_officer, traffic_authority"):
            enter(city, holder, duty="fire_brigade")

    def test_a_box_or_a_station_is_the_citys_and_not_both(self, city, holder):
        box, elsewhere = make_box(city), make_box(make_city("Ulsan"))
        assert enter(city, holder, box=box.id).box_id == box.id
        assert enter(city, holder, NOW + DAY, station=box.station).station == "Busanjin"
        for wrong in ({"box": elsewhere.id}, {"station": "Nowhere"}, {"box": box.id, "station": box.station}):
            with pytest.raises(rota.BoxOrStation):
                enter(city, holder, NOW + 2 * DAY, **wrong)


class TestTakingOff:
    def test_an_entry_to_come_goes_and_of_one_that_has_begun_what_is_left(self, city, holder):
        begun, coming = enter(city, holder, NOW - HOUR), enter(city, holder, NOW + DAY)
        for entry in (begun, coming):
            rota.take_off(city.id, entry.id, now=NOW)
        [left] = RotaEntry.select()
        assert (left.id, left.ends_at) == (begun.id, NOW)

    def test_what_is_over_stays_and_another_citys_is_not_there(self, city, holder):
        over = make_rota_entry(holder, DUTY, NOW - 2 * HOUR, NOW)
        coming = enter(city, holder)
        for place, entry in ((city, over), (make_city("Ulsan"), coming)):
            with pytest.raises(NotFound):
                rota.take_off(place.id, entry.id, now=NOW)
        assert RotaEntry.select().count() == 2


class TestCopyingAWeek:
    MONDAY, NEXT = date(2026, 11, 2), date(2026, 11, 9)

    def test_the_same_people_at_the_same_hours_a_week_later(self, city, holder):
        other = a_holder(city)
        make_rota_entry(holder, DUTY, NOW - DAY, NOW)
        make_rota_entry(other, DUTY, NOW, NOW + DAY, station="Busanjin")
        make_rota_entry(holder, DUTY, NOW - 9 * DAY, NOW - 8 * DAY)  # the week before
        make_box(city)
        made = rota.copy_week(city, duty=DUTY, source=self.MONDAY, target=self.NEXT, by=holder.id, now=NOW)
        assert [(entry.person_id, entry.begins_at, entry.station) for entry in made] == [
            (holder.id, NOW + 6 * DAY, ""),
            (other.id, NOW + 7 * DAY, "Busanjin"),
        ]

    def test_all_or_none(self, city, holder):
        for day in range(3):
            make_rota_entry(holder, DUTY, NOW + day * DAY, NOW + day * DAY + HOUR)
        make_rota_entry(holder, DUTY, NOW + 8 * DAY, NOW + 9 * DAY)
        with pytest.raises(rota.OnCallAlready):
            rota.copy_week(city, duty=DUTY, source=self.MONDAY, target=self.NEXT, by=None, now=NOW)
        assert RotaEntry.select().count() == 4

    def test_hours_are_those_of_the_clock_when_summer_time_ends(self, city, holder):
        City.update(timezone="Europe/Helsinki").where(City.id == city.id).execute()
        zone = ZoneInfo("Europe/Helsinki")
        begins = datetime(2027, 10, 25, 20, tzinfo=zone)  # clocks go back on the 31st
        make_rota_entry(holder, DUTY, begins, begins + 8 * HOUR)
        again = City.get_by_id(city.id)
        [made] = rota.copy_week(
            again, duty=DUTY, source=begins.date(), target=begins.date() + 7 * DAY, by=None, now=NOW
        )
        assert made.begins_at.astimezone(zone).hour == 20
        assert made.begins_at - begins == 7 * DAY + HOUR


class TestGaps:
    def test_what_nobody_covers_is_listed(self, city, holder):
        enter(city, holder, NOW, 2)
        enter(city, a_holder(city), NOW + 4 * HOUR, 8)
        assert spans(city) == [(2, 4, ""), (12, 24, "")]

    def test_a_duty_without_a_rota_has_none_and_before_it_begins_neither(self, city, holder):
        assert spans(city) == []
        enter(city, holder, NOW + 4 * HOUR, 8)
        assert spans(city) == [(12, 24, "")]

    def test_who_cannot_sign_in_holds_the_duty_no_longer_or_is_no_staff_covers_nothing(self, city, holder):
        enter(city, holder, NOW, 24)
        assert spans(city) == []
        whole = [(0, 24, "")]
        Person.update(state="disabled").where(Person.id == holder.id).execute()
        assert spans(city) == whole
        Person.update(state="active").where(Person.id == holder.id).execute()
        Duty.update(ended_at=NOW).execute()
        assert spans(city) == whole

    def test_box_by_box_each_has_its_own_and_the_whole_citys_and_the_stations_fill_them(self, city, holder):
        one, two = make_box(city, "One"), make_box(city, "Two")
        enter(city, holder, NOW, 8, box=one.id)
        enter(city, a_holder(city), NOW, 12, box=two.id)
        assert spans(city) == [(8, 24, "One"), (12, 24, "")]  # from 12 on there is nobody anywhere
        enter(city, a_holder(city), NOW + 8 * HOUR, 8, station=one.station)
        assert spans(city) == [(0, 8, "Busanjin"), (16, 24, "")]
        enter(city, a_holder(city), NOW, 24)
        assert spans(city) == []

    @given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20))), st.integers(0, 30), st.integers(1, 30))
    def test_every_hour_is_either_covered_or_in_exactly_one_gap(self, drawn, first, length):
        hours = [(begins, begins + lasts) for begins, lasts in drawn]
        at = [(NOW + begins * HOUR, NOW + ends * HOUR) for begins, ends in hours]
        found = uncovered(at, NOW + first * HOUR, NOW + (first + length) * HOUR)
        assert found == sorted(found)
        for hour in range(first, first + length):
            covered = any(begins <= hour < ends for begins, ends in hours)
            missed = sum(begins <= NOW + hour * HOUR < ends for begins, ends in found)
            assert missed == (not covered)
        assert all(NOW + first * HOUR <= begins < ends <= NOW + (first + length) * HOUR for begins, ends in found)


class TestWarning:
    def told(self):
        return [(row.person, row.words["en"]["body"]) for row in Message.select().where(Message.kind == "rota_gap")]

    def test_admins_and_the_whole_citys_coordinators_are_told_once_of_a_gap_in_the_days_ahead(self, city, holder):
        admin, whole = make_person(city, "admin"), make_person(city, "coordinator")
        make_person(city, "coordinator", district=make_district(city))
        make_person(make_city("Ulsan"), "admin")
        enter(city, holder, NOW, 24)
        enter(city, a_holder(city), NOW + 30 * HOUR, 14 * 24)
        for later in (timedelta(), HOUR, 25 * HOUR):
            assert warn_of_gaps(NOW + later) == 1
        said = "Child protection: nobody from 11-07 19:30 to 11-08 01:30."
        assert sorted(self.told()) == sorted([(admin.id, said), (whole.id, said)])

    def test_a_gap_beyond_the_policys_days_waits(self, city, holder):
        make_person(city, "admin")
        enter(city, holder, NOW, 8 * 24)
        assert warn_of_gaps(NOW) == 0
        assert warn_of_gaps(NOW + DAY + HOUR) == 1

    def test_nobody_is_told_of_a_duty_without_a_rota_or_that_may_sleep(self, city, holder):
        make_person(city, "admin")
        make_duty(holder, "station_officer")
        enter(city, holder, NOW, 4, duty="station_officer")
        assert warn_of_gaps(NOW) == 0
        assert self.told() == []

    def test_a_gap_without_a_beginning_is_told_of_once_a_day(self, city, holder):
        make_person(city, "admin")
        make_rota_entry(holder, DUTY, NOW - 40 * DAY, NOW + 40 * DAY)
        Person.update(state="disabled").where(Person.id == holder.id).execute()
        for hours in (0, 1, 2, 24):
            assert warn_of_gaps(NOW + hours * HOUR) == 1
        assert len(self.told()) == 2

    @pytest.mark.usefixtures("database")
    def test_an_empty_installation_has_nothing_to_tell(self):
        assert warn_of_gaps(NOW) == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestOverHttp:
    @pytest.fixture
    def client(self, database):
        return client_of(database)

    def test_an_admin_enters_lists_and_takes_off(self, client, city, holder):
        admin = bearer(make_person(city, "admin"))
        wanted = {"duty": DUTY, "person": str(holder.id), "begins_at": NOW.isoformat()}
        wanted["ends_at"] = (NOW + 8 * HOUR).isoformat()
        made = client.post(f"{API}/rota", json=wanted, headers=admin)
        assert (made.status_code, made.json["person"]["name"]) == (201, holder.name)
        week = client.get(f"{API}/rota?duty={DUTY}", headers=admin).json
        assert [entry["id"] for entry in week["entries"]] == [made.json["id"]]
        [gap] = week["gaps"]
        assert (gap["duty"], gap["begins_at"]) == (DUTY, made.json["ends_at"])
        assert client.delete(f"{API}/rota/{made.json['id']}", headers=admin).status_code == 204
        again = client.post(f"{API}/rota", json=wanted | {"ends_at": wanted["begins_at"]}, headers=admin)
        assert (again.status_code, again.json["errors"][0]["pointer"]) == (422, "/ends_at")

    def test_coordinators_read_it_and_change_nothing(self, client, city, holder):
        entry = enter(city, holder)
        coordinator = bearer(make_person(city, "coordinator"))
        assert len(client.get(f"{API}/rota", headers=coordinator).json["entries"]) == 1
        assert client.delete(f"{API}/rota/{entry.id}", headers=coordinator).status_code == 403
        for path in ("rota", "rota/copy"):
            assert client.post(f"{API}/{path}", json={}, headers=coordinator).status_code == 403
        for role in ("officer", "walker"):
            assert client.get(f"{API}/rota", headers=bearer(make_person(city, role))).status_code == 403

    def test_the_duties_tell_who_holds_them_and_who_is_on_now(self, client, city, holder):
        other = a_holder(city)
        a_holder(make_city("Ulsan"))
        coordinator = bearer(make_person(city, "coordinator"))
        protection, *rest = client.get(f"{API}/duties", headers=coordinator).json
        assert [duty["code"] for duty in rest] == ["station_officer", "traffic_authority"]
        assert (protection["round_the_clock"], protection["rota"], len(protection["on_duty"])) == (True, False, 2)
        enter(city, other)
        protection, *_ = client.get(f"{API}/duties", headers=coordinator).json
        assert {person["id"] for person in protection["holders"]} == {str(holder.id), str(other.id)}
        assert (protection["rota"], protection["on_duty"]) == (True, [str(other.id)])

    def test_another_citys_rota_is_not_there(self, client, city, holder):
        entry = enter(city, holder)
        stranger = bearer(make_person(make_city("Ulsan"), "admin"))
        assert client.get(f"{API}/rota", headers=stranger).json["entries"] == []
        assert client.delete(f"{API}/rota/{entry.id}", headers=stranger).status_code == 404
        copied = client.post(
            f"{API}/rota/copy",
            json={"duty": DUTY, "source": "2026-11-02", "target": "2026-11-09"},
            headers=stranger,
        )
        assert (copied.status_code, copied.json) == (201, [])

    def test_too_much_at_once_is_refused(self, client, city):
        query = {"begins_at": NOW.isoformat(), "ends_at": (NOW + 63 * DAY).isoformat()}
        answer = client.get(f"{API}/rota", query_string=query, headers=bearer(make_person(city, "admin")))
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/query/ends_at")

    def test_a_week_at_the_calendars_end_is_refused(self, client, city):
        days = {"source": "2026-11-02", "target": "9999-12-31"}
        admin = bearer(make_person(city, "admin"))
        answer = client.post(f"{API}/rota/copy", json={"duty": DUTY, **days}, headers=admin)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/target")


def test_a_kind_that_names_a_duty_of_its_own_makes_it_known(city):
    policy = dump_with_duty(city, "harbour_watch")
    City.update(policy=policy).execute()
    rota.require_duty(City.get_by_id(city.id), "harbour_watch", at="/duty")


def dump_with_duty(city, duty):
    kinds = [kind | {"duty": duty} if kind["code"] == "E6" else kind for kind in city.policy["kinds"]]
    return city.policy | {"kinds": kinds}
