"""A photo is made anew from what a phone sent, so that nothing of its file is kept: no place, no time, no maker."""

import io
import threading
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

from patrol.errors import Invalid

LARGEST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE, THUMBNAIL_SIDE = 1600, 320
"""Pixels: enough to read a number plate, and to know a picture again in a list."""
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "AVIF": "image/avif"}
"""What is read, and the media type that says so."""

_DECODING = threading.BoundedSemaphore(2)
"""A photo of MOST_PIXELS takes 200 MB while it is decoded; more than two at once wait."""


class PhotoTooLarge(Invalid):
    """More bytes or pixels than a photo may have. Facts: `most_mb`, `most_mp`."""

    words = {
        "ko": "사진이 너무 큽니다. {most_mb} MB, {most_mp}백만 화소까지 보낼 수 있습니다.",
        "en": "The photo is too large: at most {most_mb} MB and {most_mp} million pixels.",
    }

    def __init__(self) -> None:
        """Names the limits."""
        super().__init__("/photo", most_mb=LARGEST_BYTES // 1024**2, most_mp=MOST_PIXELS // 1_000_000)


class NoPhoto(Invalid):
    """The content is no image that can be read, or breaks off. Facts: `known`."""

    words = {
        "ko": "읽을 수 있는 사진이 아니거나 끊긴 파일입니다. 가능한 형식: {known}",
        "en": "This is no image that can be read, or breaks off; readable are: {known}.",
    }

    def __init__(self) -> None:
        """Names the formats."""
        super().__init__("/photo", known=", ".join(FORMATS))


class OtherType(Invalid):
    """The content is an image of another type than its header says. Facts: `said`, `found`."""

    words = {
        "ko": "형식이 다릅니다: {said}(이)라고 했지만 {found}입니다.",
        "en": "The type is another: sent as {said}, it is {found}.",
    }


@dataclass(frozen=True, slots=True)
class Prepared:
    """JPEGs of a photo and of its thumbnail; `width` and `height` are the photo's."""

    content: bytes
    thumbnail: bytes
    width: int
    height: int


def prepare(raw: bytes, *, said: str | None) -> Prepared:
    """The photo made anew, upright, at most LONGEST_SIDE wide and high. `said`: the type that its header states.

    Sizes are looked at before anything is decoded. Raises PhotoTooLarge, NoPhoto, OtherType.
    """
    if len(raw) > LARGEST_BYTES:
        raise PhotoTooLarge
    try:
        with _DECODING, _opened(raw) as image:
            _check(image, said)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            photo = _plain(image, LONGEST_SIDE)
    except (OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError):  # what Pillow says of broken files
        raise NoPhoto from None
    return Prepared(_jpeg(photo), _jpeg(_plain(photo.copy(), THUMBNAIL_SIDE)), photo.width, photo.height)


def _opened(raw: bytes) -> Image.Image:
    """The file's head is read, no pixel yet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # MOST_PIXELS is stricter
        try:
            return Image.open(io.BytesIO(raw), formats=list(FORMATS))
        except Image.DecompressionBombError:
            raise PhotoTooLarge from None


def _check(image: Image.Image, said: str | None) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise PhotoTooLarge
    found = FORMATS[image.format or ""]
    if said is not None and said != found:
        raise OtherType("/headers/Content-Type", said=said, found=found)


def _plain(image: Image.Image, side: int) -> Image.Image:
    """Upright pixels on white and nothing else: a new image carries none of what the file said beside them."""
    image.thumbnail((side, side)) if image.mode in ("RGB", "L") else image.load()
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((side, side))
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright.getchannel("A"))
    return plain


def _jpeg(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=82, optimize=True, progressive=True)
    return written.getvalue()
