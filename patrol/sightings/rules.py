"""Pure decisions about sightings."""

STATES = ("alerted", "acknowledged", "responding", "resolved", "reopened")
OUTCOMES = ("fixed", "closed_unfixed", "no_action", "duplicate")
ROUTES = ("box", "coordinators", "duty")
