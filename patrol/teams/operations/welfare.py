"""The weather's gate for a team as it is."""

from collections.abc import Iterable
from datetime import date, datetime

from patrol.places.operations.cities import policy_of, zone_of
from patrol.teams.models import Dog, Team
from patrol.teams.rules import Build, Gate, Weather, age_years, welfare_gate


def gate_of(team: Team, *, weather: Weather | None, wanted_min: int, now: datetime) -> Gate:
    """What the weather allows this team's dogs today (city's date): see `welfare_gate`."""
    today = now.astimezone(zone_of(team.city_id)).date()
    dogs = builds(Dog.select().where(Dog.team == team), today)
    return welfare_gate(policy_of(team.city_id), weather, dogs, wanted_min)


def builds(dogs: Iterable[Dog], on: date) -> list[Build]:
    """What the gates look at, with each dog's age on that day."""
    return [
        Build(
            age_years=age_years(dog.born_on, on),
            weight_kg=dog.weight_kg,
            brachycephalic=dog.brachycephalic,
            overweight=dog.overweight,
        )
        for dog in dogs
    ]
