"""Files that somebody sends for photos and that are none, or more than one: all are to be refused in words."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image

from marketplace.pictures import MAX_BYTES

from .pictures import a_photo, in_bytes

SCRIPT = b"<script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_png(width: int, height: int, rows: bytes = b"\0" * 1000) -> bytes:
    """A PNG that says how large it is, whatever is in it."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def an_archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("evil.html", SCRIPT)
    return target.getvalue()


def jpeg(size: tuple[int, int] = (400, 300)) -> bytes:
    return in_bytes(a_photo(size))


def animated_bomb() -> bytes:
    """A WebP of many pixels and a few frames: little to send, much to unpack."""
    frames = [Image.new("RGB", (8_000, 7_000), color) for color in ("red", "blue")]
    return in_bytes(frames[0], "WEBP", save_all=True, append_images=frames[1:], quality=1, method=0)


def painted_forever() -> bytes:
    """A JPEG that is painted in two hundred passes."""
    content = in_bytes(a_photo((64, 48)), progressive=True)
    start = content.rindex(b"\xff\xda")
    return content[:start] + content[start:-2] * 200 + b"\xff\xd9"


def wide_heic() -> bytes:
    content = bytearray(in_bytes(a_photo((64, 64)), "HEIF"))
    place = content.index(b"ispe") + 8
    content[place : place + 8] = struct.pack(">II", 60_000, 40_000)
    return bytes(content)


# what each is, with the name it comes under
HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a bomb": ("a.png", lambda: a_png(10_000, 6_000)),
    "a greater bomb": ("a.png", lambda: a_png(60_000, 60_000)),
    "a bomb in WebP": ("a.webp", animated_bomb),
    "a HEIC larger than it is": ("a.heic", wide_heic),
    "a JPEG that is painted without end": ("a.jpg", painted_forever),
    "a PNG of no size": ("a.png", lambda: a_png(0, 0)),
    "a PNG with a note that unpacks to 100 MB": (
        "a.png",
        lambda: (
            a_png(4, 4)[:33]
            + chunk(b"zTXt", b"x\0\0" + zlib.compress(b"\0" * 100_000_000))
            + a_png(4, 4, b"\0" * 52)[33:]
        ),
    ),
    "a JPEG that is an archive": ("a.jpg", lambda: jpeg() + an_archive()),
    "a PNG with a script behind it": ("a.png", lambda: in_bytes(a_photo(), "PNG") + SCRIPT),
    "a WebP with a page behind it": (
        "a.webp",
        lambda: in_bytes(a_photo(), "WEBP") + b"<!DOCTYPE html>" + SCRIPT,
    ),
    "a HEIC that is an archive": ("a.heic", lambda: in_bytes(a_photo(), "HEIF") + an_archive()),
    "a JPEG with a program behind it": ("a.jpg", lambda: jpeg() + b"\x7fELF" + b"\0" * 60),
    "a JPEG with PHP behind it": ("a.jpg", lambda: jpeg() + b"<?php system($_GET['c']); ?>"),
    "a GIF that is a page": ("a.gif", lambda: in_bytes(a_photo(), "GIF") + SCRIPT),
    "a GIF called JPEG": ("a.jpg", lambda: in_bytes(a_photo(), "GIF")),
    "a TIFF called JPEG": ("a.jpg", lambda: in_bytes(a_photo(), "TIFF")),
    "a BMP": ("a.bmp", lambda: in_bytes(a_photo(), "BMP")),
    "an SVG with a script": ("a.svg", lambda: SVG),
    "an SVG called PNG": ("a.png", lambda: SVG),
    "a page called JPEG": ("a.jpg", lambda: b"<html>" + SCRIPT),
    "a PDF that is a picture further on": ("a.jpg", lambda: b"%PDF-1.7\n" + jpeg()),
    "a JPEG called a program": ("a.jpg.php", jpeg),
    "a JPEG called PNG": ("a.png", jpeg),
    "a file without an ending": ("photo", jpeg),
    "a cut JPEG": ("a.jpg", lambda: jpeg()[: len(jpeg()) // 2]),
    "a JPEG without its last bytes": ("a.jpg", lambda: jpeg()[:-2]),
    "a cut PNG": ("a.png", lambda: in_bytes(a_photo(), "PNG")[:-40]),
    "a cut WebP": ("a.webp", lambda: in_bytes(a_photo(), "WEBP")[:-100]),
    "a cut HEIC": ("a.heic", lambda: in_bytes(a_photo(), "HEIF")[:-100]),
    "a head alone": ("a.jpg", lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF"),
    "noise behind a JPEG's head": ("a.jpg", lambda: jpeg()[:300] + bytes(range(256)) * 40),
    "nothing": ("a.jpg", lambda: b""),
    "more than 12 MB": ("a.jpg", lambda: jpeg() + b"\0" * MAX_BYTES),
}
