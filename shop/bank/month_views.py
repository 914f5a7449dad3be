"""The month's closing: everything on one page, each with its sum and the way to it."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from marketplace.access.rules import Act, SignedIn, requires
from marketplace.days import shanghai_day
from shop.payments.months import month_after, month_before

from .month import CannotClose, close_month, month


class CloseForm(forms.Form):
    words = forms.CharField(
        required=False,
        label=gettext_lazy("What stays open, and why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
    )


def _first(text: str) -> dt.date:
    """The month that an address names: this one or one before. Else 404."""
    try:
        first = dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise Http404 from None
    if f"{first:%Y-%m}" != text or not first.year >= 2000 or first > shanghai_day(timezone.now()):
        raise Http404
    return first


@never_cache
@requires(Act.SETTLE)
@require_safe
def page(request: SignedIn, name: str) -> HttpResponse:
    return _page(request, _first(name), CloseForm())


def _page(request: SignedIn, first: dt.date, form: CloseForm, status: int = 200) -> HttpResponse:
    now = month(first)
    # what is open has to be said in words
    form.fields["words"].required = bool(now.open)
    after = month_after(first)
    closed = now.closed.figures["items"] if now.closed else {}
    return render(
        request,
        "bank/month.html",
        {
            "month": now,
            "rows": [(item, closed.get(item.key)) for item in now.items],
            "form": form,
            "before": month_before(first),
            "after": after if after <= shanghai_day(timezone.now()) else None,
        },
        status=status,
    )


@requires(Act.SETTLE)
@require_POST
def close(request: SignedIn, name: str) -> HttpResponse:
    first = _first(name)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, first, form, 422)
    try:
        close_month(first, form.cleaned_data["words"], request.user)
    except CannotClose as refused:
        form.add_error("words" if refused.at_words else None, str(refused))
        return _page(request, first, form, 422 if refused.at_words else 409)
    messages.success(request, _("The month is closed. Its figures are kept as they stand now."))
    return redirect("bank:month", name)
