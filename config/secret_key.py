"""The installation's one secret, and what is made of it: digests, signatures and sealed text.

It is the setting PATROL_SECRET_KEY, or else `secret.key` in PATROL_VAR, made at first use. Whoever loses it loses every
second factor (their owners enrol again); whoever reads it and the database reads those.
"""

import base64
import functools
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from config.settings import Settings

FILE = "secret.key"


class Unsealable(Exception):
    """Sealed by another key, or damaged."""


class Keyring:
    """One key a purpose, each derived from the secret, so that none says anything about another."""

    def __init__(self, secret: str) -> None:
        """`secret` has at least 32 characters."""
        self._secret = secret.encode()
        self._fernet = Fernet(base64.urlsafe_b64encode(self._of("seal")))

    def digest(self, purpose: str, *parts: str) -> str:
        """What is kept of something short, 64 hex digits: without the secret it cannot be found by trying."""
        return hmac.new(self._of(purpose), "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()

    def seal(self, text: str) -> str:
        """Text that only this secret opens."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """What was sealed. Raises Unsealable."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise Unsealable("sealed by another key: is PATROL_SECRET_KEY, or secret.key, still the same?") from None

    def _of(self, purpose: str) -> bytes:
        return hmac.new(self._secret, purpose.encode(), hashlib.sha256).digest()


def keys_of(settings: Settings) -> Keyring:
    """The installation's keys. Raises OSError when the file can neither be read nor made."""
    return _keyring(settings.secret_key or None, settings.var)


@functools.lru_cache(maxsize=8)
def _keyring(secret: str | None, var: Path) -> Keyring:
    return Keyring(secret or _kept(var / FILE))


def _kept(path: Path) -> str:
    """The secret in the file; made whole under another name first, so that of two that make it at once both get one."""
    with suppress(FileNotFoundError):
        return path.read_text(encoding="ascii").strip()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{FILE}-{os.getpid()}-{secrets.token_hex(8)}")
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(opened, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
