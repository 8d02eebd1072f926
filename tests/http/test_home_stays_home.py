"""Where somebody lives is in no answer to anybody but them, and in no log, as nothing is that tells who they are."""

import pytest

from patrol.http.access import matrix
from patrol.teams.models import Dog
from tests.http.test_access import ENDLESS, ask, said, short
from tests.support.factories import client_of
from tests.support.patrols import north, send
from tests.support.world import ROLES, make_world

FAR = 129.12345, 35.23456
"""A door outside the streets of the sample, so that nothing else there has its degrees."""


def written(place):
    """A place as it would stand in an answer, to four decimals or more."""
    return [f"{value:.4f}" for value in place]


def telling(world):
    """What tells who somebody is, or lets one pass for them: names, numbers, addresses, dogs' numbers, tokens."""
    for person in world.people.values():
        yield from filter(None, (person.name, person.phone, person.email))
    yield from (dog.registration_no for dog in Dog.select())
    yield from (headers["Authorization"].rpartition(" ")[2] for headers in world.headers.values())


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_answer_to_anybody_else_tells_a_door_and_no_line_of_the_log_who_somebody_is(database, capfd):
    client = client_of(database)
    world = make_world(client, door=FAR)
    walker, walk = world.people["walker"], world.ids["walk_id"]
    home = [{**fix, "lon": FAR[0], "lat": FAR[1]} for fix in north(steps=2)]
    assert send(client, walker, walk, home).status_code == 200
    endpoints = matrix(client.get("/api/openapi.json").json, roles=ROLES)
    told, looked_at = [], 0
    for endpoint in endpoints:
        for role, headers in [*world.headers.items(), ("nobody", {})]:
            if role == "walker" or endpoint.path == ENDLESS:
                continue
            answer = said(ask(client, endpoint, world.near(role), headers))
            looked_at += len(answer)
            told += [f"{role}: {short(endpoint)}" for place in written(FAR) if place in answer]
    assert told == []
    assert looked_at > 100_000
    near, headers = world.near("walker"), world.headers["walker"]
    own = {short(each) for each in endpoints if written(FAR)[0] in said(ask(client, each, near, headers))}
    assert {"GET /teams/mine", "GET /shifts/{shift_id}/route", "GET /walks/{walk_id}/track"} <= own
    logged = "".join(capfd.readouterr())
    assert "refused" in logged
    assert [text for text in (*written(FAR), *telling(world)) if text in logged] == []
