"""Take in a workbook: looked at with distrust, kept encrypted, and once however often it is sent."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from farmers.stock.workbook.parts import MAX_FILE_BYTES, WorkbookError
from farmers.stock.workbook.read import reading
from marketplace.access.models import User
from marketplace.personal import decrypt, digest, encrypt

from .models import WorkbookUpload

MOST_WAITING = 20
_LONGEST_NAME = 120
State = WorkbookUpload.State


def look_at(file: IO[bytes], size: int) -> None:
    """Raises WorkbookError, in words for a person, for whatever is no workbook with a table of produce."""
    if size > MAX_FILE_BYTES:
        raise WorkbookError(_("The file is larger than 20 MB. Split it and load the parts one by one."))
    file.seek(0)
    try:
        names = [name.lower() for name in zipfile.ZipFile(file).namelist()]
    except Exception:  # the reader below says what is wrong with it
        names = []
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in name for name in names):
        raise WorkbookError(_("The workbook holds macros. Save it as .xlsx without them and try again."))
    # the tables are found before the first step
    next(reading(file))


def receive(by: User, file: UploadedFile) -> WorkbookUpload:
    """The upload of this workbook, or the one that waits already. Raises WorkbookError, with nothing kept."""
    look_at(file, file.size or 0)
    file.seek(0)
    data = base64.b64encode(file.read()).decode()
    fingerprint = digest(data)
    waiting = WorkbookUpload.objects.filter(by=by).exclude(state=State.LOADED)
    if there := waiting.filter(fingerprint=fingerprint).first():
        return there
    if waiting.count() >= MOST_WAITING:
        raise WorkbookError(
            _("%d workbooks wait to be loaded. Load one or throw one away first.") % MOST_WAITING
        )
    name = "".join(char for char in file.name or "" if char.isprintable())[-_LONGEST_NAME:]
    upload = WorkbookUpload(by=by, name=name or "workbook.xlsx", fingerprint=fingerprint)
    upload.file.save(upload.uuid.hex, ContentFile(encrypt(data).encode()), save=False)
    try:
        with transaction.atomic():
            upload.save()
    except BaseException as error:
        upload.file.storage.delete(upload.file.name or "")
        if isinstance(error, IntegrityError) and (there := waiting.filter(fingerprint=fingerprint).first()):
            return there
        raise
    return upload


def opened(upload: WorkbookUpload) -> IO[bytes]:
    """The workbook as it came. Raises WorkbookError when it is no longer here."""
    try:
        with upload.file.open() as file:
            return io.BytesIO(base64.b64decode(decrypt(file.read().decode())))
    except (OSError, ValueError) as error:
        raise WorkbookError(_("The file is no longer here. Send it anew.")) from error
