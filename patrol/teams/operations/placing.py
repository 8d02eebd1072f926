"""Which district a team belongs to: where its door is, else what its handler states."""

from collections import defaultdict
from datetime import datetime
from typing import cast
from uuid import UUID

from patrol.places.models import City
from patrol.places.operations.districts import district_at, district_coded, districts_of, lying_in
from patrol.teams.models import Team


def district_for(city: City, lon: float | None, lat: float | None, *, stated: str | None) -> UUID | None:
    """The district of a door. What is `stated` (a code) counts where no outline says, or the door is unknown yet.

    Raises NoSuchDistrict.
    """
    said = UUID(str(district_coded(city, stated, at="/district").id)) if stated else None
    known = None if lon is None or lat is None else district_at(city, lon, lat)
    return known or said


def place_teams(city: City, _now: datetime) -> None:
    """Within a transaction: find the city's teams a district anew; one whose door is in no outline keeps its own."""
    teams = list(Team.select().where((Team.city == city) & Team.door_lon.is_null(is_null=False)))
    doors = [(cast("float", team.door_lon), cast("float", team.door_lat)) for team in teams]
    where = lying_in(districts_of(city), doors)
    moved: dict[UUID, list[UUID]] = defaultdict(list)
    for team, found in zip(teams, where, strict=True):
        if found is not None and found != team.district_id:
            moved[found].append(team.id)
    for district, ids in moved.items():
        Team.update(district=district).where(Team.id.in_(ids)).execute()
