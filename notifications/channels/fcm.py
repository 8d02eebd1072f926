"""Pushes by Firebase Cloud Messaging (HTTP v1). The only file that imports firebase_admin; only a worker loads it.

The SDK's own retries are off: they block for up to half a minute a message, and the relay owns retries anyway.
"""

import functools
import threading
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import firebase_admin
from firebase_admin import credentials, exceptions, messaging
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from requests.adapters import HTTPAdapter

from config.clock import Clock
from notifications.channels import Dead, Outcome, Push, Retry, Sent
from notifications.pace import PACES
from notifications.retrying import retry_after_s

TIMEOUT_S = 10.0
QUOTA_WAIT_S = 60.0
"""What FCM asks for when it answers 429 without saying how long."""

_names = count(1)


class CredentialsError(Exception):
    """The credentials file cannot be used; the text says why."""


class Fcm:
    """The FCM channel."""

    name: ClassVar[str] = "fcm"

    def __init__(self, credential: Any, *, clock: Clock, url: str | None = None) -> None:
        """`credential`: of firebase_admin.credentials or google.auth; `url`: another server that speaks FCM v1."""
        given: dict[str, Any] = {"httpTimeout": TIMEOUT_S}
        if url is not None:
            given["projectId"] = "sample"
        self._app = firebase_admin.initialize_app(credential, given, name=f"patrol {next(_names)}")
        self._clock = clock
        self._refreshing = threading.Lock()
        service = messaging._get_messaging_service(self._app)  # noqa: SLF001 - the SDK has no other way to its session
        connections = PACES[self.name].at_once
        session = service._client.session  # noqa: SLF001 - as above
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=connections, max_retries=0)
        for prefix in ("https://fcm.googleapis.com", "https://", "http://"):
            session.mount(prefix, adapter)
        if url is not None:
            service._fcm_url = f"{url}/v1/projects/sample/messages:send"  # noqa: SLF001 - as above
        _read_environment(session, service._fcm_url)  # noqa: SLF001 - as above
        self._token = service._credential  # noqa: SLF001 - as above

    def push(self, push: Push) -> Outcome:
        """Hand one push to FCM."""
        try:
            self._sign_in()
            messaging.send(_message(push, self._clock()), app=self._app)
        except GoogleAuthError as error:  # no FirebaseError: the token could not be had
            return Retry(_said(error), code="unavailable", outage=True)
        except exceptions.FirebaseError as error:
            return self._outcome(error)
        except UnicodeDecodeError as error:  # an error page of somebody in between, in some other encoding
            return Retry(_said(error), code="unavailable", outage=True)
        except ValueError as error:  # the SDK itself refuses the address
            return Dead(_said(error), code="bad_address")
        return Sent()

    def _sign_in(self) -> None:
        """A token that holds, fetched by one thread for all: else each of them would ask for one every hour."""
        with self._refreshing:
            if not self._token.valid:
                self._token.refresh(functools.partial(Request(), timeout=TIMEOUT_S))

    def _outcome(self, error: exceptions.FirebaseError) -> Outcome:
        said = _said(error)
        match error:
            case messaging.UnregisteredError():
                return Dead(said, code="unregistered", unregistered=True)
            case messaging.SenderIdMismatchError():
                return Dead(said, code="refused")
            case messaging.QuotaExceededError() | exceptions.ResourceExhaustedError():
                wait = self._retry_after_s(error) or QUOTA_WAIT_S
                return Retry(said, after_s=wait, code="quota", throttled=True)
            case (
                exceptions.UnauthenticatedError() | exceptions.PermissionDeniedError() | messaging.ThirdPartyAuthError()
            ):
                return Dead(said, code="credentials")
            case exceptions.InvalidArgumentError() | exceptions.NotFoundError() | exceptions.FailedPreconditionError():
                return Dead(said, code="refused")
        # 500, 503, a 502 in HTML, a connection that was dropped or timed out
        code = "unreachable" if error.http_response is None else "unavailable"
        return Retry(said, after_s=self._retry_after_s(error), code=code, outage=True)

    def _retry_after_s(self, error: exceptions.FirebaseError) -> float:
        answer = error.http_response
        return retry_after_s(answer.headers, now=self._clock()) if answer is not None else 0.0


def fcm_channel(path: Path, *, clock: Clock) -> Fcm:
    """The channel of the service account in a file. Raises CredentialsError."""
    try:
        return Fcm(credentials.Certificate(str(path)), clock=clock)
    except (OSError, ValueError) as error:
        raise CredentialsError(f"{path}: {error}") from None


def _read_environment(session: Any, url: str) -> None:
    """Take the environment's proxy and authorities from now on: read for each message, they cost a third of it.

    A .netrc is not looked for any more: what it says would go in place of the token.
    """
    found = session.merge_environment_settings(url, {}, None, None, None)
    session.proxies, session.verify, session.trust_env = dict(found["proxies"]), found["verify"], False


def _message(push: Push, now: datetime) -> Any:
    """Text that says nothing of the message, and its id: whoever shows it replaces the one with the same id."""
    name = str(push.id)
    expires = str(int((now + push.lasts).timestamp()))
    message = messaging.Message(
        notification=messaging.Notification(**push.said),
        data={"id": name, "count": str(push.count), "urgent": str(int(push.urgent))}
        | ({"exercise": "1"} if push.exercise else {}),
        android=messaging.AndroidConfig(
            priority="high" if push.urgent else "normal",
            ttl=push.lasts,
            notification=messaging.AndroidNotification(tag=name),
        ),
        apns=messaging.APNSConfig(
            headers={
                "apns-priority": "10" if push.urgent else "5",
                "apns-expiration": expires,
                "apns-collapse-id": name,
            }
        ),
    )
    # Set, not given: the SDK warns of tokens at each message, and phones still have them.
    setattr(message, "fid" if push.kind == "fcm_fid" else "token", push.address)
    return message


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
