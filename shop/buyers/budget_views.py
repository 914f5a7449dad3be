"""The pages of the reserved share: a unit's own year, the city's list of units, and the filings to check."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farmers.ledger.chart import monthly
from marketplace.access.rules import Act, SignedIn, may, requires
from marketplace.days import today

from . import budgets
from .budget_forms import BudgetForm, SendBackForm, refuse
from .filings import CanteenBudget
from .models import BuyerOrganisation, organisations_of
from .progress import Standing, UnitYear, city_of, city_year, purchases, unit_months, unit_year
from .quota import Month

# how many years back one may look
YEARS_BACK = 2


def _years() -> list[int]:
    """Next year's budget may be filed already."""
    return [today().year + 1 - back for back in range(YEARS_BACK + 2)]


def _year(request: SignedIn) -> int:
    """The year that was asked for; this one for whatever else."""
    asked = request.GET.get("year", "")
    return next((year for year in _years() if str(year) == asked), today().year)


def _chart(months: list[Month]) -> dict[str, object]:
    """Bars for what was bought so far, outlines for what was to be expected by then."""
    drawn = monthly(
        [month.so_far if month.is_over_or_running else 0 for month in months],
        [month.expected for month in months],
    )
    return {"months": months, "chart": drawn}


# --- the unit ------------------------------------------------------------------------------------


@never_cache
@requires(Act.SEE_UNIT_ORDERS)
@require_http_methods(["GET", "POST"])
def budget(request: SignedIn) -> HttpResponse:
    """What the unit filed, how far it has come, and the form to file. `?unit=` chooses one that I cook for."""
    units = organisations_of(request.user)
    if not units:
        return render(request, "buyers/budget.html", {"unit": None})
    asked = request.GET.get("unit", "")
    unit = next((unit for unit in units if str(unit.pk) == asked), None if asked else units[0])
    if unit is None:
        raise Http404
    year = _year(request)
    may_file = budgets.may_file(request.user, unit)
    form = None
    if request.method == "POST":
        if not may_file:
            raise PermissionDenied
        form = BudgetForm(request.POST)
        if form.is_valid() and _file(request, unit, form):
            return redirect(f"{reverse('canteen-budget')}?unit={unit.pk}&year={form.cleaned_data['year']}")
    page = unit_year(unit, year)
    if may_file and form is None and year in budgets.years_to_file():
        form = BudgetForm(initial=BudgetForm.facts(page.waiting or page.sent_back or page.budget, year))
    shown = _unit_page(page, year) | {"units": units, "form": form, "own": True}
    return render(request, "buyers/budget.html", shown, status=422 if form and form.errors else 200)


def _file(request: SignedIn, unit: BuyerOrganisation, form: BudgetForm) -> bool:
    data = form.cleaned_data
    try:
        budgets.file(unit.pk, data["year"], data["budget"], data["percent"], request.user)
    except budgets.NotFiled as refused:
        refuse(form, refused)
        return False
    messages.success(request, _("Filed. The city checks it, and answers here."))
    return True


def _unit_page(page: UnitYear, year: int) -> dict[str, object]:
    return {
        "unit": page.unit,
        "page": page,
        "year": year,
        "years": _years(),
        "least": budgets.least_percent(),
        **_chart(unit_months(page, year)),
    }


# --- the city ------------------------------------------------------------------------------------


@never_cache
@requires(Act.SEE_CITY)
@require_safe
def progress(request: SignedIn) -> HttpResponse:
    """Every unit's year, those behind first."""
    year = _year(request)
    units = city_year(year)
    city = city_of(units, year)
    shown = {
        "year": year,
        "years": _years(),
        "city": city,
        "owing": [each for each in units if each.standing != Standing.OWES_NOTHING],
        "others": [each for each in units if each.standing == Standing.OWES_NOTHING],
        "to_check": [each for each in units if each.waiting],
        "may_check": budgets.may_check(request.user),
        **_chart(city.months),
    }
    return render(request, "buyers/progress.html", shown)


@never_cache
@requires(Act.SEE_CITY)
@require_safe
def unit_progress(request: SignedIn, pk: int) -> HttpResponse:
    """One unit's year as the city sees it: figures, filings, and the forms to check one."""
    return _city_sees(request, _public_body(pk))


def _public_body(pk: int) -> BuyerOrganisation:
    units = BuyerOrganisation.objects.select_related("files_through", "operator")
    return get_object_or_404(units, pk=pk, kind=BuyerOrganisation.Kind.CANTEEN)


def _city_sees(
    request: SignedIn, unit: BuyerOrganisation, form: SendBackForm | None = None, year: int | None = None
) -> HttpResponse:
    year = year or _year(request)
    page = unit_year(unit, year)
    filings = CanteenBudget.objects.filter(organisation=unit, year=year).select_related(
        "filed_by", "decided_by"
    )
    shown = _unit_page(page, year) | {
        "filings": list(filings),
        "may_check": budgets.may_check(request.user),
        "send_back": form or SendBackForm(),
    }
    return render(request, "buyers/unit_progress.html", shown, status=422 if form and form.errors else 200)


@never_cache
@requires(Act.SEE_UNIT_ORDERS)
@require_safe
def month(request: SignedIn, year: int, month: int) -> HttpResponse:
    """The orders that a month of my unit's is the sum of."""
    units = organisations_of(request.user)
    asked = request.GET.get("unit", "")
    unit = next((unit for unit in units if not asked or str(unit.pk) == asked), None)
    if unit is None:
        raise Http404
    back = f"{reverse('canteen-budget')}?unit={unit.pk}&year={year}"
    return _month(request, unit, year, month, back)


@never_cache
@requires(Act.SEE_CITY)
@require_safe
def unit_month(request: SignedIn, pk: int, year: int, month: int) -> HttpResponse:
    """The orders that a unit's month is the sum of."""
    back = f"{reverse('canteen-unit-progress', args=[pk])}?year={year}"
    return _month(request, _public_body(pk), year, month, back)


def _month(request: SignedIn, unit: BuyerOrganisation, year: int, month: int, back: str) -> HttpResponse:
    if year not in _years() or not 1 <= month <= 12:
        raise Http404
    rows = purchases(unit, year, month)
    shown = {
        "unit": unit,
        "first": dt.date(year, month, 1),
        "rows": rows,
        "total": sum(row.fen for row in rows),
        "back": back,
        "city": may(request.user, Act.SEE_CITY),
    }
    return render(request, "buyers/month.html", shown)


@never_cache
@requires(Act.KEEP_UNITS)
@require_POST
def check(request: SignedIn, pk: int) -> HttpResponse:
    filing = get_object_or_404(CanteenBudget, pk=pk)
    try:
        budgets.check(filing.pk, request.user)
    except budgets.Overtaken:
        messages.error(request, _("It was decided or filed anew meanwhile. Look again, please."))
    else:
        messages.success(request, _("Checked. Progress is measured by it from now on."))
    return _to(filing)


@never_cache
@requires(Act.KEEP_UNITS)
@require_POST
def send_back(request: SignedIn, pk: int) -> HttpResponse:
    filing = get_object_or_404(CanteenBudget, pk=pk)
    form = SendBackForm(request.POST)
    if form.is_valid():
        try:
            budgets.send_back(filing.pk, request.user, form.cleaned_data["reason"])
        except budgets.NotFiled as refused:
            refuse(form, refused)
        except budgets.Overtaken:
            messages.error(request, _("It was decided or filed anew meanwhile. Look again, please."))
            return _to(filing)
        else:
            messages.success(request, _("Sent back. The unit reads why."))
            return _to(filing)
    return _city_sees(request, _public_body(filing.organisation_id), form, filing.year)


def _to(filing: CanteenBudget) -> HttpResponse:
    return redirect(f"{reverse('canteen-unit-progress', args=[filing.organisation_id])}?year={filing.year}")
