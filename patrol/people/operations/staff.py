"""Staff: who they are, with what they do, did and may."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from patrol.errors import NotFound
from patrol.people.models import Duty, Link, Person, Role, StaffStep
from patrol.people.operations.rota import on_call
from patrol.people.rules import STAFF
from patrol.places.models import District, PoliceBox


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff with what they do now: roles, duties held, those they are on at present, and an invitation."""

    person: Person
    roles: list[Role]
    duties: list[str]
    on_duty: list[str]
    invited_until: datetime | None


def staff_of(
    city: UUID,
    *,
    role: str | None = None,
    district: UUID | None = None,
    box: UUID | None = None,
    duty: str | None = None,
    former: bool = False,
) -> Any:
    """The city's staff as a query, unordered; `former`: those who were and are no more."""
    held = (Role.city == city) & Role.role.in_(sorted(STAFF))
    standing = held & Role.ended_at.is_null()
    if role is not None:
        standing &= Role.role == role
    if district is not None:
        standing &= Role.district == district
    if box is not None:
        standing &= Role.box == box
    people = Person.select().where(Person.city == city)
    if former:
        return people.where(
            Person.id.in_(Role.select(Role.person).where(held))
            & Person.id.not_in(Role.select(Role.person).where(held & Role.ended_at.is_null()))
        )
    people = people.where(Person.id.in_(Role.select(Role.person).where(standing)))
    if duty is not None:
        holders = Duty.select(Duty.person).where((Duty.duty == duty) & Duty.ended_at.is_null())
        people = people.where(Person.id.in_(holders))
    return people


def member_of(city: UUID, person: UUID) -> Person:
    """Somebody who is or was staff of the city. Raises NotFound."""
    ever = Role.select(Role.person).where((Role.city == city) & Role.role.in_(sorted(STAFF)))
    found: Person | None = Person.get_or_none((Person.city == city) & (Person.id == person) & Person.id.in_(ever))
    if found is None:
        raise NotFound
    return found


def version_of(member: Person) -> int:
    """Counts what was changed of a member of staff."""
    return int(StaffStep.select().where(StaffStep.person == member).count())


def named(rows: Any) -> list[dict[str, str]]:
    """Roles as history and messages tell them: role, and the box or district by name."""
    return [
        {
            "role": row.role,
            "box": row.box.name if row.box else "",
            "district": row.district.name if row.district else "",
        }
        for row in with_places(rows)
    ]


def standing_roles(member: Person) -> list[Role]:
    """The roles of staff that a person has, oldest first."""
    held = (Role.person == member) & Role.role.in_(sorted(STAFF)) & Role.ended_at.is_null()
    return list(Role.select().where(held).order_by(Role.created_at, Role.id))


def duties_held(member: Person) -> list[str]:
    """Codes of the duties that a person holds."""
    held = Duty.select(Duty.duty).where((Duty.person == member) & Duty.ended_at.is_null())
    return sorted({row.duty for row in held})


def members(people: Sequence[Person], *, now: datetime) -> list[Member]:
    """The same people in the same order, in a handful of queries however many they are."""
    ids = [person.id for person in people]
    roles: dict[UUID, list[Role]] = defaultdict(list)
    held = Role.person.in_(ids) & Role.role.in_(sorted(STAFF)) & Role.ended_at.is_null()
    for role in with_places(Role.select().where(held).order_by(Role.created_at, Role.id)):
        roles[role.person_id].append(role)
    duties, on_now = defaultdict(list), defaultdict(list)
    standing = Duty.person.in_(ids) & Duty.ended_at.is_null()
    for row in Duty.select().where(standing).order_by(Duty.duty):
        duties[row.person_id].append(row.duty)
    for row in Duty.select().where(standing & on_call(Duty, now)).order_by(Duty.duty):
        on_now[row.person_id].append(row.duty)
    invited = {
        link.person_id: link.expires_at
        for link in Link.select().where(
            Link.person.in_(ids) & (Link.purpose == "invitation") & Link.used_at.is_null() & (Link.expires_at > now)
        )
    }
    return [
        Member(person, roles[person.id], duties[person.id], on_now[person.id], invited.get(person.id))
        for person in people
    ]


def with_places(roles: Any) -> list[Role]:
    """Roles with their box and district, in one more query each."""
    rows = list(roles)
    boxes = {box.id: box for box in PoliceBox.select().where(PoliceBox.id.in_({row.box_id for row in rows}))}
    districts = {row.id: row for row in District.select().where(District.id.in_({row.district_id for row in rows}))}
    for row in rows:
        row.box, row.district = boxes.get(row.box_id), districts.get(row.district_id)
    return rows


def history(member: Person) -> tuple[list[Role], list[Duty]]:
    """Every role of staff and every duty that a person has or had, oldest first."""
    roles = Role.select().where((Role.person == member) & Role.role.in_(sorted(STAFF)))
    duties = Duty.select().where(Duty.person == member)
    return with_places(roles.order_by(Role.created_at, Role.id)), list(duties.order_by(Duty.created_at, Duty.id))


def holders(city: UUID, *, now: datetime) -> dict[str, list[tuple[Person, bool]]]:
    """Duty → who holds it and may sign in, by name, each with whether they are on it now."""
    standing = (Duty.city == city) & Duty.ended_at.is_null() & (Person.state == "active")
    rows = Duty.select(Duty, Person).join(Person).where(standing).order_by(Person.name, Person.id)
    on_now = {row.id for row in Duty.select(Duty.id).join(Person).where(standing & on_call(Duty, now))}
    found: dict[str, list[tuple[Person, bool]]] = defaultdict(list)
    for row in rows:
        found[row.duty].append((row.person, row.id in on_now))
    return found
