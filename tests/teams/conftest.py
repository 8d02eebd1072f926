"""Who tests of teams ask as."""

import pytest

from patrol.places.models import City
from tests.support.factories import bearer, make_person


@pytest.fixture
def coordinator(city: City) -> dict[str, str]:
    """Headers of a coordinator of the whole city."""
    return bearer(make_person(city, "coordinator"))
