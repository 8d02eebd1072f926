"""How a person is reached: their devices and what they chose."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from notifications.devices import devices_of, put_device, remove_device
from notifications.encryption import subscription_keys
from notifications.models import Address, Device, Preference
from notifications.outbox import enqueue_test
from notifications.preferences import GROUPS, USUAL_CHANNELS, Chosen, chosen, put_preference
from patrol.errors import Conflict, Invalid, NotFound
from patrol.inbox import rules


class NoSuchDevice(NotFound):
    """No such device of the caller's."""

    words = {"ko": "그런 기기가 없습니다.", "en": "There is no such device."}


class DeviceOfSomebodyElse(NoSuchDevice):
    """The id is in use: choose another."""

    words = {
        "ko": "이 기기 번호는 쓸 수 없습니다. 새 번호(UUID)로 다시 등록하세요.",
        "en": "This id cannot be used; register again under a new one.",
    }


class TooManyDevices(Conflict):
    """Facts: `most`."""

    words = {
        "ko": "기기는 {most}대까지 등록할 수 있습니다. 쓰지 않는 기기를 먼저 지우세요.",
        "en": "At most {most} devices; remove one that is not used.",
    }


class UnusableAddress(Invalid):
    """Not an address of that kind of device."""

    words = {"ko": "이 종류의 기기 주소가 아닙니다.", "en": "Not an address of this kind of device."}


class UnknownPushService(Invalid):
    """The browser's push service is none that this server sends to."""

    words = {
        "ko": "이 브라우저의 알림 서비스로는 보낼 수 없습니다.",
        "en": "This server does not send to the push service of this browser.",
    }


class UnusableKeys(Invalid):
    """A browser's subscription comes with its keys, anything else without."""

    words = {
        "ko": "브라우저 구독의 키(p256dh, auth)를 확인하세요.",
        "en": "Give the keys of the browser's subscription (p256dh, auth), and none for anything else.",
    }


class HalfQuietHours(Invalid):
    """Quiet hours have two ends."""

    words = {
        "ko": "조용한 시간은 시작과 끝을 함께 정하세요.",
        "en": "Quiet hours need both ends, or neither.",
    }


class NoDevice(Conflict):
    """There is nowhere to send a test to."""

    words = {
        "ko": "등록된 기기가 없습니다. 먼저 이 기기에서 알림을 켜 주세요.",
        "en": "You have no device; turn notifications on first.",
    }


def register_device(
    device: UUID,
    *,
    city: UUID,
    person: UUID,
    session: UUID,
    kind: str,
    address: str,
    keys: Mapping[str, str] | None,
    label: str,
    language: str,
    push_hosts: Collection[str],
    now: datetime,
) -> Device:
    """From now on the device is the person's. Raises Invalid…, TooManyDevices, DeviceOfSomebodyElse."""
    _check(kind, address, keys, push_hosts=push_hosts)
    with transaction():
        others = devices_of(person).where((Device.id != device) & Device.retired_at.is_null())
        if others.count() >= rules.MOST_DEVICES:
            raise TooManyDevices(most=rules.MOST_DEVICES)
        found = put_device(
            device,
            city=city,
            person=person,
            session=session,
            kind=kind,
            address=address,
            keys=keys,
            label=label,
            language=language,
            now=now,
        )
        if found is None:
            raise DeviceOfSomebodyElse
        return found


def drop_device(person: UUID, device: UUID) -> None:
    """Forget a device. Raises NoSuchDevice."""
    if not remove_device(person, device):
        raise NoSuchDevice


def choice_of(person: UUID, city: UUID) -> dict[str, Any]:
    """What holds for a person, every group with its channels; `usual`: nothing was chosen, the city's holds."""
    held: Chosen = chosen({person: city})[person]
    return {
        "usual": not Preference.select().where(Preference.person == person).exists(),
        "language": held.language,
        "channels": {group: sorted(held.channels.get(group, USUAL_CHANNELS)) for group in GROUPS},
        "quiet_from": held.quiet_from,
        "quiet_until": held.quiet_until,
        "weekly_budget": held.weekly_budget,
        "bundle_min": held.bundle_min,
        "addresses": sorted({row.channel for row in Address.select().where(Address.person == person)}),
    }


def choose(person: UUID, city: UUID, *, now: datetime, **given: Any) -> None:
    """Put a person's choice in force. Raises HalfQuietHours."""
    if (given["quiet_from"] is None) != (given["quiet_until"] is None):
        raise HalfQuietHours("/quiet_from" if given["quiet_from"] is None else "/quiet_until")
    put_preference(city=city, person=person, now=now, **given)


def send_test(person: UUID, city: UUID, *, now: datetime) -> dict[str, Any]:
    """A test message to a person's own devices: its id and how many. Raises NoDevice."""
    with transaction():
        devices = devices_of(person).where(Device.retired_at.is_null()).count()
        if not devices:
            raise NoDevice
        return {"message": enqueue_test(city=city, person=person, now=now), "devices": devices}


def _check(kind: str, address: str, keys: Mapping[str, str] | None, *, push_hosts: Collection[str]) -> None:
    if kind != "web_push":
        if keys is not None:
            raise UnusableKeys("/keys")
        if not address.isascii() or not address.isprintable() or " " in address:
            raise UnusableAddress("/address")
        return
    if not rules.is_push_endpoint(address, push_hosts):
        raise UnknownPushService("/address")
    try:
        subscription_keys(keys or {})
    except ValueError:
        raise UnusableKeys("/keys") from None
