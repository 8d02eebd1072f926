"""One person with a row in every table that can hold something of a person, made from the models themselves.

A new table needs nothing here, unless its CHECKs want particular values: those go into VALUES.
"""

import importlib
import itertools
import pkgutil
import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import peewee

import config
import notifications
import patrol
from config.database import Record, UtcField, transaction
from patrol.people.models import Person
from patrol.places.models import City
from patrol.teams.models import Team
from tests.support.factories import LAT, LON, NOW, make_block, make_box, make_city, make_person
from tests.support.routes import route_over

IDS_OF_PEOPLE = {
    "access_entry.reader",
    "access_entry.subject",
    "address.person",
    "device.person",
    "dog_dispute.decided_by",
    "event.person",
    "export_entry.by",
    "message.person",
    "pairing.created_by",
    "plan_run.requested_by",
    "preference.person",
    "replay.person",
    "rota_entry.created_by",
    "screening_day.created_by",
    "sighting_message.by",
    "sighting_step.by",
    "staff_step.by",
    "team_import.by",
    "team_step.by",
}
"""Columns that hold a person's id without being a key to them."""
OTHER_IDS = {
    "address.city",
    "alert.subject",
    "city_preference.city",
    "delivery.id",
    "device.city",
    "device.session",
    "event.city",
    "mark.replaces",
    "message.city",
    "message.subject",
    "preference.city",
    "shift.plan_run",
    "sighting.walk",
    "sighting_photo.sighting",
}
"""Columns with the id of something else: a city, a session, a sighting, a plan."""
THEIRS = {"address", "device", "event", "message", "preference", "replay", "sighting"}
"""Tables that are by no key, or by one that may be empty, a person's, and whose texts are theirs all the same."""
VALUES: dict[str, dict[str, Any]] = {
    "availability": {"ends_min": 60},
    "mark": {"kind": "fault", "fault": "bite"},
    "person": {"born_on": date(1990, 5, 1)},
    "practical_test": {"attempt": 1},
    "sighting": {
        "kind": "P1",
        "urgency": "Expected",
        "state": "resolved",
        "outcome": "fixed",
        "lon": 129.07531,
        "lat": 35.16531,
        "routed_why": {},
    },
    "corroboration": {"kind": "P1", "first": None, "same_as": None},
    "sighting_message": {"side": "reporter"},
    "sighting_step": {"by_role": "reporter", "action": "report", "state": "alerted"},
    "team": {"code": "T-0012", "state": "active", "walk_min": 30},
    "role": {"role": "officer", "district": None},
    "rota_entry": {"station": ""},
    "shift": {"state": "walking"},
    "walk": {"state": "walking", "gate": {"verdict": "ok", "most_min": 30, "reasons": []}, "pauses": []},
}
"""What a table's CHECKs, or the promise that is tested, want to be particular."""


_numbers = itertools.count(1)


def models() -> list[type[Record]]:
    """Every table of the product, those that others refer to first."""
    for room in (config, notifications, patrol):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(module.name)
    rooms = ("config", "notifications", "patrol")
    found = [
        model
        for model in _below(Record)
        if model.__module__.split(".")[0] in rooms and "migrations" not in model.__module__
    ]
    return list(peewee.sort_models(found))


def _needs(model: type[Record]) -> list[type[Record]]:
    """The table and those that it cannot do without, in the order in which rows can be made."""
    found, todo = {model}, [model]
    while todo:
        for field in todo.pop()._meta.fields.values():
            if isinstance(field, peewee.ForeignKeyField) and field.rel_model not in found:
                found.add(field.rel_model)
                todo.append(field.rel_model)
    return [each for each in models() if each in found]


def name_of(model: type[Record]) -> str:
    return str(model._meta.table_name)


def columns(model: type[Record]) -> dict[str, peewee.Field]:
    return {f"{name_of(model)}.{name}": field for name, field in model._meta.fields.items()}


def owned() -> set[type[Record]]:
    """Tables whose rows are a person's: gone with the account, or with what is gone with it."""
    found: set[type[Record]] = {Person}
    for model in models():
        if name_of(model) in THEIRS:
            found.add(model)
        keys = [field for field in model._meta.fields.values() if isinstance(field, peewee.ForeignKeyField)]
        if any(field.rel_model in found and field.on_delete == "CASCADE" for field in keys):
            found.add(model)
    return found


def personal() -> set[type[Record]]:
    """Tables that hold something of a person: owned ones, and those that name a person in any column."""
    named = {
        model
        for model in models()
        for name, field in columns(model).items()
        if name in IDS_OF_PEOPLE or (isinstance(field, peewee.ForeignKeyField) and field.rel_model is Person)
    }
    return owned() | named


def unknown_ids() -> list[str]:
    """Columns of ids of which nobody has said yet whose they are."""
    return [
        name
        for model in models()
        for name, field in columns(model).items()
        if isinstance(field, peewee.UUIDField)
        and not isinstance(field, peewee.ForeignKeyField)
        and name not in IDS_OF_PEOPLE | OTHER_IDS
        and (not field.primary_key or field.name != "id")
    ]


class Life:
    """`rows`: table → the person's row in it. `secrets`: every text that tells of them."""

    def __init__(self, city: City) -> None:
        number = next(_numbers)
        self.city, self.secrets = city, set[str]()
        box = make_box(city)
        block = make_block(city)
        self.rows: dict[type[Record], Any] = {City: city, type(box): box, type(block): block}
        self._own = {
            "person": {"phone": f"+8210{9_876_0000 + number}", "email": f"secret{number}@example.org"},
            "team": {"door_lon": 129.06123 + number / 1000, "door_lat": 35.15123 + number / 1000},
        }
        self._add(Person)
        self.person: Person = self.rows[Person]
        for model in personal() - {Person}:
            for needed in _needs(model):
                if needed not in self.rows:
                    self._add(needed)
        team, self.number = self._own["team"], f"010-9876-{number:04}"
        door = {f"{place:.4f}" for place in team.values()}
        self.secrets |= {self.person.phone, self.person.email, self.number, *door}

    def _add(self, model: type[Record]) -> None:
        given = VALUES.get(name_of(model), {}) | self._own.get(name_of(model), {})
        if "route" in model._meta.fields:
            given["route"] = self._route(self.rows[Team])
        for field in model._meta.sorted_fields:
            if field.name not in given:
                value = self._value(model, field)
                if value is not None:
                    given[field.name] = value
        try:
            with transaction():
                self.rows[model] = model.create(**given)
        except (peewee.IntegrityError, ValueError, TypeError) as error:
            raise AssertionError(
                f"a row of {name_of(model)} cannot be made ({error}): say in VALUES of tests/support/lives.py what its "
                "columns want"
            ) from error

    def _route(self, team: Any) -> dict[str, Any]:
        block = next(row for model, row in self.rows.items() if name_of(model) == "block")
        return route_over(team, [block])

    def _value(self, model: type[Record], field: peewee.Field) -> Any:
        at = f"{name_of(model)}.{field.name}"
        if isinstance(field, peewee.ForeignKeyField):
            return self.rows.get(field.rel_model)
        if at in IDS_OF_PEOPLE:
            return self.rows[Person].id
        if isinstance(field, peewee.UUIDField):
            return self.city.id if field.name == "city" else (None if field.null else uuid4())
        if isinstance(field, UtcField):
            return self._moment(field)
        if field.null or isinstance(field, peewee.AutoField | peewee.BigAutoField):
            return None
        return self._plain(model, field, at)

    def _moment(self, field: UtcField) -> Any:
        """Beginnings before ends, as CHECKs want it."""
        later = field.name in ("ends_at", "closes_at", "expires_at", "latest_start_at")
        return None if field.null else NOW.replace(hour=12) if later else NOW

    def _plain(self, model: type[Record], field: peewee.Field, at: str) -> Any:
        if isinstance(field, peewee.BlobField):
            return self._told(model, at).encode()
        if isinstance(field, peewee.JSONField):
            return {"told": self._told(model, at)}
        if isinstance(field, peewee.CharField):
            return uuid4().hex * 2
        if isinstance(field, peewee.TextField):
            return _one_allowed(model, field) or self._told(model, at)
        if field.default is not None:
            return None
        usual = {"lon": LON, "lat": LAT}
        return date(2026, 11, 6) if isinstance(field, peewee.DateField) else usual.get(field.name, 1)

    def _told(self, model: type[Record], at: str) -> str:
        """A text that nothing else holds; secret where the table's rows tell of the person."""
        if model not in owned():
            return f"Public {at}"
        self.secrets.add(f"Secret {self.city.slug} {at}")
        return f"Secret {self.city.slug} {at}"


def make_life(name: str = "Busan") -> Life:
    """A person with everything, in a city of their own that has an admin."""
    city = make_city(name)
    make_person(city, "admin")
    return Life(city)


def cells() -> Iterator[tuple[str, str]]:
    """Every value of every column of every table, as text, with where it stands."""
    for model in models():
        for row in model.select().dicts():
            for name, value in row.items():
                yield (
                    f"{name_of(model)}.{name}",
                    bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value),
                )


def _one_allowed(model: type[Record], field: peewee.Field) -> str | None:
    checks = [*(model._meta.constraints or ()), *(field.constraints or ())]
    for check in checks:
        found = re.search(rf"\b{field.name} IN \('([^']+)'", str(getattr(check, "sql", "")))
        if found:
            return found.group(1)
    return None


def _below(base: type[Record]) -> Iterator[type[Record]]:
    for model in base.__subclasses__():
        yield model
        yield from _below(model)
