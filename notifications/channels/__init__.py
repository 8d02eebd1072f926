"""Ways out of the house. Each takes one message to one address or device and says what became of it.

What leaves passes machines that are not ours: no name, place, photo or kind goes with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, runtime_checkable
from uuid import UUID

from notifications.models import Message
from notifications.templates import Said


@dataclass(frozen=True, slots=True)
class Sent:
    """The next server has taken it over."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now. `after_s`: the other side asks to be left alone for so many seconds.

    `outage`: the service itself does not answer; it is no fault of this message. `throttled`: we send too much.
    """

    reason: str
    after_s: float = 0.0
    code: str = "refused_for_now"
    outage: bool = False
    throttled: bool = False


@dataclass(frozen=True, slots=True)
class Dead:
    """Never: trying again would end the same way. `unregistered`: nothing is reached there any more."""

    reason: str
    code: str = "refused"
    unregistered: bool = False


@dataclass(frozen=True, slots=True)
class Withheld:
    """Not sent, and no fault of the message, its address or a service: such as nothing being set up to send it."""

    code: str = "not_set_up"


Outcome = Sent | Retry | Dead | Withheld

REASONS = {
    "": ("", ""),
    "refused_for_now": ("상대 서버가 나중에 다시 하라고 함", "The other server asked to try later"),
    "refused": ("상대 서버가 거절함", "The other server refused it"),
    "unreachable": ("서버에 연결되지 않음", "The service could not be reached"),
    "unavailable": ("서비스 장애", "The service is out of order"),
    "quota": ("전송 한도 초과", "Over the service's quota"),
    "credentials": ("우리 쪽 인증 정보가 거절됨", "Our credentials were refused"),
    "unregistered": ("더 이상 등록되지 않은 기기", "The device is registered no more"),
    "device_gone": ("그 사이에 기기가 해제되거나 옮겨짐", "The device was removed or moved meanwhile"),
    "not_set_up": ("이 채널이 설정되지 않음", "This channel is not set up"),
    "bad_address": ("쓸 수 없는 주소", "The address cannot be used"),
    "our_mistake": ("채널의 내부 오류", "The channel itself failed"),
    "stale": ("하루가 지나도록 보내지 못함", "Could not be sent for a day"),
    "over": ("유효 기간이 지남", "Its time was over"),
    "budget": ("주간 한도를 다 씀", "The week's budget was used up"),
}
"""Code of why something was not sent → words in Korean and English. None names anybody."""


class Channel(Protocol):
    """What reaches an address."""

    @property
    def name(self) -> str:
        """As in `Address.channel`."""
        ...

    def send(self, message: Message, address: str) -> Outcome:
        """Send once, without retries of its own: the relay owns them. May block for some seconds.

        Called from several threads at once.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One push to one device. `id` is the same whenever it is sent again; the device shows each id once.

    `kind`, `address` and `keys` are the device's; `lasts`: how long it is worth delivering; `exercise`: a drill's.
    """

    id: UUID
    said: Said
    urgent: bool
    lasts: timedelta
    kind: str
    address: str
    keys: Mapping[str, str] | None = None
    count: int = 1
    exercise: bool = False


@runtime_checkable
class PushChannel(Protocol):
    """What reaches a device."""

    @property
    def name(self) -> str:
        """As in `DEVICE_KINDS`."""
        ...

    def push(self, push: Push) -> Outcome:
        """Send once; as `Channel.send`."""
        ...


AnyChannel = Channel | PushChannel


@dataclass(frozen=True, slots=True)
class NoPush:
    """Stands in for a push channel that the installation has not set up, so that what goes there ends with a reason."""

    name: str

    def push(self, _push: Push) -> Outcome:
        """Send nothing."""
        return Withheld()
