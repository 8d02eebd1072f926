"""Everybody's own page: what they agreed to, who read of them, a copy of everything, the end of it."""

from typing import Any

from config.policy import Words
from patrol.http.caller import Caller, now
from patrol.people.models import Person
from patrol.people.operations.consents import asked_of
from patrol.people.rules import ROLES
from patrol.places.operations.cities import policy_of
from web.views import blueprint, for_roles, page


@blueprint.get("/privacy")
@for_roles(*ROLES)
def privacy(found: Caller) -> str:
    """Consents, who viewed one, one's data to take along, erasing the account."""
    return page("privacy.html", retention=policy_of(found.city).retention)


@blueprint.app_context_processor
def consents_lacking() -> dict[str, Any]:
    """For a template: the required consents that somebody has yet to give, or to give again."""

    def lacking(found: Caller) -> list[Words]:
        person = Person.get_by_id(found.person)
        asked = asked_of(person, policy=policy_of(found.city), now=now())
        return [one.consent.text for one in asked if one.consent.required and not one.given]

    return {"consents_lacking": lacking}
