"""Who is told in turn when nobody acknowledges: a pure decision."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.alerts.rules import LADDERS, Climb, Contacts, Rung, climb, ladder

ONE, TWO, THREE, FOUR, FIVE = (UUID(int=number) for number in range(1, 6))
EVERYBODY = Contacts(neighbours=[ONE], station=[TWO], duty=[THREE], coordinators=[FOUR], admins=[FIVE])


@pytest.mark.parametrize(
    ("went_to", "in_turn"),
    [
        ("box", ["neighbour", "station", "coordinators", "admins"]),
        ("duty", ["duty", "station", "coordinators", "admins"]),
        ("coordinators", ["coordinators", "admins"]),
        ("admins", ["admins"]),
        ("somebody else", ["coordinators", "admins"]),
    ],
)
def test_the_ladder_depends_on_who_was_told_first(went_to, in_turn):
    assert [rung.to for rung in ladder(went_to, EVERYBODY, restricted=False)] == in_turn


@pytest.mark.parametrize("went_to", list(LADDERS))
def test_a_restricted_one_stays_with_its_duty_and_others_learn_only_that_something_waits(went_to):
    duty, overdue = ladder(went_to, EVERYBODY, restricted=True)
    assert (duty.to, duty.people) == ("duty", {THREE})
    assert (overdue.to, overdue.people) == ("overdue", {FOUR, FIVE})


def test_a_rung_with_nobody_new_is_passed_by_and_named():
    rungs = ladder("box", Contacts(neighbours=[ONE], coordinators=[TWO]), restricted=False)
    assert climb(rungs, rung=0, told={ONE}, first={ONE}) == Climb(
        rung=3, tell=(Rung("coordinators", frozenset({TWO})),), skipped=("neighbour", "station")
    )


def test_with_nobody_else_at_all_those_told_first_are_reminded():
    rungs = ladder("box", Contacts(), restricted=False)
    found = climb(rungs, rung=0, told={ONE}, first={ONE})
    assert (found.tell, found.again) == ((Rung("first", frozenset({ONE})),), True)


def test_at_its_end_those_on_the_duty_are_reminded_of_a_restricted_one_besides_those_who_may_not_know_it():
    rungs = ladder("duty", EVERYBODY, restricted=True)
    found = climb(rungs, rung=2, told={THREE}, first={ONE})
    assert [(rung.to, rung.people) for rung in found.tell] == [("duty", {THREE}), ("overdue", {FOUR, FIVE})]


people = st.frozensets(st.sampled_from([UUID(int=number) for number in range(1, 9)]), max_size=4)


@given(
    contacts=st.builds(Contacts, neighbours=people, station=people, duty=people, coordinators=people, admins=people),
    went_to=st.sampled_from(list(LADDERS)),
    first=people,
)
def test_going_up_nobody_is_told_twice_nobody_is_left_out_and_the_end_is_the_last_rung_again(contacts, went_to, first):
    rungs = ladder(went_to, contacts, restricted=False)
    told, rung, turns = set(first), 0, 0
    while True:
        step = climb(rungs, rung=rung, told=told, first=first)
        if step.again:
            break
        assert step.rung > rung
        for each in step.tell:
            assert each.people
            assert each.people.isdisjoint(told)
            told |= each.people
        rung, turns = step.rung, turns + 1
        assert turns <= len(rungs)
    assert told == set(first).union(*(each.people for each in rungs))
    last = [each for each in rungs if each.people][-1:]
    assert [each.people for each in step.tell] == ([each.people for each in last] or ([first] if first else []))
