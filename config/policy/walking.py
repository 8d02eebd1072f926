"""What a city decides of its teams: how they are tested, walk and are planned, and where."""

from typing import Annotated

from msgspec import Meta

from config.policy.values import Days, Minutes, NotNegative, Part, Positive, TimeOfDay


class Evening(Part, frozen=True):
    """The hours that a plan covers unless the coordinator asks for others, in the city's time."""

    begins: TimeOfDay
    ends: TimeOfDay


class Walk(Part, frozen=True):
    """How teams walk."""

    speed_kmh: Positive
    default_min: Minutes
    soft_cap_min: Minutes
    hard_cap_min: Minutes
    start_early_min: Annotated[int, Meta(ge=0)]
    leash_m: Positive


class Planning(Part, frozen=True):
    """The planner's defaults."""

    seconds: Positive
    start_within_m: Positive
    reach_m: Positive
    answer_within_min: Minutes
    remind_before_min: tuple[Minutes, ...]
    keep_weight: NotNegative = 2.0


class Week(Part, frozen=True):
    """How a week is planned. A block wants its own number of visits; each is worth a share of its weight."""

    seconds: Positive = 60.0
    walks: Annotated[int, Meta(ge=1, le=7)] = 2
    rest_days: Annotated[int, Meta(ge=0, le=6)] = 1
    spacing_days: Annotated[int, Meta(ge=0, le=6)] = 2
    burden_min: Minutes = 360
    visit_shares: Annotated[tuple[Annotated[float, Meta(ge=0, le=1)], ...], Meta(min_length=1)] = (1.0, 0.6, 0.4)
    explore: Annotated[float, Meta(ge=0, lt=1)] = 0.02


class Screening(Part, frozen=True):
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


class Welfare(Part, frozen=True):
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


class Feature(Part, frozen=True):
    """How one layer of safety data adds to a stretch: `points` for each within `within_m` of it, at most `at_most`."""

    layer: str
    reason: str
    points: Positive
    within_m: Positive
    at_most: Positive


class Gap(Part, frozen=True):
    """`points` for each 100 m of a stretch that is more than `beyond_m` of walking from the layer's nearest point."""

    layer: str
    reason: str
    points: Positive
    beyond_m: Positive
    at_most: Positive


class Blocks(Part, frozen=True):
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
