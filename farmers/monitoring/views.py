"""Warnings about the own villages' people: who has to be visited, why, and what was done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from farmers.registry.models import encrypted
from marketplace.access.rules import Act, SignedIn, may, requires
from marketplace.days import today

from .forms import StepForm
from .handle import ALLOWED, Refused, take_step
from .models import RuleKind, State, Warning
from .shown import entries, facts, stuck_lots

PAGE_SIZE = 20
# in the order in which they are offered, with their buttons
STEPS = {
    State.CHECKED: gettext_lazy("The family was visited"),
    State.MEASURE: gettext_lazy("Write the measure down"),
    State.CLOSED: gettext_lazy("Close it"),
    State.REOPENED: gettext_lazy("Open it again"),
}


@never_cache
@requires(Act.WATCH)
@require_safe
def warnings(request: SignedIn) -> HttpResponse:
    """The open ones, the longest overdue first; or those that are closed, the last closed first."""
    rows = (
        Warning.objects.visible_to(request.user)
        .select_related("household__village__town")
        .defer(*encrypted("household__"))
    )
    closed = request.GET.get("state") == State.CLOSED
    rows = rows.filter(state=State.CLOSED).order_by("-moved_at", "-pk") if closed else rows.open()
    kind = request.GET.get("kind", "")
    if kind in RuleKind.values:
        rows = rows.filter(kind=kind)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    day = today()
    return render(
        request,
        "monitoring/warnings.html",
        {
            "page": page,
            "rows": [(each, each.found, each.is_overdue(day)) for each in page],
            "kinds": RuleKind.choices,
            "kind": kind if kind in RuleKind.values else "",
            "closed": closed,
        },
    )


@never_cache
@requires(Act.WATCH)
@require_safe
def warning(request: SignedIn, warning_id: int) -> HttpResponse:
    return _page(request, _mine(request, warning_id))


@requires(Act.WATCH)
@require_POST
def step(request: SignedIn, warning_id: int, step: str) -> HttpResponse:
    """Checked, a measure taken, closed with its reason, or opened again."""
    one = _mine(request, warning_id)
    if step not in STEPS:
        raise Http404
    form = StepForm(one, step, request.POST)
    if not form.is_valid():
        return _page(request, one, form, step)
    data = form.cleaned_data
    try:
        take_step(one.pk, step, data["words"], request.user, reason=data.get("reason", ""), key=data["key"])
    except Refused as refused:
        messages.error(request, str(refused))
    except ValueError:
        # it was moved on meanwhile to where this reason does not fit
        messages.error(request, _("Somebody has moved it on. Look at it again, please."))
    except PermissionDenied:
        # the own family's
        messages.error(request, _("Somebody else has to look after your own family."))
    else:
        messages.success(request, _("Written down."))
    return redirect(one)


def _mine(request: SignedIn, warning_id: int) -> Warning:
    """The warning, if it is theirs to read; else 404, so that numbers tell nothing."""
    rows = Warning.objects.visible_to(request.user).select_related("household__village__town", "rule")
    return get_object_or_404(rows.defer(*encrypted("household__")), pk=warning_id)


def _page(request: SignedIn, one: Warning, bound: StepForm | None = None, to: str = "") -> HttpResponse:
    forms: list[tuple[str, Any, Any]] = [
        (step, button, bound if bound is not None and step == to else StepForm(one, step))
        for step, button in STEPS.items()
        if step in ALLOWED[one.state]
    ]
    return render(
        request,
        "monitoring/warning.html",
        {
            "warning": one,
            "facts": facts(one),
            "lots": stuck_lots(one),
            "entries": entries(one),
            "entry_count": one.evidence.get("entry_count", 0),
            "steps": one.steps.select_related("by"),
            "forms": forms,
            "overdue": one.is_overdue(today()),
            "city": may(request.user, Act.KEEP_WATCH),
            "serves": may(request.user, Act.SERVE_VILLAGE),
            "problems": list(one.problems.visible_to(request.user)),
        },
        status=200 if bound is None else 422,
    )
