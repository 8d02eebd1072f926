"""A web push's content, readable by its browser alone: aes128gcm (RFC 8188) under a shared secret (RFC 8291)."""

import os
from collections.abc import Mapping

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from notifications.vapid import from_base64url, uncompressed

RECORD = 4096
POINT, SECRET, SALT = 65, 16, 16
"""Bytes of a public key, of a subscription's secret and of a salt."""
LAST_RECORD = b"\x02"


def encrypt(
    content: bytes, keys: Mapping[str, str], *, key: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None
) -> bytes:
    """The body of a push to the subscription with these `keys` (p256dh and auth, base64url).

    `key` and `salt` are drawn anew for each push, unless a test brings them. Raises ValueError for keys that are none.
    """
    point, secret = subscription_keys(keys)
    ours = key or ec.generate_private_key(ec.SECP256R1())
    salt = salt or os.urandom(SALT)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    public = uncompressed(ours.public_key())
    shared = _derive(ours.exchange(ec.ECDH(), theirs), secret, b"WebPush: info\x00" + point + public, 32)
    content_key = _derive(shared, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(shared, salt, b"Content-Encoding: nonce\x00", 12)
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(public)]) + public
    return header + AESGCM(content_key).encrypt(nonce, content + LAST_RECORD, None)


def subscription_keys(keys: Mapping[str, str]) -> tuple[bytes, bytes]:
    """The public point and the secret of a subscription. Raises ValueError for what is none."""
    point, secret = from_base64url(keys.get("p256dh", "")), from_base64url(keys.get("auth", ""))
    if len(point) != POINT or len(secret) != SECRET:
        raise ValueError("p256dh is a point of 65 bytes, auth a secret of 16")
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    return point, secret


def _derive(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)
