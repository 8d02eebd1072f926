"""What a team's dogs may do, now and later: the gates over time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from config.policy import Policy
from patrol.places.operations.cities import policy_of
from patrol.teams.models import Dog, Team
from patrol.teams.rules import (
    NONE_BESIDES,
    REASONS,
    Build,
    Gate,
    Outings,
    Piece,
    Weather,
    age_years,
    strictest,
    sun_is_up,
    welfare_gate,
)

WeatherAt = Callable[[datetime], Weather | None]
"""The weather of a city at an instant, now or later; None when it is not known."""

PIECE_S = 1_800
"""The gate at the beginning of a half hour holds for all of it, unless the sun rises or sets."""
LOOK_AHEAD = timedelta(hours=18)


def unknown(_at: datetime) -> Weather | None:
    """No weather at all."""
    return None


@dataclass(frozen=True, slots=True)
class Watch:
    """What looks after one team's dogs: their builds, the city's policy, its weather and its clock."""

    team: Team
    dogs: Sequence[Build]
    policy: Policy
    weather: WeatherAt
    day: date
    besides: Outings = NONE_BESIDES

    def gate(self, at: datetime, wanted_min: int) -> Gate:
        """What the dogs may do at an instant of that day or of the night after it."""
        return welfare_gate(
            self.policy.welfare,
            self.weather(at),
            self.dogs,
            wanted_min,
            daylight=self.daylight(at),
            day=self.day,
            besides=self.besides,
        )

    def gate_over(self, begins: datetime, ends: datetime, wanted_min: int) -> Gate:
        """The strictest gate of a time."""
        return strictest(piece.gate for piece in self.pieces(begins, ends, wanted_min))

    def pieces(self, begins: datetime, ends: datetime, wanted_min: int) -> list[Piece]:
        """A time cut at every half hour, at sunrise and at sunset, each part with its gate."""
        return [Piece(since, until, self.gate(since, wanted_min)) for since, until in self._parts(begins, ends)]

    def allowed_again(self, at: datetime, wanted_min: int) -> datetime | None:
        """When the dogs may walk next, if they may not at this instant and will in the hours that can be foreseen."""
        for since, _ in self._parts(at, at + LOOK_AHEAD):
            if self.weather(since) is not None and self.gate(since, wanted_min).verdict != "stop":
                return since
        return None

    def minutes_left(self) -> int | None:
        """How long the dogs may be out that day by their own minutes; None where none has a limit."""
        limits = [dog.minutes_a_day for dog in self.dogs if dog.minutes_a_day is not None]
        return max(0, int(min(limits) - self.besides.minutes)) if limits else None

    def daylight(self, at: datetime) -> bool:
        """Whether the sun is up where the team lives; yes, while nobody knows where that is."""
        lon, lat = self.team.door_lon, self.team.door_lat
        return lon is None or lat is None or sun_is_up(at, lon=lon, lat=lat)

    def _parts(self, begins: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime]]:
        since = begins
        while since < ends:
            half_hour = since + timedelta(seconds=PIECE_S - since.timestamp() % PIECE_S)
            until = self._sun_turns(since, min(half_hour, ends))
            yield since, until
            since = until

    def _sun_turns(self, since: datetime, until: datetime) -> datetime:
        """When the sun rises or sets in a time, to the minute; its end where it does not."""
        if self.daylight(since) == self.daylight(until):
            return until
        before, after = since, until
        while after - before > timedelta(minutes=1):
            middle = before + (after - before) / 2
            before, after = (middle, after) if self.daylight(middle) == self.daylight(since) else (before, middle)
        return after


def watch_over(
    team: Team, *, weather: WeatherAt, on: date, besides: Outings = NONE_BESIDES, dogs: Iterable[Dog] | None = None
) -> Watch:
    """What looks after a team's dogs on that day (city's date). `besides`: their other walks, see Outings."""
    found = Dog.select().where(Dog.team == team) if dogs is None else dogs
    return Watch(team, builds(found, on), policy_of(team.city_id), weather, on, besides)


def builds(dogs: Iterable[Dog], on: date) -> list[Build]:
    """What the gates look at, with each dog's age on that day."""
    return [
        Build(
            id=dog.id,
            age_years=age_years(dog.born_on, on),
            weight_kg=dog.weight_kg,
            brachycephalic=dog.brachycephalic,
            overweight=dog.overweight,
            stroller=dog.stroller,
            minutes_a_day=dog.minutes_a_day,
            rest_days=dog.rest_days,
        )
        for dog in dogs
    ]


def names_of(dogs: Iterable[UUID]) -> dict[UUID, str]:
    """The dogs' names, of those that are still known."""
    return {dog.id: dog.name for dog in Dog.select(Dog.id, Dog.name).where(Dog.id.in_(list(dogs)))}


def in_words(reasons: Iterable[str], names: Sequence[str] = ()) -> dict[str, str]:
    """Why a gate is as it is, in Korean and English, after the dogs that it is about."""
    about = f"{', '.join(names)}: " if names else ""
    return {language: about + ", ".join(REASONS[reason][language] for reason in reasons) for language in ("ko", "en")}
