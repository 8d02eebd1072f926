"""The second factor: six digits from an authenticator app (TOTP, RFC 6238), and recovery codes for when it is lost."""

import hmac
import io
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pyotp
import segno
import structlog

from config.database import transaction
from config.secret_key import Keyring
from patrol.errors import Conflict, Invalid, NotFound
from patrol.people.models import Factor, Person, RecoveryCode, Session
from patrol.people.operations.audit import note_read
from patrol.people.operations.letters import tell_owner
from patrol.people.operations.roles import of_staff
from patrol.people.operations.sessions import raise_to_full, revoke_all
from patrol.people.operations.throttle import throttle
from patrol.places.operations.cities import city_of

log = structlog.get_logger(__name__)

STEP_S = 30
RECOVERY_CODES = 10
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of recovery codes: no two that look alike. Each letter is worth five random bits."""
GROUPS, OF_LETTERS = 6, 4
"""So long that a plain keyed digest of a code is as good as a slow one: 120 bits are guessed by nobody."""
TRIES, TRIES_EVERY = 10, timedelta(minutes=5)


class WrongFactorCode(Invalid):
    """Neither the app's present code nor an unused recovery code."""

    words = {
        "ko": "인증 앱의 번호가 맞지 않거나 이미 쓰였습니다. 다음 번호로 다시 해 주세요.",
        "en": "Not your app's present code, or used already; try the next one.",
    }


class NothingOffered(Conflict):
    """No new factor waits for its first code."""

    words = {"ko": "먼저 새 인증 앱 등록을 시작하세요.", "en": "Begin setting up the app first."}


class NoFactor(Conflict):
    """There is no second factor to change."""

    words = {"ko": "설정된 2단계 인증이 없습니다.", "en": "No second step is set up."}


class OwnFactor(Conflict):
    """One's own is removed by its code: whoever holds an admin's session alone must not be rid of it."""

    words = {
        "ko": "자신의 2단계 인증은 계정 화면에서 인증 번호로 해제하세요.",
        "en": "Remove your own second step by its code, on the account page.",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A new secret, to be put into an app: as text, as an otpauth:// address, and as an SVG image of that."""

    secret: str
    uri: str
    qr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is set up."""

    confirmed_at: datetime | None
    recovery_codes_left: int


def state_of(person: UUID) -> State:
    """Whether a second factor is in force, since when, and how many recovery codes are left."""
    found = Factor.get_or_none(Factor.person == person)
    left = RecoveryCode.select().where((RecoveryCode.person == person) & RecoveryCode.used_at.is_null()).count()
    return State(confirmed_at=found.confirmed_at if found else None, recovery_codes_left=left)


def offer(person: Person, *, code: str | None, keys: Keyring, now: datetime) -> Offered:
    """A new secret for the person's app; the one before stays in force until `confirm`.

    Replacing one takes its `code`. Raises WrongFactorCode, TooMany.
    """
    if state_of(person.id).confirmed_at is not None:
        _prove(person, code or "", keys=keys, now=now)
    secret = pyotp.random_base32()
    sealed = keys.seal(secret)
    with transaction():
        Factor.insert(person=person, city=person.city_id, offered=sealed, created_at=now).on_conflict(
            conflict_target=[Factor.person], update={Factor.offered: sealed}
        ).execute()
    issuer = f"반려견 순찰대 {city_of(person.city_id).name}"
    uri = pyotp.TOTP(secret).provisioning_uri(name=person.email or person.phone or person.name, issuer_name=issuer)
    return Offered(secret=secret, uri=uri, qr=_drawn(uri))


def confirm(person: Person, code: str, *, session: UUID, keys: Keyring, now: datetime) -> tuple[list[str], str]:
    """The app's first code puts the offered secret in force. Raises NothingOffered, WrongFactorCode, TooMany.

    Gives new recovery codes, shown this once, and the session's new token: it is a whole one now. Others end.
    """
    throttle(f"factor:{person.id}", most=TRIES, every=TRIES_EVERY, now=now)
    found = Factor.get_or_none(Factor.person == person)
    if found is None or found.offered is None:
        raise NothingOffered
    step = step_of(keys.unseal(found.offered), code, now=now)
    if step is None:
        raise WrongFactorCode("/code")
    with transaction():
        same = (Factor.person == person) & (Factor.offered == found.offered)
        change = {"secret": found.offered, "offered": None, "last_step": step, "confirmed_at": now}
        if not Factor.update(change).where(same).execute():
            raise NothingOffered
        tell_owner(person, "factor_set", key=f"{person.id}:{now.isoformat()}", now=now)
        revoke_all(person.id, but=session, now=now)
        return _new_recovery_codes(person, keys), raise_to_full(session, now=now)


def renew_recovery_codes(person: Person, code: str, *, keys: Keyring, now: datetime) -> list[str]:
    """New recovery codes in place of all before. Raises NoFactor, WrongFactorCode, TooMany."""
    _prove(person, code, keys=keys, now=now)
    with transaction():
        return _new_recovery_codes(person, keys)


def remove(person: Person, code: str, *, session: UUID, now: datetime, keys: Keyring) -> None:
    """Do without a second factor; the other sessions end. Raises NoFactor, WrongFactorCode, TooMany."""
    _prove(person, code, keys=keys, now=now)
    with transaction():
        _forget(person)
        Session.update(stage="password").where(Session.person == person).execute()
        revoke_all(person.id, but=session, now=now)
        tell_owner(person, "factor_removed", key=f"{person.id}:{now.isoformat()}", now=now)


def reset_of_colleague(colleague: UUID, *, by: Person, request_id: str, now: datetime) -> None:
    """An admin takes away the second factor of a member of staff who lost theirs; it is logged, and they are told.

    Raises NotFound for who is no staff of the admin's city; NoFactor, OwnFactor.
    """
    if colleague == by.id:
        raise OwnFactor
    person = Person.get_or_none((Person.id == colleague) & (Person.city == by.city_id) & Person.id.in_(of_staff()))
    if person is None:
        raise NotFound
    with transaction():
        if not _forget(person):
            raise NoFactor
        revoke_all(person.id, now=now)
        tell_owner(person, "factor_reset", key=f"{person.id}:{now.isoformat()}", what=by.name, now=now)
        note_read(
            city=person.city_id,
            reader=by.id,
            subjects=[person.id],
            what="second_factor",
            purpose="request",
            request_id=request_id,
            now=now,
        )
    log.warning("second factor reset by an admin", person=str(person.id), by=str(by.id))


def accept(person: Person, code: str, *, keys: Keyring, now: datetime) -> bool:
    """Whether it is the app's present code or an unused recovery code; used up either way. Inside a transaction."""
    written = "".join(code.split()).replace("-", "").upper()
    if written.isdigit():
        return _accept_of_app(person, written, keys=keys, now=now)
    mine = (RecoveryCode.person == person) & (RecoveryCode.code_digest == _digest(person.id, written, keys))
    if not RecoveryCode.update(used_at=now).where(mine & RecoveryCode.used_at.is_null()).execute():
        return False
    left = state_of(person.id).recovery_codes_left
    tell_owner(person, "recovery_used", key=f"{person.id}:{now.isoformat()}", what=str(left), now=now)
    return True


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The 30 seconds to which a code belongs: the present ones, those before or after; None for a wrong code."""
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    steps = (present, present - 1, present + 1)
    fitting = [step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())]
    return fitting[0] if fitting else None


def _accept_of_app(person: Person, code: str, *, keys: Keyring, now: datetime) -> bool:
    found = Factor.get_or_none(Factor.person == person)
    if found is None or found.secret is None:
        return False
    step = step_of(keys.unseal(found.secret), code, now=now)
    if step is None:
        return False
    newer = (Factor.person == person) & (Factor.secret == found.secret) & (Factor.last_step < step)
    return bool(Factor.update(last_step=step).where(newer).execute())


def _prove(person: Person, code: str, *, keys: Keyring, now: datetime) -> None:
    """Raise unless `code` is fresh; of guesses there are few."""
    throttle(f"factor:{person.id}", most=TRIES, every=TRIES_EVERY, now=now)
    if state_of(person.id).confirmed_at is None:
        raise NoFactor
    with transaction():
        fresh = accept(person, code, keys=keys, now=now)
    if not fresh:
        raise WrongFactorCode("/code")


def _new_recovery_codes(person: Person, keys: Keyring) -> list[str]:
    """Ten codes such as ABCD-EFGH-JKLM-NPQR-STUV-WXYZ, of 120 random bits each."""
    codes = ["".join(secrets.choice(LETTERS) for _ in range(GROUPS * OF_LETTERS)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.delete().where(RecoveryCode.person == person).execute()
    rows = [
        {"id": uuid4(), "city": person.city_id, "person": person, "code_digest": _digest(person.id, code, keys)}
        for code in codes
    ]
    RecoveryCode.insert_many(rows).execute()
    return ["-".join(code[at : at + OF_LETTERS] for at in range(0, len(code), OF_LETTERS)) for code in codes]


def _forget(person: Person) -> int:
    RecoveryCode.delete().where(RecoveryCode.person == person).execute()
    return int(Factor.delete().where(Factor.person == person).execute())


def _digest(person: UUID, code: str, keys: Keyring) -> str:
    return keys.digest("recovery", str(person), code)


def _drawn(uri: str) -> str:
    """An SVG image, dark on white whatever the page's colours: that is what cameras read."""
    drawing = io.BytesIO()
    segno.make(uri, error="l", micro=False).save(drawing, kind="svg", scale=5, light="#fff", xmldecl=False, nl=False)
    return drawing.getvalue().decode()
