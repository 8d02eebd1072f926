"""Two teams claim one dog: both claims are kept, and a coordinator decides. Neither handler learns who the other is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from config.database import transaction
from patrol.errors import Conflict, NotFound
from patrol.people.operations.accounts import coordinators_or_admins
from patrol.places.operations.cities import city_of, hold
from patrol.teams.models import Dog, DogDispute, Team
from patrol.teams.operations.moving import move
from patrol.teams.operations.telling import tell_handler, tell_of


class BeyondReach(Conflict):
    """Whose the dog is concerns two teams, and the caller does not look after both. Facts: `district`."""

    words = {
        "ko": "한 팀이 담당 밖의 지역({district})에 속해 있습니다. "
        "두 지역을 모두 맡거나 도시 전체를 맡은 담당자가 결정합니다.",
        "en": "One of the teams is of a district that you do not look after ({district}); whoever looks after both, or "
        "the whole city, decides.",
    }


class Decided(Conflict):
    """The dispute is over."""

    words = {"ko": "이미 결정되었습니다.", "en": "This has been decided already."}


def holder_of(city: UUID, registration_no: str) -> Dog | None:
    """The dog that a team holds under this number; a retired team's is free."""
    held = (Dog.city == city) & (Dog.registration_no == registration_no)
    found: Dog | None = Dog.get_or_none(held & Dog.disputed_at.is_null() & Dog.released_at.is_null())
    return found


def dispute(holder: Dog, claim: Dog, *, now: datetime) -> None:
    """Flag a second claim, and tell the coordinators: the claimant's, and those who may decide.

    Inside the transaction that made it, with the city held.
    """
    DogDispute.create(
        city=claim.city_id,
        registration_no=claim.registration_no,
        holder=holder.team_id,
        claimant=claim.team_id,
        dog=claim,
        created_at=now,
    )
    deciding = coordinators_or_admins(claim.city_id, claim.team.district_id, holder.team.district_id)
    note = f"{claim.registration_no} ({holder.team.code})"
    tell_of(claim.team, "dog_disputed", note=note, which=claim.registration_no, besides=deciding, now=now)


def dispute_of(disputes: Any, dispute_id: UUID) -> DogDispute:
    """One of a query of disputes. Raises NotFound."""
    found: DogDispute | None = disputes.where(DogDispute.id == dispute_id).first()
    if found is None:
        raise NotFound
    return found


def handlers_of(found: Sequence[DogDispute]) -> list[UUID]:
    """Whose teams take part in these disputes."""
    return [team.handler_id for each in found for team in (each.holder, each.claimant)]


def decide(
    found: DogDispute,
    *,
    keeps: Literal["holder", "claimant"],
    note: str,
    districts: frozenset[UUID] = frozenset(),
    by: UUID,
    now: datetime,
) -> DogDispute:
    """The dog stays with one team and leaves the other; both are told.

    `districts` are those that `by` looks after, none named: all. Raises BeyondReach, OwnTeam, Decided.
    """
    with transaction():
        hold(city_of(found.city_id))
        _check_reach(DogDispute.get_by_id(found.id), districts)
        _end(found, "decided", note=note, decided_by=by, now=now)
        found = DogDispute.get_by_id(found.id)  # the dog may have gone to another claimant since it was read
        held = Dog.get((Dog.team == found.holder_id) & (Dog.registration_no == found.registration_no))
        sides = [(found.holder, held), (found.claimant, Dog.get_by_id(found.dog_id))]
        if keeps == "claimant":
            sides.reverse()
        Dog.delete().where(Dog.id == sides[1][1].id).execute()
        if keeps == "claimant":
            _hand_over(found)
        # Each is told by the name that they gave the dog themselves.
        for (team, dog), action in zip(sides, ("keep_dog", "lose_dog"), strict=True):
            tell_handler(move(team, action, by=by, note=dog.name, now=now), action, note=dog.name, now=now)
    return DogDispute.get_by_id(found.id)


def _check_reach(found: DogDispute, districts: frozenset[UUID]) -> None:
    for team in (found.holder, found.claimant):
        if districts and team.district_id not in districts:
            raise BeyondReach(district=team.district.name if team.district else "–")


def release_dogs(team: Team, *, now: datetime) -> None:
    """A team is no more: its dogs are free, and who disputed one has it. Inside the transaction that ended it."""
    hold(city_of(team.city_id))
    Dog.update(released_at=now, disputed_at=None).where(Dog.team == team).execute()
    for claim in DogDispute.select().where((DogDispute.claimant == team) & (DogDispute.state == "open")):
        _end(claim, "dropped", now=now)
    against = (DogDispute.holder == team) & (DogDispute.state == "open")
    for found in DogDispute.select().where(against).order_by(DogDispute.created_at):
        if DogDispute.select().where((DogDispute.id == found.id) & against).exists():  # not handed over meanwhile
            _end(found, "dropped", now=now)
            _hand_over(found)


def _end(found: DogDispute, state: str, *, note: str = "", decided_by: UUID | None = None, now: datetime) -> None:
    here = (DogDispute.id == found.id) & (DogDispute.state == "open")
    changes = {"state": state, "note": note, "decided_by": decided_by, "decided_at": now}
    if DogDispute.update(**changes).where(here).execute() != 1:
        raise Decided


def _hand_over(found: DogDispute) -> None:
    """The claimant holds the dog; whoever else claims it does so against them."""
    Dog.update(disputed_at=None).where(Dog.id == found.dog_id).execute()
    others = (DogDispute.holder == found.holder_id) & (DogDispute.registration_no == found.registration_no)
    DogDispute.update(holder=found.claimant_id).where(others & (DogDispute.state == "open")).execute()
