"""Pure decisions about how people are reached."""

from collections.abc import Collection
from urllib.parse import urlsplit

MOST_DEVICES = 20
"""Devices in use that a person may have: each is a push a message."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def is_push_endpoint(address: str, hosts: Collection[str]) -> bool:
    """Whether a browser's push address is of one of `hosts` (`*.` before a name: all below it), over TLS.

    This server sends there what a stranger wrote down: any other host could be one of our own. A host of this machine,
    if it is named, needs no TLS.
    """
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    named = any(host == known or (known.startswith("*.") and host.endswith(known[1:])) for known in hosts)
    local = host in LOOPBACK
    plain = parts.username is None and parts.password is None and not parts.fragment
    return named and plain and (local or (parts.scheme == "https" and port in (None, 443)))
