"""What editors upload is kept as our own re-encoding, like every picture here."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from wagtail.images.forms import BaseImageForm

from marketplace.pictures import reencoded


class ImageForm(BaseImageForm):
    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        # Wagtail's field has checked type and size
        return reencoded(file) if isinstance(file, UploadedFile) else file
