"""What a household lives on: by month and head, what its officer knows besides its sales, and how that is put right."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from farmers.registry.models import Household, encrypted
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.days import last_months, today
from marketplace.money import line_amount_fen

from .forms import IncomeForm
from .incomes import CorrectedMeanwhile, MonthOf, add_income, by_month, correct_income, line_of
from .models import OtherIncome
from .rules import per_head_and_year

# the twelve that are over, by which the rule judges, and the one that runs
MONTHS = 13


@never_cache
@requires(Act.WATCH)
@require_http_methods(["GET", "POST"])
def income(request: SignedIn, household_id: int) -> HttpResponse:
    rows = Household.objects.visible_to(request.user).there().select_related("village__town")
    household = get_object_or_404(rows.defer(*encrypted()), pk=household_id)
    form = IncomeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            add_income(household.pk, form.new(), request.user, form.cleaned_data["key"])
        except PermissionDenied:
            raise Http404 from None
        messages.success(request, _("Written down."))
        return redirect("monitoring:income", household.pk)
    day = today()
    months = by_month(household, last_months(day, MONTHS))
    over = months[:-1]
    total = sum(month.fen for month in over)
    entered = household.incomes.select_related("by", "corrected")
    return render(
        request,
        "monitoring/income.html",
        {
            "household": household,
            "form": form,
            "months": [(month, _per_head(month, household.members)) for month in reversed(months)],
            "running": months[-1].month,
            "total": total,
            "year": per_head_and_year(total, household.members, len(over)) if household.members else None,
            "line": line_of(day),
            "known": any(_counts(each) for each in entered),
            "entered": [(each, _counts(each)) for each in entered],
        },
        status=422 if form.is_bound else 200,
    )


def _counts(one: OtherIncome) -> bool:
    """Nothing stands in its place, and it takes nothing back: what `that_count` says of many."""
    return not hasattr(one, "corrected") and not (one.corrects_id and not one.amount_fen)


def _per_head(month: MonthOf, people: int | None) -> int | None:
    return line_amount_fen(month.fen, 1, people) if people else None


@never_cache
@requires(Act.WATCH)
@require_http_methods(["GET", "POST"])
def correct(request: SignedIn, income_id: int) -> HttpResponse:
    """What stands in the place of a wrong income; the wrong one stays to be read."""
    rows = OtherIncome.objects.visible_to(request.user).select_related("household__village__town", "by")
    wrong = get_object_or_404(rows.defer(*encrypted("household__")), pk=income_id)
    back = redirect("monitoring:income", wrong.household_id)
    if OtherIncome.objects.filter(corrects=wrong).exists() and request.method == "GET":
        messages.info(request, _("It is corrected already."))
        return back
    form = IncomeForm(request.POST if request.method == "POST" else None, wrong)
    if request.method == "POST" and form.is_valid():
        try:
            correct_income(wrong.pk, form.new(), request.user, form.cleaned_data["key"])
        except CorrectedMeanwhile:
            messages.error(request, _("Somebody has corrected it meanwhile. Look at it again, please."))
        except PermissionDenied:
            raise Http404 from None
        else:
            messages.success(request, _("Corrected. What stood there before stays to be read."))
        return back
    return render(
        request,
        "monitoring/correct.html",
        {"form": form, "wrong": wrong, "household": wrong.household},
        status=422 if form.is_bound else 200,
    )
