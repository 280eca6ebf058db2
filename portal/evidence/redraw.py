"""A screenshot, as it came: checked, and drawn anew by us."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from threading import BoundedSemaphore

from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 5 * 1000 * 1000
MOST_PIXELS = 24 * 1000 * 1000
LONGEST_SIDE = 16383
"""What a side of a WebP picture can have; a taller one, such as of a whole page, is made smaller."""

Image.MAX_IMAGE_PIXELS = None  # Pillow only warns; `redraw` refuses, by MOST_PIXELS, before it decodes
_decoding = BoundedSemaphore(2)


class Fault(StrEnum):
    """Why a picture is refused."""

    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    NOT_A_PICTURE = "not_a_picture"


class Refused(Exception):
    """The file is no picture that we take; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, kw_only=True)
class Screenshot:
    """A picture, re-encoded: WebP bytes, width and height in pixels."""

    content: bytes
    width: int
    height: int


def redraw(data: bytes) -> Screenshot:
    """Return the picture in `data`, upright, as WebP without metadata. Raises `Refused`."""
    if len(data) > MOST_BYTES:
        raise Refused(Fault.TOO_LARGE)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refused(Fault.TOO_MANY_PIXELS)
            with _decoding:
                upright = ImageOps.exif_transpose(image).convert("RGBA" if image.has_transparency_data else "RGB")
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                drawn = io.BytesIO()
                upright.save(drawn, "WEBP", quality=85, method=2)
    except Refused:
        raise
    except Exception as error:  # whatever a broken file makes the decoder raise
        raise Refused(Fault.NOT_A_PICTURE) from error
    return Screenshot(content=drawn.getvalue(), width=upright.width, height=upright.height)
