"""What a city decides of sightings: their kinds, who answers them by when, and how people are told."""

from typing import Annotated

from msgspec import Meta

from config.policy.values import Destination, Minutes, Part, TimeOfDay, Urgency, Words


class Hotline(Part, frozen=True):
    """A number that the app offers to dial."""

    number: Annotated[str, Meta(pattern=r"^[0-9+]{2,15}$")]
    name: Words


class Kind(Part, frozen=True):
    """A kind of sighting: how urgent, who answers, which number comes first.

    `suspends_on_bite`: here a walker reports that the own dog has bitten, which suspends the team.
    """

    code: Annotated[str, Meta(pattern=r"^[A-Z]\d{1,2}$")]
    name: Words
    urgency: Urgency
    goes_to: Destination
    call_first: str = ""
    refer_to: tuple[str, ...] = ()
    duty: str = ""
    restricted: bool = False
    mergeable: bool = True
    suspends_on_bite: bool = False


class Duty(Part, frozen=True):
    """A charge on top of a role, which kinds name. Somebody is to be on call for a round-the-clock one at any hour."""

    code: Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,39}$")]
    name: Words
    round_the_clock: bool = False


DUTIES = (
    Duty(code="child_protection", name={"ko": "아동보호 담당", "en": "Child protection"}, round_the_clock=True),
    Duty(code="station_officer", name={"ko": "경찰서 당직", "en": "Station officer"}),
    Duty(code="traffic_authority", name={"ko": "교통 담당", "en": "Traffic authority"}),
)
"""The duties of a policy that names none."""


class Rota(Part, frozen=True):
    """Who is on call for the duties."""

    warn_days: Annotated[int, Meta(ge=1, le=31)] = 7


class Routing(Part, frozen=True):
    """What of a report's way is told by the place: a facility within so many metres is the one that is broken."""

    facility_within_m: Annotated[float, Meta(gt=0, le=1000)] = 60.0


class ServiceLevels(Part, frozen=True):
    """Minutes until a sighting must be acknowledged."""

    immediate_min: Minutes
    expected_min: Minutes
    future_min: Minutes

    def minutes(self, urgency: Urgency) -> int:
        """Minutes for one urgency."""
        return {"Immediate": self.immediate_min, "Expected": self.expected_min, "Future": self.future_min}[urgency]


class Escalation(ServiceLevels, frozen=True):
    """Minutes that each next contact has to acknowledge when nobody did within the service level.

    The last contact is reminded every `repeat_min`. `station_duty`: the duty whose holders answer for a police station.
    """

    immediate_min: Minutes = 3
    expected_min: Minutes = 30
    future_min: Minutes = 1440
    repeat_min: Minutes = 30
    station_duty: str = "station_officer"


class Drill(Part, frozen=True):
    """Whether everybody can be reached. `monthly_day` 0: none by itself; each rung has `answer_min` to answer."""

    monthly_day: Annotated[int, Meta(ge=0, le=28)] = 0
    at: TimeOfDay = "14:00"
    answer_min: Minutes = 10


class Notices(Part, frozen=True):
    """Look-outs to teams near a place, also to those who set out for there within `soon_min` minutes.

    A position older than `fresh_min` minutes is none.
    """

    longest_hours: Annotated[int, Meta(ge=1, le=168)] = 24
    most_m: Annotated[float, Meta(ge=100, le=20_000)] = 3_000.0
    fresh_min: Minutes = 10
    soon_min: Minutes = 30


class Corroboration(Part, frozen=True):
    """How near in place and time two sightings of a kind must be to be taken for the same."""

    within_m: Annotated[float, Meta(gt=0, le=1_000)] = 50.0
    within_h: Annotated[float, Meta(gt=0, le=720)] = 24.0


class Notifications(Part, frozen=True):
    """How people are reached who chose nothing. Immediate messages heed none of it; `weekly_budget` 0: no limit."""

    quiet_from: TimeOfDay = "23:00"
    quiet_until: TimeOfDay = "07:00"
    weekly_budget: Annotated[int, Meta(ge=0, le=1000)] = 30
    bundle_min: Annotated[int, Meta(ge=0, le=120)] = 5
