"""An officer's workbooks: sending one, reading it with a sign of how far it is, and every row's fate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from farmers.stock.workbook.parts import WorkbookError
from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, requires

from .cards import Card, card
from .models import KEPT_DAYS, WorkbookUpload
from .posts import has_place, post_of
from .reading import AT_ONCE, facts_of, is_read, read_now, steps
from .receive import receive

FATES = ("refused", "add", "before", "skipped")
_MENDED_PAGE, _LISTED_PAGE = 20, 50
# a page of a very wide table must not send more fields than a form may have
_MOST_FIELDS = 1_000
_HERE = "<!-- steps -->"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Workbook (.xlsx)"),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
        error_messages={
            "required": gettext_lazy("Choose a workbook first."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.upload: WorkbookUpload | None = None

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if not has_place(self.user):
            raise forms.ValidationError(_("Your account holds no post yet."))
        try:
            self.upload = receive(self.user, file)
        except WorkbookError as error:
            raise forms.ValidationError(str(error)) from error
        return file


def own(user: User, uuid: UUID) -> WorkbookUpload:
    """The person's own upload, else 404."""
    return get_object_or_404(WorkbookUpload.objects.visible_to(user), uuid=uuid)


@never_cache
@requires(Act.LOAD_STOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: SignedIn) -> HttpResponse:
    """Send a workbook, and those sent before."""
    form = UploadForm(request.user)
    if request.method == "POST":
        form = UploadForm(request.user, request.POST, request.FILES)
        if form.is_valid() and form.upload:
            return redirect(form.upload)
    uploads = WorkbookUpload.objects.visible_to(request.user).defer("reading")
    return render(
        request,
        "workbooks/home.html",
        {
            "form": form,
            "page": Paginator(uploads, _MENDED_PAGE).get_page(request.GET.get("page")),
            "post": post_of(request.user),
            "may_load": has_place(request.user),
            "kept_days": KEPT_DAYS,
        },
        status=422 if request.method == "POST" else 200,
    )


@never_cache
@requires(Act.LOAD_STOCK)
@require_safe
def preview(request: SignedIn, uuid: UUID) -> HttpResponse:
    """Every row's fate, those to mend first."""
    upload = own(request.user, uuid)
    if upload.state == WorkbookUpload.State.LOADED:
        return redirect(upload)
    if not is_read(upload):
        if not upload.read_revision or sum(upload.numbers.get(one, 0) for one in FATES) > AT_ONCE:
            return redirect("workbooks:reading", uuid)
        try:
            read_now(upload, request.user)
        except WorkbookError as error:
            return unreadable(request, upload, error)
    return show(request, upload)


@never_cache
@requires(Act.LOAD_STOCK)
@require_safe
def reading(request: SignedIn, uuid: UUID) -> HttpResponse:
    """Read the workbook and tell how far it is, in one page that comes bit by bit; at its end, on to the rows."""
    upload = own(request.user, uuid)
    if upload.state == WorkbookUpload.State.LOADED or is_read(upload):
        return redirect(upload)
    whole = render_to_string("workbooks/reading.html", {"upload": upload}, request)
    before, _mark, after = whole.partition(_HERE)
    response = StreamingHttpResponse(_told(upload, request.user, before, after, get_language() or ""))
    # a proxy that gathers the page first would show nothing until its end
    response["X-Accel-Buffering"] = "no"
    return cast(HttpResponse, response)


def _told(upload: WorkbookUpload, by: User, before: str, after: str, language: str) -> Iterator[str]:
    yield before
    # the page is sent after its request has ended, and with it the reader's language
    with override(language):
        walk = steps(upload, by)
        error = ""
        try:
            for progress in walk:
                yield render_to_string("workbooks/_step.html", {"progress": progress})
        except WorkbookError as caught:
            error = str(caught)
        yield render_to_string("workbooks/_read.html", {"upload": upload, "error": error})
    yield after


def unreadable(request: SignedIn, upload: WorkbookUpload, error: WorkbookError) -> HttpResponse:
    return render(request, "workbooks/unreadable.html", {"upload": upload, "error": error}, status=422)


def show(
    request: SignedIn,
    upload: WorkbookUpload,
    *,
    unsaved: dict[str, dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The rows of one fate, a page of them; `unsaved` are texts by row that were sent and could not be kept."""
    facts = facts_of(upload)
    asked = request.POST if request.method == "POST" else request.GET
    row = asked.get("row", "")
    fate = asked.get("show", "")
    if fate not in FATES:
        fate = "refused" if upload.numbers["refused"] else "add"
    rows = [one for one in facts["rows"] if (one["id"] == row if row else one["fate"] == fate)]
    if unsaved:
        rows = [one for one in facts["rows"] if one["id"] in unsaved and "cells" in one]
    mending = bool(unsaved or row or fate == "refused")
    page: Page[Any] = Paginator(rows, _per_page(facts) if mending else _LISTED_PAGE).get_page(
        asked.get("page")
    )
    cards: list[Card] = []
    if mending:
        cards = [card(facts, one, (unsaved or {}).get(one["id"])) for one in page if "cells" in one]
    return render(
        request,
        "workbooks/preview.html",
        {
            "upload": upload,
            "numbers": upload.numbers,
            "fate": fate,
            "row": row,
            "page": page,
            "cards": cards,
            "mending": mending,
            "unsaved": bool(unsaved),
            "several": len(facts["sheets"]) > 1,
            "sheets": facts["sheets"],
            "leaves_out": facts["leaves_out"],
        },
        status=status,
    )


def _per_page(facts: dict[str, Any]) -> int:
    widest = max((len(table["headings"]) for table in facts["tables"]), default=1)
    return max(1, min(_MENDED_PAGE, _MOST_FIELDS // (widest + 3)))
