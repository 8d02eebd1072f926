"""Consents over HTTP."""

from typing import Any

from flask import current_app
from flask.views import MethodView

from patrol.http.api import fails
from patrol.http.caller import OWN_ONLY, allow, caller, now
from patrol.people import schemas
from patrol.people.models import Person
from patrol.people.operations import consents
from patrol.people.views.blueprint import blueprint, oneself
from patrol.places.operations.cities import policy_of


@blueprint.route("/me/consents", methods=["GET"])
@allow(own=OWN_ONLY)
@blueprint.response(200, schemas.ConsentOut(many=True))
def my_consents() -> list[dict[str, Any]]:
    """What the city asks consent for, and what stands."""
    return asked(oneself())


@blueprint.route("/me/consents/<string:kind>")
class MyConsent(MethodView):
    """One consent of one's own."""

    @allow(own=OWN_ONLY)
    @blueprint.response(200, schemas.ConsentOut(many=True))
    @fails(404)
    def put(self, kind: str) -> list[dict[str, Any]]:
        """Give it, in its present version."""
        person = oneself()
        consents.give(person, kind, policy=policy_of(caller().city), now=now())
        return asked(person)

    @allow(own=OWN_ONLY)
    @blueprint.response(200, schemas.ConsentOut(many=True))
    @fails(404)
    def delete(self, kind: str) -> list[dict[str, Any]]:
        """Withdraw it; what rests on it stops at once."""
        person = oneself()
        consents.withdraw(person, kind, effects=current_app.extensions["on_consent_withdrawn"], now=now())
        return asked(person)


def asked(person: Person) -> list[dict[str, Any]]:
    """Each consent the city asks for, with whether it stands."""
    stands = consents.given(person)
    return [
        {
            "kind": consent.kind,
            "version": consent.version,
            "required": consent.required,
            "text": consent.text,
            "given": (consent.kind, consent.version) in stands,
        }
        for consent in policy_of(person.city_id).consents
    ]
