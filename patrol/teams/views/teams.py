"""Teams over HTTP: applying, keeping up to date, pausing. The door goes to its handler only."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from patrol.http.api import expected_version, fails, with_etag
from patrol.http.caller import allow, caller, now
from patrol.http.idempotency import replayable
from patrol.people.models import Person
from patrol.people.schemas import PurposeQuery
from patrol.people.views.purposes import purpose_of
from patrol.teams import schemas
from patrol.teams.models import Team
from patrol.teams.operations import applying, dogs, standing
from patrol.teams.operations.applicants import applicants
from patrol.teams.operations.applying import NewDog
from patrol.teams.operations.reading import WholeTeam, whole
from patrol.teams.views.blueprint import blueprint, effects, looked_after, note, one, own, windows, within_reach


@blueprint.route("/teams", methods=["POST"])
@replayable
@allow(own=("walker",))
@blueprint.arguments(schemas.TeamIn)
@blueprint.response(201, schemas.TeamOwn)
@fails(409)
def apply(given: dict[str, Any]) -> WholeTeam:
    """Apply with one's dogs. One that another team has registered is marked as disputed until that is settled."""
    door = given.pop("door")
    given["dogs"] = [NewDog(**dog) for dog in given["dogs"]]
    given["availability"] = windows(given["availability"])
    handler = Person.get_by_id(caller().person)
    return one(applying.apply(handler, **given, **door, now=now()))


@blueprint.route("/teams/mine")
@allow(own=("walker",))
@blueprint.response(200, schemas.OwnTeams)
def mine() -> dict[str, Any]:
    """One's own teams, the present one first."""
    own = Team.select().where((Team.handler == caller().person) & (Team.city == caller().city))
    return {"items": whole(list(own.order_by(Team.created_at.desc())))}


@blueprint.route("/teams/<uuid:team_id>")
class OneTeam(MethodView):
    """One team."""

    @allow("admin", within=("coordinator",))
    @blueprint.arguments(PurposeQuery, location="query")
    @blueprint.response(200, schemas.ApplicantOut)
    @fails(404, 422)
    def get(self, query: dict[str, Any], team_id: UUID) -> Any:
        """A team with its dogs, hours, tests and steps, and what it waits for, read for a stated purpose; logged."""
        team = looked_after(team_id)
        note([team], purpose=purpose_of(query["purpose"]))
        return with_etag(applicants([team], now=now())[0], team.version)

    @allow(own=("walker",))
    @blueprint.arguments(schemas.TeamPatch)
    @blueprint.response(200, schemas.TeamOwn)
    @fails(404, 409, 412)
    def patch(self, given: dict[str, Any], team_id: UUID) -> Any:
        """Change one's own team. With If-Match, 412 when it was changed in between."""
        door = given.pop("door", None)
        if door:
            given |= {"door_lon": door["lon"], "door_lat": door["lat"]}
        team = applying.edit(own(team_id), given, expected=expected_version(), now=now())
        return with_etag(one(team), team.version)


@blueprint.route("/teams/<uuid:team_id>/dogs", methods=["POST"])
@replayable
@allow(own=("walker",))
@blueprint.arguments(schemas.DogIn)
@blueprint.response(201, schemas.TeamOwn)
@fails(404, 409)
def add_dog(given: dict[str, Any], team_id: UUID) -> WholeTeam:
    """Add a dog to one's own team, as long as it is not yet screened."""
    return one(applying.add_dog(own(team_id), NewDog(**given), now=now()))


@blueprint.route("/teams/<uuid:team_id>/dogs/<uuid:dog_id>", methods=["PATCH"])
@allow("admin", within=("coordinator",), own=("walker",))
@blueprint.arguments(schemas.DogPatch)
@blueprint.response(200, schemas.TeamOut)
@fails(404, 409, 412)
def change_dog(given: dict[str, Any], team_id: UUID, dog_id: UUID) -> Any:
    """Change what the welfare gates go by: weight, build, limits. With If-Match, 412 when the team was changed."""
    team = within_reach(team_id)
    changed = dogs.change_dog(team, dog_id, given, expected=expected_version(), by=caller().person, now=now())
    return with_etag(one(changed), changed.version)


@blueprint.route("/teams/<uuid:team_id>/availability", methods=["PUT"])
@allow(own=("walker",))
@blueprint.arguments(schemas.WindowIn(many=True))
@blueprint.response(200, schemas.TeamOwn)
@fails(404, 409)
def put_availability(given: list[dict[str, Any]], team_id: UUID) -> WholeTeam:
    """State one's hours of the whole week; what was stated before is replaced."""
    return one(applying.put_availability(own(team_id), windows(given), now=now()))


@blueprint.route("/teams/<uuid:team_id>/pause", methods=["POST"])
@replayable
@allow("admin", within=("coordinator",), own=("walker",))
@blueprint.response(200, schemas.TeamOut)
@fails(404, 409)
def pause(team_id: UUID) -> WholeTeam:
    """Rest for a while; shifts not begun are withdrawn."""
    return one(standing.change(within_reach(team_id), "pause", by=caller().person, effects=effects(), now=now()))


@blueprint.route("/teams/<uuid:team_id>/resume", methods=["POST"])
@replayable
@allow("admin", within=("coordinator",), own=("walker",))
@blueprint.response(200, schemas.TeamOut)
@fails(404, 409)
def resume(team_id: UUID) -> WholeTeam:
    """End a pause."""
    return one(standing.change(within_reach(team_id), "resume", by=caller().person, now=now()))


@blueprint.route("/teams/<uuid:team_id>/suspend", methods=["POST"])
@replayable
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.SuspensionIn)
@blueprint.response(200, schemas.TeamOut)
@fails(404, 409)
def suspend(given: dict[str, Any], team_id: UUID) -> WholeTeam:
    """Take a team out of patrols at once; shifts not begun are withdrawn."""
    team = looked_after(team_id)
    return one(standing.change(team, "suspend", **given, by=caller().person, effects=effects(), now=now()))


@blueprint.route("/teams/<uuid:team_id>/bites", methods=["POST"])
@replayable
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.ReasonIn)
@blueprint.response(201, schemas.TeamOut)
@fails(404, 409)
def note_bite(given: dict[str, Any], team_id: UUID) -> WholeTeam:
    """Note a bite: a team that patrols is suspended at once."""
    team = looked_after(team_id)
    return one(standing.suspend_for_bite(team, **given, by=caller().person, effects=effects(), now=now()))


@blueprint.route("/teams/<uuid:team_id>/reinstate", methods=["POST"])
@replayable
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.ReasonIn)
@blueprint.response(200, schemas.TeamOut)
@fails(404, 409)
def reinstate(given: dict[str, Any], team_id: UUID) -> WholeTeam:
    """End a suspension, saying why."""
    return one(standing.change(looked_after(team_id), "reinstate", **given, by=caller().person, now=now()))


@blueprint.route("/teams/<uuid:team_id>/retire", methods=["POST"])
@replayable
@allow("admin", within=("coordinator",), own=("walker",))
@blueprint.response(200, schemas.TeamOut)
@fails(404, 409)
def retire(team_id: UUID) -> WholeTeam:
    """End a team for good; shifts not begun are withdrawn."""
    return one(standing.change(within_reach(team_id), "retire", by=caller().person, effects=effects(), now=now()))
