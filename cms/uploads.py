"""An uploaded picture is kept as our own re-encoding: upright, no larger than we show, without place or device."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps
from wagtail.images.forms import BaseImageForm

LONGEST_SIDE = 2560  # twice the widest place we show a picture in


class ImageForm(BaseImageForm):
    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        return reencoded(file) if isinstance(file, UploadedFile) else file


def reencoded(file: UploadedFile) -> UploadedFile:
    """The first frame as JPEG, or as PNG where it can be seen through. Wagtail's field has checked type and size."""
    try:
        file.seek(0)
        with Image.open(file) as opened:
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            clear = picture.has_transparency_data
            picture = picture.convert("RGBA" if clear else "RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(
            _("This picture cannot be read. Save it as JPEG and try again, please.")
        ) from error
    # nothing but the pixels goes on
    picture.info.clear()
    target = io.BytesIO()
    picture.save(target, "PNG") if clear else picture.save(target, "JPEG", quality=88, optimize=True)
    name = f"{Path(file.name or 'picture').stem}.{'png' if clear else 'jpg'}"
    return SimpleUploadedFile(name, target.getvalue(), "image/png" if clear else "image/jpeg")
