"""Real mail servers on 127.0.0.1 that answer as a test wants."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "patrol", "p@ss word"


class Mailbox:
    """Takes mail in, or answers `mail`, `rcpt` or `data` with another status line. aiosmtpd calls its methods."""

    def __init__(self, *, rcpt: str = "250 OK", data: str = "250 OK", mail: str = "250 OK") -> None:
        self.rcpt, self.data, self.mail = rcpt, data, mail
        self.received: list[Envelope] = []
        self.signed_in: list[bool] = []

    async def handle_MAIL(self, _server, _session, envelope: Envelope, address: str, _options) -> str:  # noqa: N802 - aiosmtpd's name
        if self.mail.startswith("2"):
            envelope.mail_from = address
        return self.mail

    async def handle_RCPT(self, _server, _session, envelope: Envelope, address: str, _options) -> str:  # noqa: N802 - as above
        if self.rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _server, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if self.data.startswith("2"):
            self.received.append(envelope)
            self.signed_in.append(bool(session.authenticated))
        return self.data


@contextmanager
def mail_server(mailbox: Mailbox, *, certificate: Path | None = None) -> Iterator[int]:
    """A server with STARTTLS and sign-in where a certificate is given; yields its port."""
    options = {}
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        options = {"tls_context": context, "authenticator": _authenticate}
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def hangs_up(*, after: tuple[bytes, ...]) -> Iterator[int]:
    """A server that says each line of `after`, waits for the answer to it, and then drops the connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                for line in after:
                    connection.sendall(line)
                    connection.recv(4096)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def make_certificate(folder: Path) -> Path:
    """A certificate for `localhost` with its key, in one file that clients may trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


def _authenticate(server, session, envelope, mechanism: str, sent: LoginPassword) -> AuthResult:
    known = (sent.login, sent.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)  # not handled: aiosmtpd says the 535
