"""Who plays in the demo: nobody that anybody could sign in as from elsewhere."""

import pytest

from commands.cast import Cast
from commands.shared import ready
from patrol.people.models import Person
from patrol.people.rules import STAFF
from tests.support.command_line import context_of
from tests.support.factories import client_of, make_city

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_sample_staff_have_no_password_and_their_links_are_good_on_this_machine_alone(database, settings):
    context = context_of(settings)
    with ready(context):
        cast = Cast(context, make_city(), address="http://127.0.0.1:8000")
        staff = [cast.staff(role) for role in sorted(STAFF)]
        tokens = [cast.link(person).partition("#")[2] for person in staff]
    assert {person.password_hash for person in Person.select()} == {None}
    assert [person.id for person in staff] == [cast.staff(role).id for role in sorted(STAFF)], "made once"
    client = client_of(database, clock=context.clock)
    for address, statuses in (("198.51.100.7", {403}), ("127.0.0.1", {201})):
        elsewhere = {"REMOTE_ADDR": address}
        answers = [
            client.post("/api/v1/sessions/link", json={"token": token}, environ_base=elsewhere) for token in tokens
        ]
        assert {answer.status_code for answer in answers} == statuses
