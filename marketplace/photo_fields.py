"""Form fields for photos that people send: what is wrong with any of them is said at the field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .pictures import ACCEPT, photo


class PhotoField(forms.FileField):
    """One photo as it was sent, a telephone opens its camera for it. Whoever keeps it checks it (`stock.photos.add_photo`)."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.FileInput(attrs={"accept": ACCEPT, "capture": "environment"})
        super().__init__(**{"widget": widget, **kwargs})


class PhotosInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class PhotosField(forms.FileField):
    """A few photos, each as a picture of our own."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        kwargs.setdefault("widget", PhotosInput(attrs={"multiple": True, "accept": ACCEPT}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        sent = [file for file in data or [] if file]
        if len(sent) > self.most:
            raise ValidationError(
                ngettext(
                    "Send %(number)s photo at most, please.",
                    "Send %(number)s photos at most, please.",
                    self.most,
                )
                % {"number": self.most}
            )
        if not sent:
            super().clean(None, initial)
        kept: list[UploadedFile] = []
        errors: list[str] = []
        for file in sent:
            try:
                kept.append(photo(super().clean(file)))
            except ValidationError as wrong:
                errors += [f"{_shortened(file.name)}: {message}" for message in wrong.messages]
        if errors:
            raise ValidationError(errors)
        return kept


def _shortened(name: str | None) -> str:
    """Names of files are as long as somebody likes."""
    said = name or _("photo")
    return said if len(said) <= 40 else f"{said[:24]}…{said[-12:]}"
