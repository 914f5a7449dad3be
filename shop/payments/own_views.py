"""The city's own money: what was put in, what was taken to the bank, and the form for more."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from farmers.ledger.accounts import MONEY, Account
from farmers.ledger.postings import balances
from marketplace.access.rules import Act, SignedIn, requires

from . import own
from .forms import YuanField

PAGE_SIZE = 20


class OwnForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    way = forms.TypedChoiceField(
        label=gettext_lazy("What moved"), coerce=int, choices=[*enumerate(own.LABELS)], widget=forms.Select
    )
    amount = YuanField(label=gettext_lazy("Amount in yuan"))
    about = forms.CharField(
        label=gettext_lazy("Paper or number"),
        help_text=gettext_lazy("What shows it: the bank's number, the letter of the finance office."),
        max_length=140,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@never_cache
@requires(Act.SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
def own_money(request: SignedIn) -> HttpResponse:
    if request.method != "POST":
        return _page(request, OwnForm(initial={"key": uuid.uuid4()}))
    form = OwnForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    said = form.cleaned_data
    try:
        own.move_own(*own.WAYS[said["way"]], said["amount"], said["about"], request.user, said["key"])
    except own.NotMoved as refused:
        form.add_error(refused.field, str(refused))
        return _page(request, form, 409)
    messages.success(request, _("Written into the books."))
    return redirect("cashier_own")


def _page(request: SignedIn, form: OwnForm, status: int = 200) -> HttpResponse:
    fen = balances()
    page = Paginator(own.moved(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "payments/own.html",
        {
            "form": form,
            "places": [(place.label, fen[place]) for place in MONEY],
            "put_in_fen": -fen[Account.CAPITAL],
            "page": page,
            "rows": [(one, Account(one.credit).label, Account(one.debit).label) for one in page],
        },
        status=status,
    )
