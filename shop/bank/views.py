"""The bank's files: sending one, looking at every line's fate, taking it in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.access.rules import Act, SignedIn, requires
from marketplace.days import shanghai_day
from marketplace.money import yuan
from shop.payments.months import month_before

from .follows import breaks
from .forms import FileForm
from .models import KEPT_DAYS, BankFile, BankLine
from .receive import Fates, RowsRefused, fates, take_in, throw_away
from .settle import settle_sure
from .tables import FileRefused

FILES = 20
SHOWN = 100


@never_cache
@requires(Act.SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: SignedIn) -> HttpResponse:
    """Send a file; those sent before; how far matching is."""
    form = FileForm(request.user)
    if request.method == "POST":
        form = FileForm(request.user, request.POST, request.FILES)
        if form.is_valid() and form.received:
            return redirect(form.received)
    files = BankFile.objects.defer("content").select_related("by")
    return render(
        request,
        "bank/home.html",
        {
            "form": form,
            "page": Paginator(files, FILES).get_page(request.GET.get("page")),
            "progress": progress(),
            "kept_days": KEPT_DAYS,
            "month": month_before(shanghai_day(timezone.now())),
        },
        status=422 if request.method == "POST" else 200,
    )


def progress() -> dict[str, dict[str, int]]:
    """For each state of a line how many there are, and their fen. In one query."""
    rows = BankLine.objects.order_by().values("state").annotate(lines=Count("pk"), fen=Sum("amount_fen"))
    found = {str(state): {"lines": 0, "fen": 0} for state in BankLine.State.values}
    found |= {row["state"]: {"lines": row["lines"], "fen": row["fen"]} for row in rows}
    came = [found[state] for state in ("new", "matched", "aside")]
    found["in"] = {"lines": sum(one["lines"] for one in came), "fen": sum(one["fen"] for one in came)}
    return found


@never_cache
@requires(Act.SETTLE)
@require_safe
def file(request: SignedIn, uuid: UUID) -> HttpResponse:
    """Before it is taken in: every line's fate. After: what came of it."""
    found = get_object_or_404(BankFile.objects.select_related("by", "taken_by"), uuid=uuid)
    return _show(request, found)


def _show(request: SignedIn, found: BankFile, status: int = 200) -> HttpResponse:
    told: Fates | None = None
    bad: list[object] = []
    problem = ""
    if found.state == BankFile.State.WAITING:
        try:
            told = fates(found)
        except FileRefused as refused:
            problem, status = str(refused), 422
            bad = list(refused.bad) if isinstance(refused, RowsRefused) else []
    known = {line.identity for line in told.known} if told else set()
    otherwise = told.otherwise if told else {}
    lines = [
        (line, line.identity in known, otherwise.get(line.identity))
        for line in (told.reading.lines if told else [])
    ]
    return render(
        request,
        "bank/file.html",
        {
            "file": found,
            "fates": told,
            "breaks": breaks(found) if told else [],
            "problem": problem,
            "bad": bad,
            "new_in": [line for line in told.new if line.came_in] if told else [],
            "new_in_fen": sum(line.fen for line in told.new if line.came_in) if told else 0,
            "page": Paginator(lines, SHOWN).get_page(request.GET.get("page")),
            "left": found.lines.filter(state=BankLine.State.NEW).count(),
        },
        status=status,
    )


@requires(Act.SETTLE)
@require_POST
def take(request: SignedIn, uuid: UUID) -> HttpResponse:
    """Save its new lines, and match what is sure. Sent twice is once."""
    found = get_object_or_404(BankFile.objects.defer("content"), uuid=uuid)
    try:
        taken = take_in(found.pk, request.user)
    except FileRefused:
        return _show(request, BankFile.objects.get(pk=found.pk))
    _settle(request, _("%(added)d new lines taken in.") % {"added": taken.added})
    return redirect("bank:lines")


def _settle(request: SignedIn, first: str = "") -> None:
    settled = settle_sure(request.user)
    told = _("%(lines)d matched by themselves, ¥%(fen)s; %(left)d left to look at.") % {
        "lines": settled.lines,
        "fen": yuan(settled.fen),
        "left": settled.left,
    }
    messages.success(request, f"{first} {told}".strip())
    if settled.unseen:
        more = ngettext(
            "%(lines)d line was not looked at yet: press “Match what is sure” once more.",
            "%(lines)d lines were not looked at yet: press “Match what is sure” once more.",
            settled.unseen,
        )
        messages.info(request, more % {"lines": settled.unseen})


@requires(Act.SETTLE)
@require_POST
def settle(request: SignedIn) -> HttpResponse:
    """Match what has become sure since: a statement was issued, a part was paid."""
    _settle(request)
    return redirect("bank:lines")


@requires(Act.SETTLE)
@require_POST
def throw_it_away(request: SignedIn, uuid: UUID) -> HttpResponse:
    found = get_object_or_404(BankFile.objects.defer("content"), uuid=uuid)
    if throw_away(found.pk, request.user):
        messages.success(request, _("The file was thrown away. Nothing of it was taken in."))
    else:
        messages.error(request, _("This file is taken in: its lines stay."))
    return redirect("bank:home")
