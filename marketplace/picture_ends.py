"""Where a picture ends in its file, and what lies behind it.

Telephones put things behind a picture: a second one, a second of film, notes of their own. That is left behind without
a word. What could be taken for a page, a program or an archive was put there by somebody: such a file is refused.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile

_MARKUP = re.compile(
    rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|\?php|\?=|%@)", re.IGNORECASE
)
_SIGNS = (
    b"%PDF-",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x7fELF",
    b"#!/",
    b"MZ\x90\0",
    b"\xca\xfe\xba\xbe",
)
# a picture is painted in some ten passes; a thousand of them would keep a machine busy for minutes
_MOST_PASSES = 100


def is_whole(kind: str, content: bytes) -> bool:
    """Whether the picture comes to its end."""
    return _end(kind, content) is not None


def carries_more(kind: str, content: bytes) -> bool:
    """Whether something that is no picture rides along."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        return True
    rest = content[_end(kind, content) or 0 :]
    return bool(_MARKUP.search(rest)) or any(sign in rest for sign in _SIGNS)


def _end(kind: str, content: bytes) -> int | None:
    """The first byte behind the picture; None when it does not end."""
    return {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "HEIF": _heif}[kind](content)


def _jpeg(content: bytes) -> int | None:
    """From marker to marker, and over what is painted between them."""
    place, passes = 2, 0
    while place + 4 <= len(content):
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if marker == 0xFF:  # a byte that fills
            place += 1
            continue
        if marker == 0xD9:
            return place + 2
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:  # these have no length
            place += 2
            continue
        place += 2 + struct.unpack_from(">H", content, place + 2)[0]
        if marker == 0xDA:
            passes += 1
            if passes > _MOST_PASSES:
                return None
            place = _painted(content, place)
    return place + 2 if content[place : place + 2] == b"\xff\xd9" else None


def _painted(content: bytes, place: int) -> int:
    """The next marker behind painted data, in which FF is followed by 00, or by the sign of a restart."""
    while (place := content.find(b"\xff", place)) >= 0 and place + 1 < len(content):
        follower = content[place + 1]
        if follower and follower != 0xFF and not 0xD0 <= follower <= 0xD7:
            return place
        place += 1 if follower == 0xFF else 2
    return len(content)


def _png(content: bytes) -> int | None:
    place = 8
    while place + 12 <= len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        place += 12 + length
        if name == b"IEND":
            return place if place <= len(content) else None
    return None


def _webp(content: bytes) -> int | None:
    end = 8 + int(struct.unpack_from("<I", content, 4)[0])
    return end if end <= len(content) else None


def _heif(content: bytes) -> int | None:
    """From box to box, as long as these are boxes."""
    place, boxes = 0, 0
    while place + 8 <= len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        if length == 1 and place + 16 <= len(content):
            length = struct.unpack_from(">Q", content, place + 8)[0]
        elif length == 0:  # to the end
            length = len(content) - place
        if length < 8 or not name.isalnum():
            break
        if place + length > len(content):
            return None
        place, boxes = place + length, boxes + 1
    return place if boxes else None
