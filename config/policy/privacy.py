"""What a city decides of what is known of people: consents, how long it is kept, what other systems learn."""

from typing import Annotated, Literal

from msgspec import Meta

from config.policy.values import Days, Part, Words


class Retention(Part, frozen=True):
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


class Consent(Part, frozen=True):
    """A consent that a walker is asked for. A new version asks again, and so does the end of its `valid_days`."""

    kind: Literal["service", "location", "police", "photo"]
    version: Annotated[int, Meta(ge=1)]
    required: bool
    text: Words
    valid_days: Days | None = None


class Bridges(Part, frozen=True):
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
