import threading
from datetime import timedelta

from config.leases import Lease, give_back, take
from tests.support.factories import NOW

LASTING = timedelta(seconds=30)


def held_by(holder, *, now=NOW, name="clock"):
    return take(name, holder, now=now, lasting=LASTING)


def test_one_holds_it_and_prolongs_it_and_others_wait(database):
    assert held_by("a")
    assert not held_by("b", now=NOW + timedelta(seconds=29))
    assert held_by("a", now=NOW + timedelta(seconds=29))
    assert not held_by("b", now=NOW + timedelta(seconds=58))
    assert (Lease.get().holder, Lease.get().expires_at) == ("a", NOW + timedelta(seconds=59))


def test_a_holder_that_died_is_outlived(database):
    assert held_by("a")
    assert held_by("b", now=NOW + LASTING)
    assert not held_by("a", now=NOW + LASTING)


def test_who_takes_it_anew_is_told_so_and_who_prolongs_it_is_not(database):
    told = []
    for holder, later in (("a", 0), ("a", 20), ("b", 60), ("b", 70), ("a", 200)):
        at = NOW + timedelta(seconds=later)
        take("clock", holder, now=at, lasting=LASTING, newly=lambda said=(holder, later): told.append(said))
    assert told == [("a", 0), ("b", 60), ("a", 200)]


def test_what_is_given_back_is_free_at_once_and_only_its_holder_gives_it_back(database):
    held_by("a")
    give_back("clock", "b")
    assert not held_by("b")
    give_back("clock", "a")
    assert held_by("b")


def test_leases_of_different_names_are_apart(database):
    assert held_by("a")
    assert held_by("b", name="plan run 7")


def test_of_many_at_once_one_has_it(database):
    for begun in (NOW, NOW + LASTING, NOW + 2 * LASTING):  # at first nobody has it, then it has run out
        together, winners = threading.Barrier(4), []

        def try_it(holder, now=begun, together=together, winners=winners):
            together.wait()
            if held_by(holder, now=now):
                winners.append(holder)

        threads = [threading.Thread(target=try_it, args=(f"{number} at {begun}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert winners == [Lease.get().holder]
