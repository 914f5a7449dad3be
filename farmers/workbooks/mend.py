"""Mend rows of an upload: what is typed is kept apart from the file and read as if it stood there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from marketplace.access.models import User

from .models import MendedRow, WorkbookUpload


class Mend(NamedTuple):
    """New texts by column (empty: the cell is emptied); `left_out` None leaves that as it is."""

    sheet: str
    row: int
    cells: Mapping[str, str]
    left_out: bool | None = None


class ChangedMeanwhile(Exception):
    """Somebody else, or another window, was faster: look at what is there now."""


@transaction.atomic
def mend(upload: WorkbookUpload, by: User, mends: Sequence[Mend], revision: int) -> None:
    """Keep the mends made on `revision` of the upload. Raises ChangedMeanwhile, with nothing kept."""
    # one conditional UPDATE decides between two at the same moment, and holds the row for the rest
    waiting = WorkbookUpload.objects.exclude(state=WorkbookUpload.State.LOADED)
    if not waiting.filter(pk=upload.pk, revision=revision).update(revision=F("revision") + 1):
        raise ChangedMeanwhile
    there = {(row.sheet, row.row): row for row in MendedRow.objects.filter(upload=upload)}
    for one in mends:
        row = there.get((one.sheet, one.row)) or MendedRow(upload=upload, sheet=one.sheet, row=one.row)
        cells = {**json.loads(row.cells or "{}"), **one.cells}
        row.cells = json.dumps(cells, ensure_ascii=False)
        if one.left_out is not None:
            row.left_out = one.left_out
        row.by = by
        row.save()
    upload.revision = revision + 1
