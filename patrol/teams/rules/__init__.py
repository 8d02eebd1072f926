"""Pure decisions about teams."""

from patrol.teams.rules.availability import (
    DAY_MIN,
    LATEST_END_MIN,
    WEEK_MIN,
    Span,
    Window,
    clock_text,
    longest_span,
    overlapping,
    too_long,
    window,
)
from patrol.teams.rules.screening import (
    TEST_STATES,
    age_years,
    passes,
    registration_no,
    restricted_breed,
    score_problems,
)
from patrol.teams.rules.states import KOREAN, STOPPING, TEAM_STATES, TRANSITIONS
from patrol.teams.rules.waiting import WAITS, WAITS_ON, Waiting, handlers_part, waiting
from patrol.teams.rules.welfare import VERDICTS, Build, Gate, Verdict, Weather, welfare_gate, wind_chill_c

__all__ = [
    "DAY_MIN",
    "KOREAN",
    "LATEST_END_MIN",
    "STOPPING",
    "TEAM_STATES",
    "TEST_STATES",
    "TRANSITIONS",
    "VERDICTS",
    "WAITS",
    "WAITS_ON",
    "WEEK_MIN",
    "Build",
    "Gate",
    "Span",
    "Verdict",
    "Waiting",
    "Weather",
    "Window",
    "age_years",
    "clock_text",
    "handlers_part",
    "longest_span",
    "overlapping",
    "passes",
    "registration_no",
    "restricted_breed",
    "score_problems",
    "too_long",
    "waiting",
    "welfare_gate",
    "wind_chill_c",
    "window",
]
