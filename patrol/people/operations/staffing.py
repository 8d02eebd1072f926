"""What is changed of staff: roles, duties, invitations, whether they may sign in.

Every change is written down with who, when and why, and the person concerned is told. Changes in a city take turns, so
that two admins cannot take the role from each other and leave none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from patrol.errors import Conflict, Invalid, Stale
from patrol.people.models import Duty, Person, Role, StaffStep
from patrol.people.operations import rota
from patrol.people.operations.posting import Invitation, Post, invitation, spare_invited
from patrol.people.operations.roles import active_with
from patrol.people.operations.sessions import revoke_all, void_links
from patrol.people.operations.staff import duties_held, member_of, named, standing_roles, version_of
from patrol.people.operations.telling import tell
from patrol.places.models import City, District, PoliceBox
from patrol.places.operations.cities import hold


class LastAdmin(Conflict):
    """Somebody must be left who can put things right."""

    words = {
        "ko": "이 도시의 마지막 관리자입니다. 먼저 다른 관리자를 두세요.",
        "en": "This is the city's last admin; have another one first.",
    }


class RoleTwice(Invalid):
    """The same role twice, or for a part of the city beside the whole of it."""

    words = {
        "ko": "같은 역할이 겹칩니다. 도시 전체를 맡으면 따로 정할 필요가 없습니다.",
        "en": "This role is there already, or is for the whole city anyway.",
    }


class NoSuchPlace(Invalid):
    """A box is for officers, a district for coordinators; both are of this city."""

    words = {
        "ko": "이 도시의 지구대는 경찰관에게, 구·군은 코디네이터에게만 정할 수 있습니다.",
        "en": "A police box goes with officers, a district with coordinators, both of this city.",
    }


class StaffOnly(Conflict):
    """Duties come on top of a role."""

    words = {"ko": "먼저 역할을 정해 주세요.", "en": "Give this person a role first."}


class NotNow(Conflict):
    """The account's state does not allow it. Facts: `state`."""

    words = {"ko": "계정이 지금 '{state}' 상태라서 할 수 없습니다.", "en": "Not possible while the account is {state}."}


@dataclass(frozen=True, slots=True)
class Charge:
    """A role for a box (officers), a district (coordinators), or with neither the whole city."""

    role: str
    box: UUID | None = None
    district: UUID | None = None


def put_roles(
    city: City,
    person: UUID,
    charges: Sequence[Charge],
    *,
    why: str,
    expected: int | None,
    by: UUID | None,
    now: datetime,
) -> Person:
    """Give a person these roles of staff instead of those they have; a role that stays goes on, the others end.

    Whose last one ends has no duties any more either. Raises NotFound, RoleTwice, NoSuchPlace, LastAdmin, Stale.
    """
    _check(city, charges)
    with transaction():
        member = _held(city, person, expected)
        standing = {Charge(row.role, row.box_id, row.district_id): row for row in standing_roles(member)}
        ending = [row.id for charge, row in standing.items() if charge not in charges]
        beginning = [charge for charge in charges if charge not in standing]
        if not ending and not beginning:
            return member
        Role.update(ended_at=now).where(Role.id.in_(ending)).execute()
        for charge in beginning:
            Role.create(
                city=city, person=member, role=charge.role, box=charge.box, district=charge.district, created_at=now
            )
        if any(row.role == "admin" for row in standing.values()):
            _require_admin(city)
        if not charges:
            _end_duties(member, duties_held(member), now)
        facts = {"roles": named(standing_roles(member)), "before": named(standing.values())}
        _step(member, "change_role", facts=facts, why=why, by=by, now=now)
    return member


def put_duties(
    city: City, person: UUID, duties: Sequence[str], *, why: str, expected: int | None, by: UUID | None, now: datetime
) -> Person:
    """Charge a person with these duties instead of those they have; of one that ends, the rota is left, too.

    Raises NotFound, NoSuchDuty, StaffOnly, Stale.
    """
    for i, duty in enumerate(duties):
        rota.require_duty(city, duty, at=f"/duties/{i}")
    with transaction():
        member = _held(city, person, expected)
        standing = duties_held(member)
        if duties and not standing_roles(member):
            raise StaffOnly
        ending = [duty for duty in standing if duty not in duties]
        _end_duties(member, ending, now)
        for duty in ending:
            _step(member, "end_duty", facts={"duty": duty}, why=why, by=by, now=now)
        for duty in dict.fromkeys(duty for duty in duties if duty not in standing):
            Duty.create(city=city, person=member, duty=duty, created_at=now)
            _step(member, "grant_duty", facts={"duty": duty}, why=why, by=by, now=now)
    return member


def disable(city: City, person: UUID, *, why: str, by: UUID | None, now: datetime) -> Person:
    """Let somebody sign in no more: their sessions and invitations end at once. Raises NotFound, NotNow, LastAdmin."""
    with transaction():
        member = _held(city, person, None)
        if not _move(member, ("invited", "active"), "disabled"):
            raise NotNow(state=member.state)
        if any(row.role == "admin" for row in standing_roles(member)):
            _require_admin(city)
        revoke_all(member.id, now=now)
        void_links(member, now=now)
        _step(member, "disable", why=why, by=by, now=now)
    return Person.get_by_id(person)


def enable(city: City, person: UUID, *, why: str, by: UUID | None, now: datetime) -> Person:
    """Let somebody in again; who never came needs a new invitation. Raises NotFound, NotNow."""
    with transaction():
        member = _held(city, person, None)
        came = member.password_hash is not None or member.sample
        if not _move(member, ("disabled",), "active" if came else "invited"):
            raise NotNow(state=member.state)
        _step(member, "enable", why=why, by=by, now=now)
    return Person.get_by_id(person)


def renew_invitation(
    city: City, person: UUID, *, post: Post | None = None, by: UUID | None, now: datetime
) -> Invitation:
    """A new one-time link for who has not come yet; earlier ones are void. Without `post` nothing is sent.

    Raises NotFound, NotNow, TooMany.
    """
    with transaction():
        member = _invitee(city, person)
        spare_invited(member, post=post, source=str(by), now=now)
        void_links(member, now=now)
        found = invitation(member, post=post, now=now)
        _step(member, "renew_invitation", by=by, now=now)
    return found


def revoke_invitation(city: City, person: UUID, *, by: UUID | None, now: datetime) -> None:
    """Void an invitation. The account stays without a way in until it is invited again. Raises NotFound, NotNow."""
    with transaction():
        member = _invitee(city, person)
        void_links(member, now=now)
        _step(member, "revoke_invitation", by=by, now=now)


def note_invited(member: Person, *, by: UUID | None, now: datetime) -> None:
    """Within the transaction that invites somebody: write it down."""
    _step(member, "invite", facts={"roles": named(standing_roles(member))}, by=by, now=now)


def require_place(city: City, charge: Charge, *, at: str = "") -> None:
    """Raise NoSuchPlace unless a charge's box or district is of this city and goes with its role; `at`: its field."""
    if charge.box is not None and not (charge.role == "officer" and _here(PoliceBox, city, charge.box)):
        raise NoSuchPlace(f"{at}/box")
    if charge.district is not None and not (charge.role == "coordinator" and _here(District, city, charge.district)):
        raise NoSuchPlace(f"{at}/district")


def _check(city: City, charges: Sequence[Charge]) -> None:
    for i, charge in enumerate(charges):
        whole = Charge(charge.role) in charges and charge != Charge(charge.role)
        if charge in charges[:i] or whole:
            raise RoleTwice(f"/roles/{i}")
        require_place(city, charge, at=f"/roles/{i}")


def _here(model: type[PoliceBox | District], city: City, thing: UUID) -> bool:
    return bool(model.select().where((model.id == thing) & (model.city == city)).exists())


def _held(city: City, person: UUID, expected: int | None) -> Person:
    """The member as they are, while others who change staff of the city wait."""
    hold(city)
    member = member_of(UUID(str(city.id)), person)
    if expected is not None and version_of(member) != expected:
        raise Stale
    return member


def _invitee(city: City, person: UUID) -> Person:
    member = _held(city, person, None)
    if member.state != "invited":
        raise NotNow(state=member.state)
    return member


def _require_admin(city: City) -> None:
    """Within the change: raise LastAdmin when it leaves no admin who can sign in."""
    if not active_with(city.id, "admin").exists():
        raise LastAdmin


def _end_duties(member: Person, duties: Sequence[str], now: datetime) -> None:
    held = (Duty.person == member) & Duty.duty.in_(duties) & Duty.ended_at.is_null()
    Duty.update(ended_at=now).where(held).execute()
    rota.leave(member.id, duties, now=now)


def _move(member: Person, before: tuple[str, ...], after: str) -> bool:
    return bool(Person.update(state=after).where((Person.id == member.id) & Person.state.in_(before)).execute())


def _step(
    member: Person,
    action: str,
    *,
    facts: dict[str, Any] | None = None,
    why: str = "",
    by: UUID | None,
    now: datetime,
) -> None:
    """Write a change down, and tell the person concerned unless they did it themselves."""
    step = StaffStep.create(
        city=member.city_id, person=member, action=action, facts=facts or {}, why=why, by=by, at=now
    )
    if by != member.id:
        tell(step, now=now)
