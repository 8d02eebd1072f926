"""How large a packed upload is, found without keeping what comes out."""

import bz2
import gzip
import io
import zlib
from typing import BinaryIO, cast

PIECE = 1 << 20


def unpacks_beyond(content: bytes, most: int) -> bool:
    """Whether gzip or bzip2 unpack to more than `most` bytes; False for what is neither, or damaged before that."""
    packed = _opened(content)
    if packed is None:
        return False
    left = most
    try:
        while left >= 0 and (piece := packed.read(PIECE)):
            left -= len(piece)
    except (OSError, EOFError, zlib.error):
        return False  # whoever reads it says what is wrong with it
    return left < 0


def _opened(content: bytes) -> BinaryIO | None:
    if content.startswith(b"\x1f\x8b"):
        return cast("BinaryIO", gzip.GzipFile(fileobj=io.BytesIO(content)))
    return cast("BinaryIO", bz2.BZ2File(io.BytesIO(content))) if content.startswith(b"BZh") else None
