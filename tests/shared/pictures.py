"""Photographs for tests, made here: a field of colours with one marked corner, as a telephone would save it."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

WAYS_UP = range(1, 9)
# what undoes the turn that EXIF asks for
_HELD = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def a_photo(size: tuple[int, int] = (400, 300)) -> Image.Image:
    """Brighter to the right and downwards, with a red corner at the upper left."""
    across = Image.linear_gradient("L").rotate(90).resize(size)
    down = Image.linear_gradient("L").resize(size)
    picture = Image.merge("RGB", (Image.new("L", size, 40), down, across))
    picture.paste((255, 0, 0), (0, 0, size[0] // 5, size[1] // 5))
    return picture


def held(picture: Image.Image, way_up: int) -> Image.Image:
    """As the sensor saw it, when the telephone was held so."""
    return picture.transpose(_HELD[way_up]) if way_up in _HELD else picture


def telling(way_up: int = 1) -> Image.Exif:
    """What a telephone writes beside a picture: how it was held, what it is, and where it was."""
    exif = Image.Exif()
    exif[0x0112] = way_up
    exif[0x010F], exif[0x0110] = "Telephone", "Model X1"
    exif[0x8825] = {1: "N", 2: (38.0, 30.0, 12.0), 3: "E", 4: (114.0, 59.0, 1.0)}
    return exif


def in_bytes(picture: Image.Image, kind: str = "JPEG", **how: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **how)
    return target.getvalue()
