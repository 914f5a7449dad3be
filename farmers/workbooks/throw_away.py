"""Let go of a workbook: by its officer, when all of it is loaded, or after its days."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from .models import WorkbookUpload

State = WorkbookUpload.State


@transaction.atomic
def throw_away(upload: WorkbookUpload) -> None:
    """The file, the rows and what was mended are gone; of what was loaded in part, that it was stays."""
    now = WorkbookUpload.objects.select_for_update().defer("reading").filter(pk=upload.pk).first()
    if now is None or now.state == State.LOADED:
        return
    if now.state == State.PARTLY:
        close(now)
        return
    _delete_file(now)
    now.delete()


def close(upload: WorkbookUpload) -> None:
    """Keep what became of it, and nothing of what it said of people. Within the caller's transaction."""
    _delete_file(upload)
    upload.mended.all().delete()
    upload.state, upload.file, upload.reading = State.LOADED, "", ""
    upload.save(update_fields=["state", "file", "reading"])


def forget(day: dt.date) -> int:
    """Throw away what waited longer than its days; returns how many."""
    old = list(WorkbookUpload.objects.forgotten_on(day).defer("reading"))
    for upload in old:
        throw_away(upload)
    return len(old)


def _delete_file(upload: WorkbookUpload) -> None:
    """Once it is certain: a load that fails leaves the file where it was."""
    name, storage = upload.file.name, upload.file.storage
    if name:
        transaction.on_commit(lambda: storage.delete(name))
