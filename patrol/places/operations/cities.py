"""Cities: the tenants, each with its policy and its time zone."""

import functools
import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import peewee

from config.database import transaction
from config.policy import Policy, dump, parse
from notifications.preferences import put_city_preference
from patrol.errors import Conflict, Invalid, NotFound
from patrol.places.models import City

_parsed: dict[str, tuple[Any, Policy]] = {}
"""Slug → a policy as it lies in the city's row, and checked: that takes far longer than to see that it is the same."""


class CityExists(Conflict):
    """A city of that name is there."""

    words = {"ko": "'{name}' 도시가 이미 있습니다.", "en": "There is a city {name!r} already."}


class NoSuchCity(NotFound):
    """No city of that name. Which there are, a stranger is not told."""

    words = {"ko": "'{name}' 도시가 없습니다.", "en": "There is no city {name!r}."}


class CityNotNamed(Invalid):
    """Several cities are there, so one must be named."""

    words = {"ko": "도시를 정해 주세요.", "en": "Name the city."}


class UnknownTimezone(Invalid):
    """Not an IANA zone."""

    words = {
        "ko": "'{zone}' 시간대를 모릅니다. 예: Asia/Seoul",
        "en": "{zone!r} is no IANA time zone; one is Asia/Seoul.",
    }


class UnusableName(Invalid):
    """Nothing of the name is left once made fit for an address."""

    words = {"ko": "도시 이름에 글자나 숫자가 있어야 합니다.", "en": "A city's name needs a letter or digit."}


def add_city(name: str, *, timezone: str, policy: Policy, now: datetime) -> City:
    """A new tenant. Raises CityExists, UnknownTimezone, UnusableName."""
    slug = slug_of(name)
    if not slug:
        raise UnusableName("/name")
    if timezone not in _zones():
        raise UnknownTimezone("/timezone", zone=timezone)
    try:
        with transaction():
            city: City = City.create(
                slug=slug,
                name=unicodedata.normalize("NFC", name.strip()),
                timezone=timezone,
                policy=dump(policy),
                created_at=now,
            )
            put_city_preference(city.id, zone=timezone, usual=policy.notifications)
            return city
    except peewee.IntegrityError:
        raise CityExists(name=name) from None


def put_policy(city: City, policy: Policy) -> None:
    """Put a policy in force from now on; what was decided under the old one stays."""
    with transaction():
        City.update(policy=dump(policy)).where(City.id == city.id).execute()
        put_city_preference(city.id, zone=city.timezone, usual=policy.notifications)
    city.policy = dump(policy)


def put_timezone(city: City, timezone: str) -> None:
    """Give a city another time zone; instants that are kept stay what they are. Raises UnknownTimezone."""
    if timezone not in _zones():
        raise UnknownTimezone("/timezone", zone=timezone)
    with transaction():
        City.update(timezone=timezone).where(City.id == city.id).execute()
        put_city_preference(city.id, zone=timezone, usual=policy_of(city).notifications)
    city.timezone = timezone


def city_named(name: str | None) -> City:
    """The city of this name or slug; the only one when none is named. Raises NoSuchCity, CityNotNamed."""
    if name:
        found = City.get_or_none(City.slug == slug_of(name))
        if found is None:
            raise NoSuchCity(name=name)
        return found
    cities = list(City.select().limit(2))
    if len(cities) != 1:
        raise CityNotNamed("/city")
    return cities[0]


def city_of(city_id: UUID) -> City:
    """The city with this id."""
    return City.get_by_id(city_id)


def policy_of(city: City | UUID) -> Policy:
    """The policy in force in a city."""
    row = city if isinstance(city, City) else city_of(city)
    known = _parsed.get(row.slug)
    if known is None or known[0] != row.policy:
        known = _parsed[row.slug] = row.policy, parse(row.policy, source=f"policy of {row.slug}")
    return known[1]


def zone_of(city: City | UUID) -> ZoneInfo:
    """The city's time zone."""
    row = city if isinstance(city, City) else city_of(city)
    return ZoneInfo(row.timezone)


def hold(city: City | UUID) -> None:
    """Within a transaction: whoever else changes the city's places, staff or teams waits, or is waited for."""
    City.update(slug=City.slug).where(City.id == (city.id if isinstance(city, City) else city)).execute()


@contextmanager
def changing_places(city: City) -> Iterator[None]:
    """One transaction in which police boxes or districts of a city change, alone.

    What was made of them is made anew by whoever reads the city afterwards. The version is another one before the
    change and after it, so that what is made of them in between is nobody else's, even when all is rolled back.
    """
    with transaction():
        _renew_places(city)
        yield
        _renew_places(city)


def slug_of(name: str) -> str:
    """`Busan Seomyeon` → `busan-seomyeon`; letters of any script are kept, however their accents are written."""
    whole = unicodedata.normalize("NFC", name).casefold()
    return re.sub(r"[\W_]+", "-", whole).strip("-")


def _renew_places(city: City) -> None:
    city.places_version = secrets.token_hex(8)
    City.update(places_version=city.places_version).where(City.id == city.id).execute()


@functools.cache
def _zones() -> set[str]:
    """Every IANA zone; read once, as the system keeps each in a file."""
    return available_timezones()


def slugs() -> list[str]:
    """Every city's, for whoever runs the installation."""
    return [city.slug for city in City.select(City.slug).order_by(City.slug)]
