"""What a person may do now: roles and how far they reach, and the duties they are on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import peewee

from config.database import as_uuid
from patrol.people.models import Duty, Role
from patrol.people.operations.rota import on_call


@dataclass(frozen=True, slots=True, kw_only=True)
class Powers:
    """What somebody may do. `boxes` are those an officer serves at, `districts` those a coordinator looks after.

    Either empty: the whole city. `duties` are those the person holds and is on now.
    """

    roles: frozenset[str]
    boxes: frozenset[UUID]
    districts: frozenset[UUID]
    duties: frozenset[str]


def powers_of(person: UUID, *, now: datetime) -> Powers:
    """A person's roles and duties in force, by one query."""
    roles = Role.select(peewee.Value("role"), Role.role, Role.box, Role.district).where(
        (Role.person == person) & Role.ended_at.is_null()
    )
    duties = Duty.select(peewee.Value("duty"), Duty.duty, peewee.SQL("NULL"), peewee.SQL("NULL")).where(
        (Duty.person == person) & Duty.ended_at.is_null() & on_call(Duty, now)
    )
    rows = list(roles.union_all(duties).tuples())
    held = [(name, box, district) for what, name, box, district in rows if what == "role"]
    return Powers(
        roles=frozenset(name for name, _, _ in held),
        boxes=frozenset(as_uuid(box) for _, box, _ in held if box is not None),
        districts=reach([(name, as_uuid(district) if district is not None else None) for name, _, district in held]),
        duties=frozenset(name for what, name, _, _ in rows if what == "duty"),
    )


def reach(roles: Collection[tuple[str, UUID | None]]) -> frozenset[UUID]:
    """The districts to which (role, district) pairs limit what a coordinator sees; empty for the whole city.

    One role for the whole city, or that of an admin, lifts every limit.
    """
    mine = [district for name, district in roles if name == "coordinator"]
    if any(name == "admin" for name, _ in roles) or None in mine:
        return frozenset()
    return frozenset(district for district in mine if district is not None)
