"""What the accounts' tables hold of a person: given out, and gone on erasure."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from config.database import transaction
from config.personal import Part, part
from notifications.channels.files import remove_addressed
from notifications.personal import forget_recipients
from patrol.people.models import (
    AccessEntry,
    Challenge,
    Consent,
    Duty,
    Factor,
    Link,
    Person,
    RecoveryCode,
    Role,
    RotaEntry,
    Session,
    StaffStep,
)


def exported(person: UUID) -> list[Part]:
    """The account, what was agreed to, what it may do, where it is signed in, and who read its data."""

    def mine(model: type, *order: object) -> object:
        return model.select().where(model.person == person).order_by(*order)  # type: ignore[attr-defined]

    account = Person.select().where(Person.id == person)
    reads = AccessEntry.select().where(AccessEntry.subject == person).order_by(AccessEntry.at)
    return [
        part(account, ko="계정", en="Account", without=["password_hash"]),
        part(mine(Consent, Consent.given_at), ko="동의", en="Consents"),
        part(mine(Role, Role.created_at), ko="역할", en="Roles"),
        part(mine(Duty, Duty.created_at), ko="담당", en="Duties"),
        part(mine(RotaEntry, RotaEntry.begins_at), ko="당번", en="On call", without=["created_by"]),
        part(mine(StaffStep, StaffStep.at), ko="직원 이력", en="What was changed of the role", without=["by"]),
        part(mine(Session, Session.created_at), ko="로그인", en="Sign-ins", without=["token_sha256"]),
        part(mine(Link, Link.created_at), ko="일회용 링크", en="One-time links", without=["token_sha256"]),
        part(mine(Challenge, Challenge.created_at), ko="인증번호", en="Codes sent", without=["code_digest"]),
        part(mine(Factor), ko="2단계 인증", en="Second factor", without=["secret", "offered"]),
        part(mine(RecoveryCode), ko="복구 코드", en="Recovery codes", without=["code_digest"]),
        part(reads, ko="열람 기록", en="Who read this", without=["reader"]),
    ]


def contacts_of(person: UUID) -> set[str]:
    """Where somebody is or was to be reached: number, address, and what they were about to change them to."""
    known = Person.get_or_none(Person.id == person)
    asked = {row.contact for row in Challenge.select(Challenge.contact).where(Challenge.person == person)}
    return asked | {contact for contact in (known.phone, known.email) if contact} if known else asked


def erase_codes(person: UUID, _now: datetime, *, folder: Path) -> None:
    """Remove the files in which codes wait for them, where codes go into a folder."""
    remove_addressed(folder, contacts_of(person))


def erase(person: UUID, _now: datetime) -> None:
    """Remove the account; what hangs on it goes with it. The last of all: others may still need to know who it was."""
    with transaction():
        known: Person | None = Person.get_or_none(Person.id == person)
        if known is None:
            return
        asked = (Challenge.city == known.city_id) & Challenge.contact.in_(contacts_of(person))
        codes = [row.id for row in Challenge.select(Challenge.id).where(asked)]
        links = [row.id for row in Link.select(Link.id).where(Link.person == person)]
        forget_recipients([*codes, *links])
        Challenge.delete().where(Challenge.id.in_(codes)).execute()
        Person.delete().where(Person.id == person).execute()
