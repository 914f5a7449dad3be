"""Read an upload with what was mended in it, step by step, and keep what became of each row."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

from django.utils.translation import get_language

from farmers.stock.workbook.mended import Mended
from farmers.stock.workbook.read import Progress, reading
from farmers.stock.workbook.report import Report
from marketplace.access.models import User

from .fates import told
from .models import MendedRow, WorkbookUpload
from .posts import fence_of
from .receive import opened

# an upload of so many rows is read while its officer waits, in about a second; of more, with a sign of how far it is
AT_ONCE = 4_000


def is_read(upload: WorkbookUpload) -> bool:
    """Whether what is kept is of the present revision, and in the reader's language."""
    return upload.read_revision == upload.revision and upload.read_language == (get_language() or "")


def facts_of(upload: WorkbookUpload) -> dict[str, Any]:
    """What `told` said at the last reading."""
    facts: dict[str, Any] = json.loads(upload.reading)
    return facts


def mended_in(upload: WorkbookUpload) -> Mended:
    cells: dict[tuple[str, int, int], str] = {}
    left_out = set()
    for row in MendedRow.objects.filter(upload=upload):
        for column, text in json.loads(row.cells or "{}").items():
            cells[row.sheet, row.row, int(column)] = text
        if row.left_out:
            left_out.add((row.sheet, row.row))
    return Mended(cells, frozenset(left_out))


def steps(upload: WorkbookUpload, by: User) -> Generator[Progress, None, Report]:
    """Tells how far it is; keeps the result, unless the upload was changed meanwhile. Raises WorkbookError."""
    revision = upload.revision
    report = yield from reading(opened(upload), upload.name, mended_in(upload), fence_of(by))
    keep(upload, report, revision)
    return report


def read_now(upload: WorkbookUpload, by: User) -> Report:
    """The same without telling. Raises WorkbookError."""
    walk = steps(upload, by)
    while True:
        try:
            next(walk)
        except StopIteration as end:
            report: Report = end.value
            return report


def keep(upload: WorkbookUpload, report: Report, revision: int) -> None:
    facts, numbers = told(report)
    kept = {
        "reading": json.dumps(facts, ensure_ascii=False, separators=(",", ":")),
        "numbers": numbers,
        "read_revision": revision,
        "read_language": get_language() or "",
    }
    waiting = WorkbookUpload.objects.exclude(state=WorkbookUpload.State.LOADED)
    if waiting.filter(pk=upload.pk, revision=revision).update(**kept):
        for name, value in kept.items():
            setattr(upload, name, value)
