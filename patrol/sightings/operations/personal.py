"""What sightings hold of a person: given out, coarsened when it is old, left without a reporter on erasure."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import peewee

from config.database import transaction
from config.personal import Part, part
from patrol.people.models import Person
from patrol.places.models import City
from patrol.places.operations.cities import city_of, policy_of
from patrol.sightings import rules
from patrol.sightings.models import Corroboration, Sighting, SightingMessage, SightingPhoto, SightingStep
from patrol.sightings.operations.asking_back import forget_threads
from patrol.sightings.operations.corroborating import forget_place
from patrol.sightings.operations.owners import forget_address, registered_to

NO_DIGEST = "0" * 64
LEAST_TOLD = 2
"""A name of fewer letters is no name to look for in a text."""


def exported(person: UUID) -> list[Part]:
    """What a person reported, with the answers."""
    mine = Sighting.select(Sighting.id).where(Sighting.reporter == person)
    steps = SightingStep.select().where(SightingStep.sighting.in_(mine)).order_by(SightingStep.at)
    return [
        part(Sighting.select().where(Sighting.reporter == person), ko="신고", en="Sightings reported"),
        part(_lines(person), ko="신고 대화", en="Messages on sightings", without=("by",)),
        part(
            Corroboration.select().where(Corroboration.sighting.in_(mine)),
            ko="같은 건으로 묶인 신고",
            en="Sightings linked to others",
            without=("first", "same_as"),
        ),
        part(steps, ko="신고의 처리", en="What became of them", without=("by",)),
        _photos(person),
        part(registered_to(Person.get_by_id(person)), ko="전자우편으로 맡은 시설", en="Facilities with your e-mail"),
    ]


def coarsen_ended(city: City, *, before: datetime, now: datetime) -> int:
    """Coarsen what was resolved before then, and all resolved sightings without a reporter. Returns how many."""
    ended = (
        SightingStep.select(SightingStep.sighting)
        .where(SightingStep.action == "resolve")
        .group_by(SightingStep.sighting)
        .having(peewee.fn.MAX(SightingStep.at) < before)
    )
    return _coarsen(_resolved(city.id) & (Sighting.id.in_(ended) | Sighting.reporter.is_null()), city, now)


def erase(reporter: UUID, now: datetime) -> None:
    """Leave a person's sightings without reporter: resolved ones coarse at once, others soon after they are.

    Who answers an open one still needs its place and what was seen; the person's own name and number go from all that
    was written.
    """
    person = Person.get_by_id(reporter)
    city = city_of(person.city_id)
    mine = Sighting.reporter == person
    with transaction():
        ids = [row.id for row in Sighting.select(Sighting.id).where(mine)]
        for row in Sighting.select().where(mine):
            told = {"text": _without(row.text, person), "direction": _without(row.direction, person)}
            Sighting.update(told).where(Sighting.id == row.id).execute()
        for line in SightingMessage.select().where(SightingMessage.sighting.in_(ids)):
            text = _without(line.text, person)
            SightingMessage.update(text=text).where(SightingMessage.id == line.id).execute()
        SightingMessage.update(by=None).where(SightingMessage.by == reporter).execute()
        theirs = SightingStep.sighting.in_(ids) | (SightingStep.by == reporter)
        own = theirs & (SightingStep.by_role == "reporter")
        SightingStep.update(by=None, note="").where(own).execute()
        for step in SightingStep.select().where(SightingStep.sighting.in_(ids) & (SightingStep.note != "")):
            note = _without(step.note, person)
            SightingStep.update(note=note).where(SightingStep.id == step.id).execute()
        Sighting.update(reporter=None, walk=None, contact_shared_at=None, digest=NO_DIGEST).where(mine).execute()
        SightingPhoto.delete().where(SightingPhoto.reporter == person).execute()
        forget_address(person, now=now)
        _coarsen(_resolved(city.id) & Sighting.id.in_(ids), city, now)


def _photos(person: UUID) -> Part:
    """The photos themselves as files, one read at a time: all of somebody's would not fit into memory."""
    wanted = (
        SightingPhoto.id,
        SightingPhoto.sighting,
        SightingPhoto.width,
        SightingPhoto.height,
        SightingPhoto.created_at,
    )
    found = part(
        SightingPhoto.select(*wanted).where(SightingPhoto.reporter == person), ko="신고 사진", en="Photos of sightings"
    )
    rows = [{**row, "file": f"photos/{row['id']}.jpg"} for row in found.rows]
    return replace(found, rows=rows, files={row["file"]: partial(_content, UUID(row["id"])) for row in rows})


def _content(photo: UUID) -> bytes | None:
    found = SightingPhoto.select(SightingPhoto.content).where(SightingPhoto.id == photo).first()
    return bytes(found.content) if found else None


def _lines(person: UUID) -> Any:
    """What a person wrote, and what was written to them."""
    mine = Sighting.select(Sighting.id).where(Sighting.reporter == person)
    told = SightingMessage.sighting.in_(mine) | (SightingMessage.by == person)
    return SightingMessage.select().where(told).order_by(SightingMessage.at)


def _resolved(city: UUID) -> Any:
    return (Sighting.city == city) & (Sighting.state == "resolved") & Sighting.coarsened_at.is_null()


def _coarsen(which: Any, city: City, now: datetime) -> int:
    grid_m = policy_of(city).retention.sightings_grid_m
    count = 0
    with transaction():
        for row in Sighting.select().where(which).order_by(Sighting.id):
            lon, lat = rules.coarse(row.lon, row.lat, grid_m)
            unmoved = (Sighting.id == row.id) & (Sighting.version == row.version)
            coarsened = Sighting.update(
                text="",
                direction="",
                accuracy_m=None,
                lon=lon,
                lat=lat,
                contact_shared_at=None,
                digest=NO_DIGEST,
                coarsened_at=now,
                version=Sighting.version + 1,
            ).where(unmoved)
            if not coarsened.execute():  # it was opened again at this moment
                continue
            SightingStep.update(note="").where(SightingStep.sighting == row.id).execute()
            SightingPhoto.delete().where(SightingPhoto.sighting == row.id).execute()
            forget_place([row.id])
            forget_threads([row.id])
            count += 1
    return count


def _without(text: str, person: Person) -> str:
    """The text without name, number and address of the person, however the number is written."""
    for told in (person.name, person.email):
        if told and len(told) >= LEAST_TOLD:
            text = text.replace(told, "…")
    return rules.without_number(text, person.phone) if person.phone else text
