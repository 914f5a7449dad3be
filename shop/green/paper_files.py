"""The file of a certificate: a photo as our own picture, or a PDF as it came, looked at before it is kept."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext as _

from marketplace.pictures import ACCEPT, MAX_BYTES, photo

_HEAD = b"%PDF-"
# what a certificate never has, and what makes a reader's program do things: scripts, programs, files, forms that send
_ACTS = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|OpenAction|SubmitForm|ImportData|RichMedia)\b"
    # names so short stand in every scan by chance: with what has to follow them
    rb"|/AA\s*(?:<<|\d+ \d+ R)|/XFA\s*(?:\[|<<|\d+ \d+ R)"
)


class PaperFileField(forms.FileField):
    """A photo of a certificate or its PDF; what is wrong with it is said at the field."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.FileInput(attrs={"accept": f"{ACCEPT},application/pdf,.pdf"})
        super().__init__(**{"widget": widget, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> File | None:
        sent: UploadedFile | None = super().clean(data, initial)
        if not sent:
            return None
        head = sent.read(len(_HEAD))
        sent.seek(0)
        return a_pdf(sent) if head == _HEAD else photo(sent)


def a_pdf(file: UploadedFile) -> SimpleUploadedFile:
    """A PDF of somebody else's, under a name of ours. Raises ValidationError in words for whoever sent it.

    It is never shown inside our pages: a browser gets it to save, and may run nothing of it here.
    """
    if (file.size or 0) > MAX_BYTES:
        raise ValidationError(_("This PDF is larger than 12 MB. Send a smaller one, please."))
    content = file.read()
    if not (file.name or "").lower().endswith(".pdf"):
        raise ValidationError(_("The name of this file does not fit its content. Save it anew, please."))
    if b"%%EOF" not in content[-2048:]:
        raise ValidationError(_("A part of this PDF is missing. Send it again, please."))
    if _ACTS.search(content):
        raise ValidationError(
            _("There is more in this PDF than pages. Print it to a new PDF, or take a photo, please.")
        )
    return SimpleUploadedFile(f"{secrets.token_hex(8)}.pdf", content, "application/pdf")
