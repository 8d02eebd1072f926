"""Who plays in the demo: sample accounts that sign in by one-time links, from this machine only."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from commands.client import Client, until
from commands.shared import Context
from config.database import transaction
from notifications.channels.files import CODES
from patrol.people.models import Person
from patrol.people.operations.accounts import invite, mark_sample
from patrol.people.operations.sessions import make_link
from patrol.places.models import City
from patrol.teams.models import Team

NAMES = {"admin": "견본 관리자", "coordinator": "견본 코디네이터", "officer": "견본 경찰관"}
LINK_LASTS = timedelta(hours=12)
NEAR_DEGREES = 0.01
"""A police box so near to the streets answers for some of them."""


class Cast:
    """The sample accounts of a city, made as they are called for."""

    def __init__(self, context: Context, city: City, *, address: str) -> None:
        """`address` is where the demo answers."""
        self.context, self.city, self.address = context, city, address
        self.codes = context.settings.var / CODES

    def staff(self, role: str, *, box: dict[str, Any] | None = None) -> Person:
        """A sample member of staff; an officer serves at `box`."""
        email = f"sample-{role}{'-' + box['id'][:8] if box else ''}@example.org"
        name = f"{NAMES[role]}{' ' + box['name'] if box else ''} (sample)"
        with transaction():
            found = self._account(email)
            if found is None:
                at = UUID(box["id"]) if box else None
                found, _ = invite(self.city, name=name, email=email, role=role, box=at, now=self.context.now())
                mark_sample(found)
        return found

    def walker(self, email: str) -> Person | None:
        """The account that a sample walker registered, marked as a sample; None before they did."""
        found = self._account(email)
        if found is not None and not found.sample:
            mark_sample(found)
        return found

    def code_to(self, address: str, *, since: datetime) -> str:
        """The code that was sent to this address after then. Raises Refused when none comes."""

        def look() -> str | None:
            for path in sorted(self.codes.glob("*.json"), reverse=True):
                sent = json.loads(path.read_text(encoding="utf-8"))
                if sent["to"] == address and datetime.fromisoformat(sent["created_at"]) >= since:
                    found = re.search(r"\b\d{6}\b", sent["body"])
                    return found.group() if found else None
            return None

        return until(f"A code for {address}", look)

    def handler(self, team: str) -> Person:
        """The walker of the team with this code."""
        found: Person = Team.get((Team.city == self.city) & (Team.code == team)).handler
        return found

    def teams(self) -> list[str]:
        """Codes of the sample teams."""
        return [team.code for team in Team.select().where((Team.city == self.city) & Team.sample).order_by(Team.code)]

    def link(self, person: Person) -> str:
        """A one-time link by which a browser on this machine signs in."""
        return f"{self.address}/enter#{self._token(person)}"

    def client(self, person: Person | None = None) -> Client:
        """Somebody's way to the product, signed in; nobody's without a person."""
        client = Client(self.address)
        return client.enter(self._token(person)) if person else client

    def _token(self, person: Person) -> str:
        return make_link(person, purpose="sign_in", lasting=LINK_LASTS, now=self.context.now())

    def _account(self, email: str) -> Person | None:
        found: Person | None = Person.get_or_none((Person.city == self.city) & (Person.email == email))
        return found


def boxes_near(boxes: Iterable[dict[str, Any]], bbox: Sequence[float]) -> list[dict[str, Any]]:
    """The police boxes in and around a city's streets."""
    west, south, east, north = bbox
    return [
        box
        for box in boxes
        if west - NEAR_DEGREES <= box["lon"] <= east + NEAR_DEGREES
        and south - NEAR_DEGREES <= box["lat"] <= north + NEAR_DEGREES
    ]
