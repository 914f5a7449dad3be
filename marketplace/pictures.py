"""A picture that somebody sends is kept as our own re-encoding: upright, no larger than we show, without place or device.

What it is, is told by its content. Nothing of the file itself goes on but its pixels, in the colours of sRGB, under a
name of our own.
"""

from __future__ import annotations

import io
import secrets
from pathlib import Path
from threading import BoundedSemaphore

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageCms, ImageOps
from pillow_heif import register_heif_opener

from .picture_ends import carries_more, is_whole

register_heif_opener()

MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 50_000_000
LONGEST_SIDE = 2560  # twice the widest place we show a picture in
SMALL = (720, 540)  # a card is at most 360 px wide, on a screen of two dots a pixel
# what telephones and cameras write, as Pillow calls it, with the endings of its files
PHOTOS: dict[str, frozenset[str]] = {
    "JPEG": frozenset({".jpg", ".jpeg", ".jpe", ".jfif"}),
    "PNG": frozenset({".png"}),
    "WEBP": frozenset({".webp"}),
    "HEIF": frozenset({".heic", ".heif", ".hif"}),
}
# a telephone's JPEG with a second picture behind it (depth, brightness)
_ALSO_CALLED = {"MPO": "JPEG"}
ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif"

# a picture of 50 million pixels takes some 200 MB while it is unpacked: one at a time in each process
_unpacking = BoundedSemaphore(1)
_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_LARGEST_PROFILE = 4 * 1024 * 1024


class OurPicture(SimpleUploadedFile):
    """A picture of our own making: it need not be looked at again."""


def photo(file: UploadedFile) -> OurPicture:
    """A photograph from anybody, as a JPEG of ours. Raises ValidationError in words for whoever sent it."""
    if isinstance(file, OurPicture):
        return file
    if (file.size or 0) > MAX_BYTES:
        raise ValidationError(_("This picture is larger than 12 MB. Send a smaller one, please."))
    _check(file)
    return reencoded(file, formats=tuple(PHOTOS), see_through=False)


def small(picture: UploadedFile) -> OurPicture:
    """The middle of a picture of ours, as large as a card shows it."""
    picture.seek(0)
    with Image.open(picture, formats=("JPEG", "PNG")) as opened:
        # cut a little, never drawn larger than it was taken
        shrink = min(1.0, opened.width / SMALL[0], opened.height / SMALL[1])
        size = (max(1, round(SMALL[0] * shrink)), max(1, round(SMALL[1] * shrink)))
        cut = ImageOps.fit(opened.convert("RGB"), size, Image.Resampling.LANCZOS)
    return _as_file(cut, "JPEG", quality=78, optimize=True, progressive=True)


def _check(file: UploadedFile) -> None:
    """Its kind, its name's ending, its size and its end: before a single pixel is unpacked."""
    try:
        file.seek(0)
        with Image.open(file, formats=tuple(PHOTOS)) as opened:
            kind, (width, height) = str(opened.format), opened.size
        kind = _ALSO_CALLED.get(kind, kind)
        endings = PHOTOS[kind]
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except Exception as error:  # whatever a decoder makes of a hostile file
        raise ValidationError(_("This is no JPEG, PNG, WebP or HEIC picture.")) from error
    if Path(file.name or "").suffix.lower() not in endings:
        raise ValidationError(
            _("The name of this file does not fit its content. Save the picture anew, please.")
        )
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()
    file.seek(0)
    content = file.read()
    if not is_whole(kind, content):
        raise ValidationError(_("A part of this picture is missing. Send it again, please."))
    if carries_more(kind, content):
        raise ValidationError(
            _("There is more in this file than a picture. Take or save the picture anew, please.")
        )


def _too_many_pixels() -> ValidationError:
    return ValidationError(_("This picture has more than 50 million pixels. Send a smaller one, please."))


def reencoded(
    file: UploadedFile, *, formats: tuple[str, ...] | None = None, see_through: bool = True
) -> OurPicture:
    """The first frame as JPEG, or as PNG where it can be seen through and may be. Type and size are checked before."""
    try:
        file.seek(0)
        content = file.read()
        with _unpacking, Image.open(io.BytesIO(content), formats=formats) as opened:
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is unpacked small
            way_up = _way_up(opened, content)
            picture, clear = _in_our_colours(opened)
            if way_up in _TURNED:
                picture = picture.transpose(_TURNED[way_up])
    except Exception as error:  # a decoder may raise anything over a broken or hostile file
        raise ValidationError(
            _("This picture cannot be read. Save it as JPEG and try again, please.")
        ) from error
    if clear and not see_through:
        sheet = Image.new("RGBA", picture.size, "white")
        picture, clear = Image.alpha_composite(sheet, picture).convert("RGB"), False
    return _as_file(picture, "PNG") if clear else _as_file(picture, "JPEG", quality=85, optimize=True)


def _way_up(opened: Image.Image, content: bytes) -> int:
    """How the telephone was held, as EXIF counts it.

    A HEIC file turns its picture itself, and then what EXIF says is done already; where it does not, EXIF is asked.
    """
    told = opened.getexif().get(ExifTags.Base.Orientation)
    if opened.format == "HEIF":
        turned = b"irot" in content or b"imir" in content
        told = None if turned else opened.info.get("original_orientation")
    return told if isinstance(told, int) else 1


def _in_our_colours(opened: Image.Image) -> tuple[Image.Image, bool]:
    """No larger than we show, in sRGB; and whether it can be seen through."""
    if opened.mode.startswith("I"):  # 16 bits of grey, which would else be cut off rather than scaled
        grey = opened.convert("I").point(lambda value: value * (1 / 256) + 0)
        picture: Image.Image = grey.convert("L")
        picture.info = dict(opened.info)
    else:
        picture = opened
    clear = picture.has_transparency_data
    if picture.mode in ("1", "P", "PA", "LA", "La", "RGBa"):
        picture = picture.convert("RGBA" if clear else "RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    kind = "RGBA" if clear else "RGB"
    profile = opened.info.get("icc_profile")
    return (_from_profile(picture, profile, kind) if profile else None) or picture.convert(kind), clear


def _from_profile(picture: Image.Image, profile: bytes, kind: str) -> Image.Image | None:
    """Its colours as they were meant; None when the profile is of no use, and they are taken as they are."""
    if len(profile) > _LARGEST_PROFILE:
        return None
    try:
        meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if picture.mode == "L" and meant.profile.xcolor_space.strip() != "GRAY":
            picture = picture.convert("RGB")
        return ImageCms.profileToProfile(picture, meant, _SRGB, outputMode=kind)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _as_file(picture: Image.Image, kind: str, **how: object) -> OurPicture:
    """Nothing but the pixels goes on, under a name that tells nothing."""
    picture.info.clear()
    target = io.BytesIO()
    picture.save(target, kind, exif=b"", icc_profile=None, **how)
    ending = "png" if kind == "PNG" else "jpg"
    return OurPicture(f"{secrets.token_hex(8)}.{ending}", target.getvalue(), f"image/{kind.lower()}")
