"""Consents over HTTP."""

from flask import current_app
from flask.views import MethodView

from patrol.http.api import fails
from patrol.http.caller import OWN_ONLY, allow, caller, now
from patrol.http.watch import noteworthy
from patrol.people import schemas
from patrol.people.models import Person
from patrol.people.operations import consents
from patrol.people.views.blueprint import blueprint, oneself
from patrol.places.operations.cities import policy_of


@blueprint.route("/me/consents", methods=["GET"])
@allow(own=OWN_ONLY)
@blueprint.response(200, schemas.ConsentOut(many=True))
def my_consents() -> list[consents.Asked]:
    """What the city asks consent for, and what stands."""
    return asked(oneself())


@blueprint.route("/me/consents/<string:kind>")
class MyConsent(MethodView):
    """One consent of one's own."""

    @noteworthy("consent changed")
    @allow(own=OWN_ONLY)
    @blueprint.response(200, schemas.ConsentOut(many=True))
    @fails(404)
    def put(self, kind: str) -> list[consents.Asked]:
        """Give it, in its present version."""
        person = oneself()
        consents.give(person, kind, policy=policy_of(caller().city), now=now())
        return asked(person)

    @noteworthy("consent changed")
    @allow(own=OWN_ONLY)
    @blueprint.response(200, schemas.ConsentOut(many=True))
    @fails(404)
    def delete(self, kind: str) -> list[consents.Asked]:
        """Withdraw it; what rests on it stops at once."""
        person = oneself()
        consents.withdraw(person, kind, effects=current_app.extensions["on_consent_withdrawn"], now=now())
        return asked(person)


def asked(person: Person) -> list[consents.Asked]:
    """Each consent the city asks for, with whether it stands."""
    return consents.asked_of(person, policy=policy_of(person.city_id), now=now())
