"""Loading an upload, what came of it, the refused rows to take home, and throwing it away."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from farmers.registry.models import encrypted
from farmers.stock.workbook.load import RowsRefused
from farmers.stock.workbook.parts import WorkbookError
from farmers.stock.workbook.refused import write_refused
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.days import today

from .bring_in import bring_in
from .mend import ChangedMeanwhile
from .models import WorkbookUpload
from .reading import read_now
from .throw_away import throw_away
from .views import own, show, unreadable

_PAGE = 50


@requires(Act.LOAD_STOCK)
@require_POST
def load(request: SignedIn, uuid: UUID) -> HttpResponse:
    """Put the good rows on sale; sent twice is once."""
    upload = own(request.user, uuid)
    good_alone = bool(request.POST.get("good_alone"))
    try:
        loaded = bring_in(upload, request.user, request.POST.get("loads", ""), good_alone=good_alone)
    except ChangedMeanwhile:
        upload = own(request.user, uuid)
        messages.warning(request, _("The workbook reads otherwise by now. Look once more, please."))
        return redirect(upload)
    except RowsRefused:
        messages.error(request, _("Some rows are refused: nothing was saved."))
        return show(request, upload, status=422)
    except WorkbookError as error:
        return unreadable(request, upload, error)
    if loaded is not None:
        messages.success(
            request,
            _("Added: %(new)d. Loaded before: %(already)d.")
            % {"new": len(loaded.lots), "already": len(loaded.already)},
        )
    return redirect("workbooks:loaded", uuid)


@never_cache
@requires(Act.LOAD_STOCK)
@require_safe
def loaded(request: SignedIn, uuid: UUID) -> HttpResponse:
    """The lots that the upload brought, those past their days told apart, and what is still to mend."""
    upload = own(request.user, uuid)
    if upload.state == WorkbookUpload.State.OPEN:
        return redirect(upload)
    lots = upload.lots.select_related("product", "household", "village", "town").defer(
        *encrypted("household__")
    )
    day = today()
    return render(
        request,
        "workbooks/loaded.html",
        {
            "upload": upload,
            "page": Paginator(lots.order_by("pk"), _PAGE).get_page(request.GET.get("page")),
            "past": upload.lots.filter(good_until__lt=day).count(),
            "day": day,
        },
    )


@never_cache
@requires(Act.LOAD_STOCK)
@require_safe
def refused(request: SignedIn, uuid: UUID) -> HttpResponse:
    """The refused rows as a workbook, each with its reason, to be mended and sent again."""
    upload = own(request.user, uuid)
    if upload.state == WorkbookUpload.State.LOADED:
        raise Http404
    try:
        report = read_now(upload, request.user)
    except WorkbookError as error:
        return unreadable(request, upload, error)
    if not report.refused:
        raise Http404
    out = io.BytesIO()
    write_refused(report, out)
    out.seek(0)
    name = PurePath(upload.name).stem.removesuffix("-to-mend")
    return cast(HttpResponse, FileResponse(out, as_attachment=True, filename=f"{name}-to-mend.xlsx"))


@requires(Act.LOAD_STOCK)
@require_POST
def throw_it_away(request: SignedIn, uuid: UUID) -> HttpResponse:
    throw_away(own(request.user, uuid))
    messages.success(request, _("The workbook was thrown away."))
    return redirect("workbooks:list")
