import pytest

from tests.support.contract import operations_of, try_out
from tests.support.factories import client_of
from tests.support.world import make_world


def run(database, *, examples):
    client = client_of(database)
    world = make_world(client)
    failures = []
    for operation in operations_of(client.application):
        try:
            try_out(operation, world, examples=examples)
        except Exception as failure:  # noqa: BLE001 - of whatever kind, every endpoint is tried before the test fails
            failures.append(f"{operation.method.upper()} {operation.path}\n{failure}")
    assert not failures, "\n\n".join(failures)


def test_no_endpoint_fails_unexpectedly_or_answers_what_it_does_not_document(database):
    run(database, examples=1)


@pytest.mark.slow
def test_nor_does_any_when_asked_many_times(database):
    run(database, examples=30)
