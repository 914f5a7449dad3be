"""Looking at personal data in full, and at who looked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.access.rules import Act, SignedIn, requires

from .models import ENCRYPTED, Household, encrypted
from .reveal import may_see, reveal
from .reveals import LABELS, Reveal

PAGE_SIZE = 30


class RevealForm(forms.Form):
    fields_ = forms.MultipleChoiceField(label=_("What do you need?"), widget=forms.CheckboxSelectMultiple)
    why = forms.ChoiceField(label=_("What for?"), choices=Reveal.Why.choices, widget=forms.RadioSelect)
    words = forms.CharField(label=_("In a few words"), max_length=200, required=False)

    def __init__(self, may: frozenset[str], data: Any = None) -> None:
        super().__init__(data)
        choices = [(name, LABELS[name]) for name in ENCRYPTED if name in may]
        field = self.fields["fields_"]
        field.choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            field.initial = [choices[0][0]]


@never_cache
@sensitive_variables("shown")
@login_required
@require_http_methods(["GET", "POST"])
def look(request: SignedIn, household_id: int) -> HttpResponse:
    """Asks for the reason; the answer to the form shows the data once, and no address leads there again."""
    may = may_see(request.user)
    if not may:
        raise Http404
    households = Household.objects.visible_to(request.user).select_related("village__town")
    household = get_object_or_404(households.defer(*encrypted()), pk=household_id)
    form = RevealForm(may, request.POST if request.method == "POST" else None)
    facts: dict[str, Any] = {"household": household, "form": form}
    if form.is_valid():
        data = form.cleaned_data
        shown = reveal(household.pk, data["fields_"], request.user, data["why"], data["words"])
        facts["shown"] = [(LABELS[name], value) for name, value in shown.items()]
    facts["looks"] = Reveal.objects.filter(household=household).select_related("by")[:10]
    return render(
        request, "registry/reveal.html", facts, status=422 if form.is_bound and form.errors else 200
    )


@never_cache
@requires(Act.SELL)
@require_safe
def who_looked(request: SignedIn) -> HttpResponse:
    """For a household: who had its data shown, when and why."""
    looks = Reveal.objects.filter(household__user=request.user).select_related("by")
    return _looks(request, looks, own=True)


@never_cache
@requires(Act.READ_LOOKS)
@require_safe
def all_looks(request: SignedIn) -> HttpResponse:
    """Looks at anybody's data, the newest first: for the city's office all, for an officer of the own people."""
    looks = Reveal.objects.visible_to(request.user).select_related("by", "household__village__town")
    return _looks(request, looks.defer(*encrypted("household__")), own=False)


def _looks(request: SignedIn, looks: Any, *, own: bool) -> HttpResponse:
    page = Paginator(looks, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "registry/looks.html", {"page": page, "own": own})
