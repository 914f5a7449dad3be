"""Load an upload: its good rows become lots, once; what is refused stays to be mended."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from farmers.stock.workbook.load import Loaded, RowsRefused, load
from marketplace.access.models import User

from .fates import what_is_loaded
from .mend import ChangedMeanwhile
from .models import WorkbookUpload
from .reading import keep, read_now
from .throw_away import close

State = WorkbookUpload.State


def bring_in(upload: WorkbookUpload, by: User, shown: str, *, good_alone: bool) -> Loaded | None:
    """What was loaded; None when all of it was before. Lots, people and the upload's state change together.

    `shown` is what the page said would be loaded. Raises ChangedMeanwhile when the workbook reads otherwise by
    now, RowsRefused when rows are refused and `good_alone` is not said, and WorkbookError.
    """
    if upload.state == State.LOADED:
        return None
    # read anew: towns, products and the officer's post may have changed since it was shown
    report = read_now(upload, by)
    with transaction.atomic():
        now = WorkbookUpload.objects.select_for_update().defer("reading").get(pk=upload.pk)
        if now.state == State.LOADED:
            return None
        if now.revision != upload.revision or what_is_loaded(report) != shown:
            raise ChangedMeanwhile
        if report.refused and not good_alone:
            raise RowsRefused(report)
        loaded = load(report, by, accept_good=True)
        now.lots.add(*loaded.lots)
        now.loaded = timezone.now()
        if report.refused:
            now.state = State.PARTLY
            now.save(update_fields=["state", "loaded"])
            keep(now, report, now.revision)
        else:
            now.save(update_fields=["loaded"])
            close(now)
    return loaded
