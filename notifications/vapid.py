"""The key by which push services know this installation (VAPID, RFC 8292)."""

import base64
import json
import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

LASTS = timedelta(hours=12)  # RFC 8292, 2: at most 24 hours
COORDINATE = 32
"""Bytes of each half of a P-256 signature."""


class KeyUnusable(Exception):
    """The key file cannot be used; the text says why."""


class Vapid:
    """The installation's key."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        """`key` is of the curve P-256."""
        self._key = key

    @property
    def public_key(self) -> str:
        """The public half as browsers take it for `applicationServerKey`: base64url of the uncompressed point."""
        return base64url(uncompressed(self._key.public_key()))

    def authorization(self, audience: str, *, contact: str, now: datetime) -> str:
        """The header for a push service at the origin `audience`; `contact` is a mailto: or https: address of ours."""
        claims = {"aud": audience, "exp": int((now + LASTS).timestamp()), "sub": contact}
        signed = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(claims)}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        signature = base64url(r.to_bytes(COORDINATE, "big") + s.to_bytes(COORDINATE, "big"))
        return f"vapid t={signed}.{signature}, k={self.public_key}"


def make_key(path: Path) -> Vapid:
    """A new key in a file that only this user reads. Raises FileExistsError: browsers know the old one."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    return Vapid(key)


def read_key(path: Path) -> Vapid | None:
    """The key in a file; None when there is no such file: no web push then. Raises KeyUnusable."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise KeyUnusable(f"{path}: {getattr(error, 'strerror', None) or 'no private key in PEM'}") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyUnusable(f"{path}: no key of the curve P-256")
    return Vapid(key)


def uncompressed(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as 65 bytes."""
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def base64url(content: bytes) -> str:
    """Without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def from_base64url(text: str) -> bytes:
    """The other way; padding may be there or not. Raises ValueError."""
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)


def _part(content: dict[str, object]) -> str:
    return base64url(json.dumps(content, separators=(",", ":")).encode())
