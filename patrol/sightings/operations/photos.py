"""Photos of sightings: kept with the consent of who took them, before or after the sighting itself has come.

They lie in the database: one backup holds them with the sighting that they belong to, every machine serves them, and
they go in the same transaction as what they rest on.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from config.database import transaction
from config.policy import Policy
from patrol.errors import Conflict, Gone, NotFound
from patrol.people.models import Person
from patrol.people.operations.consents import hold, require, standing_of
from patrol.places.models import City
from patrol.sightings.models import Sighting, SightingPhoto
from patrol.sightings.operations.images import prepare
from patrol.sightings.operations.telling import refresh

CONSENT = "photo"
MOST = 6


class PhotoIdTaken(Conflict):
    """The id came before with another photo, or for another sighting."""

    words = {
        "ko": "같은 id가 다른 사진으로 이미 쓰였습니다. 새 id로 보내 주세요.",
        "en": "This id was used for another photo; send it under a new one.",
    }


class EnoughPhotos(Conflict):
    """A sighting has as many photos as it may. Facts: `most`."""

    words = {"ko": "사진은 신고 하나에 {most}장까지입니다.", "en": "A sighting has at most {most} photos."}


class TooLate(Gone):
    """The sighting ended so long ago that its photos are gone."""

    words = {"ko": "오래되어 사진이 지워진 신고입니다.", "en": "This ended long ago and its photos are gone."}


def attach(
    city: City,
    sighting_id: UUID,
    photo_id: UUID,
    *,
    reporter: Person,
    raw: bytes,
    said: str | None,
    policy: Policy,
    now: datetime,
) -> tuple[SightingPhoto, bool]:
    """Keep a photo of the reporter's own sighting; returns it and whether it is new. `said`: its header's media type.

    Raises NotFound for a sighting of somebody else, ConsentNeeded, PhotoIdTaken, EnoughPhotos, TooLate, and what
    images.prepare raises.
    """
    digest = hashlib.sha256(raw).hexdigest()
    _check(sighting_id, reporter)
    known = SightingPhoto.get_or_none(SightingPhoto.id == photo_id)
    if known is not None:
        return _same(known, sighting_id, reporter, digest), False
    require(reporter, policy=policy, kinds=(CONSENT,), now=now)
    made = prepare(raw, said=said)
    with transaction():
        hold(reporter)  # a withdrawal at the same moment comes before, or finds this and deletes it
        require(reporter, policy=policy, kinds=(CONSENT,), now=now)
        sighting = _check(sighting_id, reporter)
        mine = (SightingPhoto.sighting == sighting_id) & (SightingPhoto.reporter == reporter)
        if SightingPhoto.select().where(mine & (SightingPhoto.id != photo_id)).count() >= MOST:
            raise EnoughPhotos(most=MOST)
        new = (
            SightingPhoto.insert(
                id=photo_id,
                city=city,
                sighting=sighting_id,
                reporter=reporter,
                digest=digest,
                content=made.content,
                thumbnail=made.thumbnail,
                width=made.width,
                height=made.height,
                created_at=now,
            )
            .on_conflict_ignore()
            .as_rowcount()
            .execute()
        )
        if new and sighting is not None:
            refresh(sighting, now=now)
    return _same(SightingPhoto.get_by_id(photo_id), sighting_id, reporter, digest), bool(new)


def take_back(sighting_id: UUID, photo_id: UUID, *, reporter: UUID) -> None:
    """Delete a photo of one's own. Raises NotFound."""
    with transaction():
        mine = (SightingPhoto.id == photo_id) & (SightingPhoto.reporter == reporter)
        if not SightingPhoto.delete().where(mine & (SightingPhoto.sighting == sighting_id)).execute():
            raise NotFound


def on_consent_withdrawn(person: Person, kind: str, _now: datetime) -> None:
    """Without consent to photos, those of a person are deleted."""
    if kind != CONSENT:
        return
    with transaction():
        SightingPhoto.delete().where(SightingPhoto.reporter == person).execute()


def photos_of(
    sightings: Sequence[Sighting],
    *,
    own: Sequence[Sighting],
    answered: Sequence[Sighting],
    policy: Policy,
    now: datetime,
) -> dict[UUID, list[SightingPhoto]]:
    """Sighting → its photos without their content: of `own` all, of `answered` those whose taker's consent stands."""
    found: dict[UUID, list[SightingPhoto]] = {row.id: [] for row in sightings}
    reporter_of = {row.id: row.reporter_id for row in (*own, *answered) if row.reporter_id}
    rows = list(
        SightingPhoto.select(
            SightingPhoto.id,
            SightingPhoto.sighting,
            SightingPhoto.reporter,
            SightingPhoto.width,
            SightingPhoto.height,
        )
        .where(SightingPhoto.sighting.in_([*reporter_of]))
        .order_by(SightingPhoto.created_at, SightingPhoto.id)
    )
    if not rows:
        return found
    mine, asked = {row.id for row in own}, policy.consent(CONSENT)
    stands = standing_of({row.reporter_id for row in rows}, policy=policy, now=now)
    for row in rows:
        consented = asked is not None and (asked.kind, asked.version) in stands[row.reporter_id]
        if row.reporter_id == reporter_of[row.sighting] and (consented or row.sighting in mine):
            found[row.sighting].append(row)
    return found


def forget_unclaimed(*, before: datetime) -> int:
    """Delete photos whose sighting never came. Returns how many."""
    unclaimed = SightingPhoto.sighting.not_in(Sighting.select(Sighting.id)) & (SightingPhoto.created_at < before)
    with transaction():
        return int(SightingPhoto.delete().where(unclaimed).execute())


def _check(sighting_id: UUID, reporter: Person) -> Sighting | None:
    """The sighting, when it has come. Raises NotFound for somebody else's, TooLate."""
    sighting: Sighting | None = Sighting.get_or_none(Sighting.id == sighting_id)
    if sighting is not None and sighting.reporter_id != reporter.id:
        raise NotFound
    if sighting is not None and sighting.coarsened_at is not None:
        raise TooLate
    return sighting


def _same(known: SightingPhoto, sighting_id: UUID, reporter: Person, digest: str) -> SightingPhoto:
    if (known.sighting, known.reporter_id, known.digest) != (sighting_id, reporter.id, digest):
        raise PhotoIdTaken
    return known
