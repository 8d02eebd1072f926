"""A city's policy: what it may decide without touching code. One TOML file, validated whole, kept with the city.

busan.toml is the worked example; generic.toml serves a city that has not written its own yet.
"""

import math
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

SHIPPED = Path(__file__).parent

Words = dict[Literal["ko", "en"], Annotated[str, Meta(min_length=1)]]
Urgency = Literal["Immediate", "Expected", "Future"]
Destination = Literal["box", "coordinators", "duty", "facility"]
Minutes = Annotated[int, Meta(gt=0, le=44_640)]
Days = Annotated[int, Meta(gt=0, le=36_500)]
Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class PolicyError(Exception):
    """The policy cannot be used. `where` names the place in the file, such as `kinds[3].urgency`."""

    def __init__(self, source: str, where: str, problem: str) -> None:
        """Shown as `busan.toml: kinds[3].urgency: …`."""
        self.source, self.where, self.problem = source, where, problem
        super().__init__(f"{source}: {where}: {problem}" if where else f"{source}: {problem}")


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; an unknown name in it is refused, as it is most likely a slip of the pen."""


class Formats(_Part, frozen=True):
    """How phone and animal registration numbers look here. Patterns are matched against digits only."""

    phone_country_code: Annotated[str, Meta(pattern=r"^[1-9]\d{0,2}$")]
    phone_pattern: str
    phone_example: str
    registration_pattern: str
    registration_example: str


class Evening(_Part, frozen=True):
    """The hours that a plan covers unless the coordinator asks for others, in the city's time."""

    begins: TimeOfDay
    ends: TimeOfDay


class Walk(_Part, frozen=True):
    """How teams walk."""

    speed_kmh: Positive
    default_min: Minutes
    soft_cap_min: Minutes
    hard_cap_min: Minutes
    start_early_min: Annotated[int, Meta(ge=0)]
    leash_m: Positive


class Planning(_Part, frozen=True):
    """The planner's defaults."""

    seconds: Positive
    start_within_m: Positive
    reach_m: Positive
    answer_within_min: Minutes
    remind_before_min: tuple[Minutes, ...]
    keep_weight: NotNegative = 2.0


class Week(_Part, frozen=True):
    """How a week is planned. A block wants its own number of visits; each is worth a share of its weight."""

    seconds: Positive = 60.0
    walks: Annotated[int, Meta(ge=1, le=7)] = 2
    rest_days: Annotated[int, Meta(ge=0, le=6)] = 1
    spacing_days: Annotated[int, Meta(ge=0, le=6)] = 2
    burden_min: Minutes = 360
    visit_shares: Annotated[tuple[Annotated[float, Meta(ge=0, le=1)], ...], Meta(min_length=1)] = (1.0, 0.6, 0.4)
    explore: Annotated[float, Meta(ge=0, lt=1)] = 0.02


class Screening(_Part, frozen=True):
    """The practical test and who may take it."""

    pass_mark: Annotated[int, Meta(ge=0, le=100)]
    rubric: dict[str, Annotated[int, Meta(gt=0, le=100)]]
    fails_at_once: tuple[str, ...]
    adult_years: Annotated[int, Meta(ge=0)]
    restricted_breeds: tuple[str, ...]
    active_days: Days
    requires_rabies_vaccination: bool
    retest_after_days: Annotated[int, Meta(ge=0, le=36_500)] = 14
    attempts_a_year: Annotated[int, Meta(ge=1)] = 3
    requires_training: bool = False
    training_valid_days: Days = 365
    renewal_within_days: Days = 60
    renewal_test: bool = False
    warn_days: tuple[Days, ...] = (30, 7)


class Welfare(_Part, frozen=True):
    """Gates by air temperature in °C; the reading is a dog's, so weight, age and build shift it.

    `sun_c`: from here on no paws on ground that the sun heats. `reading_min`: a reading is trusted for so long.
    `forecast_hours`: so long ahead a shift is taken back that the forecast forbids.
    """

    caution_c: float
    halve_c: float
    stop_c: float
    heavy_kg: Positive
    heavy_stop_c: float
    sensitive_lower_c: NotNegative
    senior_years: Positive
    cold_short_c: float
    cold_max_min: Minutes
    sun_c: float = 25.0
    puppy_years: NotNegative = 1.0
    reading_min: Minutes = 180
    forecast_hours: Annotated[int, Meta(ge=1, le=72)] = 6


class Retention(_Part, frozen=True):
    """How long what is kept."""

    tracks_days: Days
    access_log_days: Annotated[int, Meta(ge=365, le=36_500)]
    stream_days: Days
    sightings_days: Days = 90
    sightings_grid_m: Annotated[float, Meta(ge=50, le=5_000)] = 250.0
    messages_days: Days = 180
    notices_days: Days = 7
    routes_days: Days = 30
    applicants_days: Days = 180
    retired_teams_days: Days = 365


class Consent(_Part, frozen=True):
    """A consent that a walker is asked for. A new version asks again, and so does the end of its `valid_days`."""

    kind: Literal["service", "location", "police", "photo"]
    version: Annotated[int, Meta(ge=1)]
    required: bool
    text: Words
    valid_days: Days | None = None


class Hotline(_Part, frozen=True):
    """A number that the app offers to dial."""

    number: Annotated[str, Meta(pattern=r"^[0-9+]{2,15}$")]
    name: Words


class Kind(_Part, frozen=True):
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


class Duty(_Part, frozen=True):
    """A charge on top of a role, which kinds name. Somebody is to be on call for a round-the-clock one at any hour."""

    code: Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,39}$")]
    name: Words
    round_the_clock: bool = False


class Rota(_Part, frozen=True):
    """Who is on call for the duties."""

    warn_days: Annotated[int, Meta(ge=1, le=31)] = 7


class Routing(_Part, frozen=True):
    """What of a report's way is told by the place: a facility within so many metres is the one that is broken."""

    facility_within_m: Annotated[float, Meta(gt=0, le=1000)] = 60.0


DUTIES = (
    Duty(code="child_protection", name={"ko": "아동보호 담당", "en": "Child protection"}, round_the_clock=True),
    Duty(code="station_officer", name={"ko": "경찰서 당직", "en": "Station officer"}),
    Duty(code="traffic_authority", name={"ko": "교통 담당", "en": "Traffic authority"}),
)
"""The duties of a policy that names none."""


class Notifications(_Part, frozen=True):
    """How people are reached who chose nothing. Immediate messages heed none of it; `weekly_budget` 0: no limit."""

    quiet_from: TimeOfDay = "23:00"
    quiet_until: TimeOfDay = "07:00"
    weekly_budget: Annotated[int, Meta(ge=0, le=1000)] = 30
    bundle_min: Annotated[int, Meta(ge=0, le=120)] = 5


class Bridges(_Part, frozen=True):
    """What other systems learn. `kinds` they read and file, by code; of `texts` also what was written.

    Places are rounded to a grid of `grid_m`. Blocks and doses leave the house from `fewest_walks` walks on. A webhook
    that fails for `webhook_failing_days` is paused. A key files at most `requests_per_hour`.
    """

    kinds: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    grid_m: Annotated[float, Meta(ge=50, le=5_000)] = 250.0
    fewest_walks: Annotated[int, Meta(ge=5)] = 5
    webhook_failing_days: Days = 3
    requests_per_hour: Annotated[int, Meta(ge=1)] = 300


class ServiceLevels(_Part, frozen=True):
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


class Drill(_Part, frozen=True):
    """Whether everybody can be reached. `monthly_day` 0: none by itself; each rung has `answer_min` to answer."""

    monthly_day: Annotated[int, Meta(ge=0, le=28)] = 0
    at: TimeOfDay = "14:00"
    answer_min: Minutes = 10


class Notices(_Part, frozen=True):
    """Look-outs to teams near a place. A position older than `fresh_min` minutes is none."""

    longest_hours: Annotated[int, Meta(ge=1, le=168)] = 24
    most_m: Annotated[float, Meta(ge=100, le=20_000)] = 3_000.0
    fresh_min: Minutes = 10


class Corroboration(_Part, frozen=True):
    """How near in place and time two sightings of a kind must be to be taken for the same."""

    within_m: Annotated[float, Meta(gt=0, le=1_000)] = 50.0
    within_h: Annotated[float, Meta(gt=0, le=720)] = 24.0


class Feature(_Part, frozen=True):
    """How one layer of safety data adds to a stretch: `points` for each within `within_m` of it, at most `at_most`."""

    layer: str
    reason: str
    points: Positive
    within_m: Positive
    at_most: Positive


class Gap(_Part, frozen=True):
    """`points` for each 100 m of a stretch that is more than `beyond_m` of walking from the layer's nearest point."""

    layer: str
    reason: str
    points: Positive
    beyond_m: Positive
    at_most: Positive


class Blocks(_Part, frozen=True):
    """How target blocks are built from safety data, and from the streets alone where there is none."""

    min_m: Positive
    max_m: Positive
    share: Annotated[float, Meta(gt=0, le=1)]
    at_most: Annotated[int, Meta(gt=0)]
    visits_per_week: Annotated[int, Meta(ge=1, le=21)]
    dwell_s: Annotated[int, Meta(ge=0)]
    features: tuple[Feature, ...]
    gaps: tuple[Gap, ...]
    street_points: dict[str, NotNegative]


class Policy(_Part, frozen=True):
    """The whole file."""

    name: str
    languages: Annotated[tuple[Literal["ko", "en"], ...], Meta(min_length=1)]
    formats: Formats
    evening: Evening
    walk: Walk
    planning: Planning
    screening: Screening
    welfare: Welfare
    retention: Retention
    service_levels: ServiceLevels
    blocks: Blocks
    consents: tuple[Consent, ...]
    hotlines: tuple[Hotline, ...]
    kinds: tuple[Kind, ...]
    week: Week = Week()
    notifications: Notifications = Notifications()
    bridges: Bridges = Bridges()
    duties: tuple[Duty, ...] = DUTIES
    rota: Rota = Rota()
    routing: Routing = Routing()
    escalation: Escalation = Escalation()
    drill: Drill = Drill()
    notices: Notices = Notices()
    corroboration: Corroboration = Corroboration()

    def every_duty(self) -> tuple[Duty, ...]:
        """The duties there are: those described, and those that a kind names only."""
        described = {duty.code for duty in self.duties}
        named = dict.fromkeys(kind.duty for kind in self.kinds if kind.duty and kind.duty not in described)
        return (*self.duties, *(Duty(code=code, name={"ko": code, "en": code}) for code in named))

    def kind(self, code: str) -> Kind | None:
        """The kind with this code, or None when the policy has it no longer."""
        return next((kind for kind in self.kinds if kind.code == code), None)

    def consent(self, kind: str) -> Consent | None:
        """The consent of this kind that the city asks for."""
        return next((consent for consent in self.consents if consent.kind == kind), None)


def shipped(name: str) -> Path:
    """Path of a policy that ships: `busan` or `generic`."""
    return SHIPPED / f"{name}.toml"


def read_policy(path: Path) -> Policy:
    """The policy in a file. Raises PolicyError naming the place and what is wrong."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError(str(path), "", f"cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(str(path), "", f"is not TOML: {error}") from None
    return parse(content, source=path.name)


def parse(content: dict[str, Any], *, source: str) -> Policy:
    """The policy in a parsed file or a city's row. Raises PolicyError."""
    try:
        policy = msgspec.convert(content, Policy)
    except msgspec.ValidationError as error:
        raise PolicyError(source, *_placed(str(error))) from None
    for where, problem in (*_infinite(content), *_unfit_formats(policy.formats), *_contradictions(policy)):
        raise PolicyError(source, where, problem)
    return policy


def dump(policy: Policy) -> dict[str, Any]:
    """Plain values, as kept in the city's row."""
    content: dict[str, Any] = msgspec.to_builtins(policy)
    return content


def _placed(text: str) -> tuple[str, str]:
    """What msgspec says (`… - at `$.kinds[3].name``, perhaps `at `key` in `) → place, problem."""
    found = re.fullmatch(r"(.*?) - at (`key` in )?`\$\.?(.*)`", text)
    if found is None:
        return "", text
    problem, in_key, where = found.groups()
    return where, f"{problem} as a name in it" if in_key else problem


def _infinite(content: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """TOML has nan and inf, and no limit refuses them."""
    if isinstance(content, dict):
        for name, inner in content.items():
            yield from _infinite(inner, f"{where}.{name}".removeprefix("."))
    elif isinstance(content, list | tuple):
        for i, inner in enumerate(content):
            yield from _infinite(inner, f"{where}[{i}]")
    elif isinstance(content, float) and not math.isfinite(content):
        yield where, f"{content} is no number to reckon with"


def _unfit_formats(formats: Formats) -> Iterator[tuple[str, str]]:
    """Patterns that are none, and examples that their own pattern refuses."""
    for kind in ("phone", "registration"):
        pattern, example = getattr(formats, f"{kind}_pattern"), getattr(formats, f"{kind}_example")
        try:
            fits = re.fullmatch(pattern, re.sub(r"[^0-9A-Za-z]", "", example))
        except re.error as error:
            yield f"formats.{kind}_pattern", f"is no regular expression ({error})"
            continue
        if not fits:
            yield f"formats.{kind}_example", f"{example!r} does not fit {kind}_pattern"


def _contradictions(policy: Policy) -> list[tuple[str, str]]:
    walk, screening, welfare = policy.walk, policy.screening, policy.welfare
    found = []
    if not walk.default_min <= walk.soft_cap_min <= walk.hard_cap_min:
        found.append(("walk", "default_min ≤ soft_cap_min ≤ hard_cap_min does not hold"))
    if sum(screening.rubric.values()) != 100:
        found.append(("screening.rubric", f"the points add up to {sum(screening.rubric.values())}, not 100"))
    if not welfare.caution_c <= welfare.halve_c <= welfare.stop_c:
        found.append(("welfare", "caution_c ≤ halve_c ≤ stop_c does not hold"))
    if welfare.puppy_years >= welfare.senior_years:
        found.append(("welfare.puppy_years", "is not below senior_years: every dog would be one or the other"))
    if 2 * policy.blocks.min_m > policy.blocks.max_m:
        found.append(("blocks.min_m", "is more than half of max_m: a longer stretch could not be cut in two"))
    if list(policy.week.visit_shares) != sorted(policy.week.visit_shares, reverse=True):
        found.append(("week.visit_shares", "a later visit is worth more than one before it"))
    if policy.evening.begins == policy.evening.ends:
        found.append(("evening", "begins and ends at the same time"))
    if policy.escalation.station_duty not in {duty.code for duty in policy.every_duty()}:
        found.append(("escalation.station_duty", f"{policy.escalation.station_duty} is no duty of this policy"))
    found += _repeated("kinds", "code", [kind.code for kind in policy.kinds])
    found += _repeated("duties", "code", [duty.code for duty in policy.duties])
    found += _repeated("consents", "kind", [consent.kind for consent in policy.consents])
    found += _repeated("hotlines", "number", [hotline.number for hotline in policy.hotlines])
    numbers = {hotline.number for hotline in policy.hotlines}
    found += [
        (f"kinds[{i}]", f"{number} is no hotline of this policy")
        for i, kind in enumerate(policy.kinds)
        for number in (kind.call_first, *kind.refer_to)
        if number and number not in numbers
    ]
    found += [
        (f"kinds[{i}].duty", "a kind that goes to a duty must name it")
        for i, kind in enumerate(policy.kinds)
        if kind.goes_to == "duty" and not kind.duty
    ]
    return [*found, *_untold(policy)]


def _untold(policy: Policy) -> Iterator[tuple[str, str]]:
    """What other systems must not be told, or cannot be."""
    for i, code in enumerate(policy.bridges.kinds):
        kind = policy.kind(code)
        if kind is None:
            yield f"bridges.kinds[{i}]", f"{code} is no kind of this policy"
        elif kind.restricted or kind.urgency == "Immediate":
            yield f"bridges.kinds[{i}]", f"{code} is restricted or Immediate, which leaves the house by no bridge"
    for i, code in enumerate(policy.bridges.texts):
        if code not in policy.bridges.kinds:
            yield f"bridges.texts[{i}]", f"{code} is not among bridges.kinds"


def _repeated(table: str, name: str, values: list[str]) -> list[tuple[str, str]]:
    return [
        (f"{table}[{i}].{name}", f"{value} stands there twice") for i, value in enumerate(values) if value in values[:i]
    ]
