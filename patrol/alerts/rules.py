"""Pure decisions about alerts."""

STATES = ("open", "acknowledged", "settled")
URGENCIES = ("Immediate", "Expected", "Future")
