"""Devices: whose an address is, and when it takes no more."""

import threading
from datetime import timedelta
from uuid import uuid4

from notifications.devices import devices_of, put_device, remove_device, retire_device, retire_of_session
from notifications.models import Device
from tests.support.messages import CITY, NOW, add_device


def held(person):
    return {(row.address, row.retired_because) for row in devices_of(person)}


def test_the_same_again_is_the_same_device(database):
    person, device = uuid4(), uuid4()
    add_device(person, "fid-1", device=device)
    again = add_device(person, "fid-1", device=device, now=NOW + timedelta(days=1))
    assert (again.created_at, again.registered_at) == (NOW, NOW + timedelta(days=1))
    assert Device.select().count() == 1


def test_a_device_may_get_another_address(database):
    person = uuid4()
    device = add_device(person, "fid-1")
    add_device(person, "fid-2", device=device.id)
    assert held(person) == {("fid-2", None)}


def test_an_address_moves_with_who_registered_it_last(database):
    one, other = uuid4(), uuid4()
    device = add_device(one, "fid-1")
    add_device(other, "fid-1", device=device.id)
    assert (held(one), held(other)) == (set(), {("fid-1", None)})


def test_under_another_id_too_and_the_one_before_sees_that_it_moved(database):
    one, other = uuid4(), uuid4()
    add_device(one, "fid-1")
    add_device(other, "fid-1")
    assert (held(one), held(other)) == ({("", "moved")}, {("fid-1", None)})


def test_nobody_takes_anothers_id_with_an_address_of_their_own(database):
    one, other = uuid4(), uuid4()
    device = add_device(one, "fid-1")
    taken = put_device(
        device.id,
        city=CITY,
        person=other,
        session=None,
        kind="fcm_fid",
        address="fid-2",
        keys=None,
        label="",
        language="ko",
        now=NOW,
    )
    assert taken is None
    assert (held(one), held(other)) == ({("fid-1", None)}, set())


def test_an_address_registered_by_several_at_once_is_one_device_in_use(database):
    people = [uuid4() for _ in range(4)]
    begin = threading.Barrier(4)

    def run(person):
        begin.wait()
        add_device(person, "fid-1")

    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Device.select().count() == 4
    assert Device.select().where(Device.retired_at.is_null()).count() == 1


def test_a_retired_device_registers_again(database):
    person = uuid4()
    device = add_device(person, "fid-1")
    retire_device(device.id, address="fid-1", now=NOW)
    assert held(person) == {("", "unregistered")}
    add_device(person, "fid-1", device=device.id)
    assert held(person) == {("fid-1", None)}


def test_who_signs_out_is_reached_there_no_more(database):
    person, session = uuid4(), uuid4()
    add_device(person, "fid-1", session=session)
    add_device(person, "fid-2", session=uuid4())
    retire_of_session(session, now=NOW)
    assert held(person) == {("", "signed_out"), ("fid-2", None)}


def test_only_its_person_removes_a_device(database):
    person = uuid4()
    device = add_device(person, "fid-1")
    assert not remove_device(uuid4(), device.id)
    assert remove_device(person, device.id)
    assert not remove_device(person, device.id)
