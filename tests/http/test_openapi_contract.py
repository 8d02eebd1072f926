import pytest

from tests.support.contract import operations_of, try_out
from tests.support.factories import client_of
from tests.support.world import make_world


@pytest.mark.slow
def test_no_endpoint_fails_unexpectedly_or_answers_what_it_does_not_document(database):
    client = client_of(database)
    world = make_world(client)
    failures = []
    for operation in operations_of(client.application):
        try:
            try_out(operation, world, examples=30)
        except Exception as failure:  # noqa: BLE001 - of whatever kind, every endpoint is tried before the test fails
            failures.append(f"{operation.method.upper()} {operation.path}\n{failure}")
    assert not failures, "\n\n".join(failures)
