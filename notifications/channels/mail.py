"""E-mail by SMTP (RFC 5321), one connection a message."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from config.settings import THIS_MACHINE
from notifications.channels import Dead, Outcome, Retry, Sent
from notifications.direct import Opener, nothing
from notifications.models import Message
from notifications.templates import EXERCISE_TEXT, MAIL_EXERCISE, MAIL_TEXT, MAIL_TITLE, MAIL_URGENT

TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The e-mail channel. `secure`: TLS from the first byte; else STARTTLS, or no mail leaves this machine."""

    name: ClassVar[str] = "email"
    host: str
    port: int
    secure: bool
    user: str
    password: str
    sender: str
    public_url: str
    tls: ssl.SSLContext
    opens: Opener = nothing
    timeout_s: float = TIMEOUT_S

    def send(self, message: Message, address: str) -> Outcome:
        """Hand one mail to the mail server: neutral, unless the message itself is meant to go out."""
        try:
            mail = self._mail(message, address)
        except ValueError as error:
            return Dead(f"unusable address: {error}", code="bad_address")
        try:
            with self._server() as server:
                server.send_message(mail, from_addr=self.sender, to_addrs=[address])
        except smtplib.SMTPRecipientsRefused as refused:
            return _refused(*refused.recipients[address])
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused) as error:
            # The settings are wrong, not the recipient: the mail is still good once they are mended.
            return Retry(_said(error.smtp_code, error.smtp_error), code="credentials")
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            return Retry(f"{type(error).__name__}: {error}", code="unreachable", outage=True)
        return Sent()

    def _mail(self, message: Message, address: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self.sender
        mail["To"] = address
        direct = self.opens(message)
        mail["Subject"] = direct["title"] if direct else _title(message)
        mail["Date"] = message.created_at
        # The same at every retry, so that a mail sent twice is one mail to whoever sorts by it.
        mail["Message-ID"] = f"<{message.id}@{self.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        # whoever opens a neutral one goes on to their own page
        neutral = MAIL_TEXT.format(link=f"{self.public_url}/start")
        mail.set_content(direct["body"] + "\n" if direct else (EXERCISE_TEXT if message.exercise else "") + neutral)
        return mail

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        """A connection, signed in. A password goes over TLS or not at all, and so does whatever leaves this machine."""
        server: smtplib.SMTP
        if self.secure:
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_s, context=self.tls)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout_s)
        try:
            server.ehlo_or_helo_if_needed()
            if not self.secure and server.has_extn("starttls"):
                server.starttls(context=self.tls)
                server.ehlo()
            elif not self.secure and (self.user or self.host not in THIS_MACHINE):
                raise smtplib.SMTPException("the mail server offers no TLS, and nothing is sent without")
            if self.user:
                server.login(self.user, self.password)
            yield server
            with suppress(smtplib.SMTPException, OSError):  # what was taken over is taken over, bye or no bye
                server.quit()
        finally:
            server.close()


def mail_channel(smtp_url: str, *, public_url: str, tls: ssl.SSLContext, opens: Opener = nothing) -> Mail:
    """The channel that the setting `smtp_url` describes. Raises ValueError for a port that is none."""
    parts = urlsplit(smtp_url)
    secure = parts.scheme == "smtps"
    named = parseaddr(parse_qs(parts.query).get("from", [""])[0])[1]
    return Mail(
        host=parts.hostname or "localhost",
        port=parts.port or (465 if secure else 25),
        secure=secure,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=named or f"patrol@{urlsplit(public_url).hostname}",
        public_url=public_url,
        tls=tls,
        opens=opens,
    )


def _title(message: Message) -> str:
    return MAIL_EXERCISE if message.exercise else MAIL_URGENT if message.urgent else MAIL_TITLE


def _refused(code: int, text: bytes | str) -> Outcome:
    """4xx may go well later, 5xx never will (RFC 5321, 4.2.1)."""
    said = _said(code, text)
    return Dead(said) if 500 <= code <= 599 else Retry(said)


def _said(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
