"""Invitations on their way: sent to whoever they are for, where something is set up to send them; else handed over.

One that was sent and comes back shows whose the contact is: nobody but its owner has seen the link.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from config.database import transaction
from config.secret_key import Keyring
from notifications import direct
from patrol.people.models import Person
from patrol.people.operations import letters
from patrol.people.operations.challenges import spare
from patrol.people.operations.sessions import INVITATION_LASTS, make_link
from patrol.places.operations.cities import city_of

SENT_WITHIN = timedelta(days=1)
"""What could not be sent for so long is not sent any more, so that its link lies sealed no longer than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What the installation sends invitations with: `channels` are those set up, `address` is that of its pages."""

    channels: Collection[str]
    keys: Keyring
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A one-time link's token, known at this moment only. `sent_by`: the channel it went by, None to be handed over."""

    token: str
    sent_by: str | None = None


def invitation(person: Person, *, post: Post | None, now: datetime) -> Invitation:
    """A new invitation, in the transaction that gives it: by text message or mail where one of them is set up.

    Without `post` it is for whoever asks to hand over.
    """
    channel, contact = _way(person, post)
    link = uuid4()
    with transaction():
        token = make_link(
            person, purpose="invitation", lasting=INVITATION_LASTS, link=link, sent_by=channel or None, now=now
        )
        if post is not None and channel:
            direct.post(
                city=person.city_id,
                recipient=link,
                channel=channel,
                address=contact,
                said=letters.invitation(
                    person.language, city=city_of(person.city_id).name, link=link_of(token, at=post.address)
                ),
                keys=post.keys,
                now=now,
                expires_at=now + SENT_WITHIN,
                urgent=False,
            )
    return Invitation(token=token, sent_by=channel or None)


def spare_invited(person: Person, *, post: Post | None, source: str, now: datetime) -> None:
    """Count one more message to who was invited, if one is sent. Raises TooMany: nobody is flooded with invitations."""
    channel, contact = _way(person, post)
    if channel:
        spare(city_of(person.city_id), contact, source=source, now=now)


def link_of(token: str, *, at: str) -> str:
    """The link of an invitation; in the fragment, so that no server's log has the token."""
    return f"{at}/join#{token}"


def _way(person: Person, post: Post | None) -> tuple[str, str]:
    """The channel and the contact by which somebody can be reached before anything of theirs is confirmed."""
    contacts = {"sms": person.phone, "email": person.email}
    found = (
        (channel, contact) for channel, contact in contacts.items() if contact and post and channel in post.channels
    )
    return next(found, ("", ""))
