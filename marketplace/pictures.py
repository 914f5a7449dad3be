"""A picture that somebody sends is kept as our own re-encoding: upright, no larger than we show, without place or device.

What it is, is told by its content. Nothing of the file itself goes on but its pixels.
"""

from __future__ import annotations

import io
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

register_heif_opener()

MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 50_000_000
LONGEST_SIDE = 2560  # twice the widest place we show a picture in
# what telephones and cameras write, as Pillow calls it, with the endings of its files
PHOTOS: dict[str, frozenset[str]] = {
    "JPEG": frozenset({".jpg", ".jpeg"}),
    "PNG": frozenset({".png"}),
    "WEBP": frozenset({".webp"}),
    "HEIF": frozenset({".heic", ".heif"}),
}
ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif"


def photo(file: UploadedFile) -> UploadedFile:
    """A photograph from anybody, as a JPEG of ours. Raises ValidationError in words for whoever sent it."""
    if (file.size or 0) > MAX_BYTES:
        raise ValidationError(_("This picture is larger than 12 MB. Send a smaller one, please."))
    _check(file)
    return reencoded(file, formats=tuple(PHOTOS), see_through=False)


def _check(file: UploadedFile) -> None:
    """Its kind, its name's ending and its size, from the head of the file: before a single pixel is unpacked."""
    try:
        file.seek(0)
        with Image.open(file, formats=tuple(PHOTOS)) as opened:
            kind, (width, height) = str(opened.format), opened.size
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except Exception as error:  # whatever a decoder makes of a hostile file
        raise ValidationError(_("This is no JPEG, PNG, WebP or HEIC picture.")) from error
    if Path(file.name or "").suffix.lower() not in PHOTOS[kind]:
        raise ValidationError(
            _("The name of this file does not fit its content. Save the picture anew, please.")
        )
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> ValidationError:
    return ValidationError(_("This picture has more than 50 million pixels. Send a smaller one, please."))


def reencoded(
    file: UploadedFile, *, formats: tuple[str, ...] | None = None, see_through: bool = True
) -> UploadedFile:
    """The first frame as JPEG, or as PNG where it can be seen through and may be. Type and size are checked before."""
    try:
        file.seek(0)
        with Image.open(file, formats=formats) as opened:
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is unpacked small
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            clear = picture.has_transparency_data
            picture = picture.convert("RGBA" if clear else "RGB")
    except Exception as error:  # a decoder may raise anything over a broken or hostile file
        raise ValidationError(
            _("This picture cannot be read. Save it as JPEG and try again, please.")
        ) from error
    if clear and not see_through:
        sheet = Image.new("RGBA", picture.size, "white")
        picture, clear = Image.alpha_composite(sheet, picture).convert("RGB"), False
    # nothing but the pixels goes on
    picture.info.clear()
    target = io.BytesIO()
    picture.save(target, "PNG") if clear else picture.save(target, "JPEG", quality=88, optimize=True)
    name = f"{Path(file.name or 'picture').stem}.{'png' if clear else 'jpg'}"
    return SimpleUploadedFile(name, target.getvalue(), "image/png" if clear else "image/jpeg")
