"""Pure decisions about teams."""

TEAM_STATES = (
    "applied",
    "documents_ok",
    "test_booked",
    "passed",
    "failed",
    "active",
    "paused",
    "suspended",
    "lapsed",
    "retired",
)
TEST_STATES = ("booked", "passed", "failed")
