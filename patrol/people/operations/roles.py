"""Queries of those who hold a role at present, for whoever is to be told or asked."""

from typing import Any
from uuid import UUID

from patrol.people.models import Person, Role
from patrol.people.rules import STAFF


def of_staff() -> Any:
    """The ids of those who hold a role of staff's, for use in another query's `in_`."""
    return Role.select(Role.person).where(Role.role.in_(sorted(STAFF)) & Role.ended_at.is_null())


def active_with(city: UUID, *roles: str) -> Any:
    """A city's standing roles of these kinds, joined to their people: those who can sign in."""
    held = (Role.city == city) & Role.role.in_(roles) & Role.ended_at.is_null()
    rows = Role.select(Role.person, Role.role, Role.box, Role.district).join(Person)
    return rows.where(held & (Person.state == "active"))
