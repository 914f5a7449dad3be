"""The households of an officer's own village or town: found, entered, kept, each with its goods and its money."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farmers.ledger.models import Entry, HouseholdYear
from farmers.ledger.queries import owed
from farmers.registry.households import AlreadyThere, add_household, edit_household, show, villages_of
from farmers.registry.models import Household, Village, encrypted
from farmers.stock.models import Lot
from marketplace.access.models import Role
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.asked import whole_number
from marketplace.days import today
from marketplace.personal import digest

from .officer_forms import HouseholdForm, folded, parts_of

PAGE_SIZE = 20
# found by words: whoever finds more says more
MOST_FOUND = 50
RECENT = 10


def found(request: SignedIn, household_id: int) -> Household:
    """The household, if it is theirs to serve; else 404, so that numbers tell nothing."""
    households = Household.objects.visible_to(request.user).select_related(
        "village__town", "user__card", "officer"
    )
    return get_object_or_404(households.defer("officer__phone"), pk=household_id)


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_http_methods(["GET", "POST"])
def households(request: SignedIn) -> HttpResponse:
    """All of them by village. A name or telephone number is sent, and never stands in an address."""
    villages = villages_of(request.user)
    rows = (
        Household.objects.visible_to(request.user)
        .select_related("village__town")
        .defer(*encrypted())
        .order_by("village__town__position", "village__name", "head_name", "pk")
    )
    village = _village(villages, request.GET.get("village", ""))
    if village is not None:
        rows = rows.filter(village=village)
    words = request.POST.get("q", "").replace("\0", "").strip()[:40]
    if words:
        rows = rows.filter(_says(words))
    page = Paginator(rows, MOST_FOUND if words else PAGE_SIZE).get_page(
        None if words else request.GET.get("page")
    )
    keys = [household.pk for household in page]
    goods = {
        pk: (listed, waiting)
        for pk, listed, waiting in Lot.objects.filter(household__in=keys)
        .order_by()
        .values("household")
        .annotate(
            on_sale=Count("pk", filter=Q(state=Lot.State.LISTED, available__gt=0)),
            waiting=Count("pk", filter=Q(state=Lot.State.WAITING)),
        )
        .values_list("household", "on_sale", "waiting")
    }
    sold = owed(keys)
    return render(
        request,
        "selling/officer_households.html",
        {
            "page": page,
            "rows": [(each, *goods.get(each.pk, (0, 0)), sold.get(each.pk, 0)) for each in page],
            "villages": villages,
            "village": village,
            "words": words,
        },
    )


def _village(villages: list[Village], asked: str) -> Village | None:
    number = whole_number(asked, 9)
    return next((village for village in villages if village.pk == number), None)


def _says(words: str) -> Q:
    """By name of its head or its village; by the whole telephone number, for that is all that can be compared."""
    lower = words.lower()
    told = (
        Q(head_name__icontains=words)
        | Q(village__name__icontains=words)
        | Q(village__pinyin__startswith=lower)
        | Q(village__initials__startswith=lower)
    )
    number = folded(words).replace("-", "")
    return told | Q(phone_digest=digest(number)) if len(number) >= 7 and number.isdigit() else told


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_safe
def household(request: SignedIn, household_id: int) -> HttpResponse:
    return household_page(request, found(request, household_id))


def household_page(
    request: SignedIn, one: Household, context: dict[str, object] | None = None, status: int = 200
) -> HttpResponse:
    """Its goods, its income, its marks; its account, and whether it agreed to be shown."""
    day = today()
    lots = Lot.objects.filter(household=one).select_related("product")
    open_lots = lots.filter(
        Q(state__in=[Lot.State.WAITING, Lot.State.SENT_BACK]) | Q(state=Lot.State.LISTED, available__gt=0)
    ).order_by("-state", "-listed_at", "pk")
    page = Paginator(open_lots, PAGE_SIZE).get_page(request.GET.get("lots"))
    marks = list(one.marks.all())
    return render(
        request,
        "selling/officer_household.html",
        {
            "household": one,
            "parts": parts_of(one),
            "marks": [(mark, mark.holds_on(day)) for mark in marks],
            "lots": page,
            "years": _years(one),
            "sold": Entry.objects.filter(household=one).order_by("-day", "-pk")[:RECENT],
            "account": one.user if one.user and one.user.role == Role.SELLER else None,
            "today": day,
        }
        | (context or {}),
        status=status,
    )


def _years(one: Household) -> list[tuple[int, int]]:
    """What it sold for, by year, the last first."""
    sums: dict[int, int] = {}
    for year, fen in HouseholdYear.objects.filter(household=one).values_list("year", "amount_fen"):
        sums[year] = sums.get(year, 0) + fen
    return sorted(sums.items(), reverse=True)


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_http_methods(["GET", "POST"])
def add(request: SignedIn) -> HttpResponse:
    villages = villages_of(request.user)
    form = HouseholdForm(villages, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_household(form.facts(), request.user)
        except AlreadyThere:
            form.add_error("head_name", _there())
        else:
            messages.success(request, _("The household is entered."))
            return redirect("officers:household", made.pk)
    return _edit_page(request, form)


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_http_methods(["GET", "POST"])
def edit(request: SignedIn, household_id: int) -> HttpResponse:
    one = found(request, household_id)
    form = HouseholdForm(villages_of(request.user), request.POST if request.method == "POST" else None, one)
    if request.method == "POST" and form.is_valid():
        try:
            edit_household(one.pk, form.facts(), request.user)
        except AlreadyThere:
            form.add_error("head_name", _there())
        else:
            messages.success(request, _("Saved."))
            return redirect("officers:household", one.pk)
    return _edit_page(request, form, one)


def _there() -> str:
    return _("A household of this name and telephone number is in the village already.")


def _edit_page(request: SignedIn, form: HouseholdForm, one: Household | None = None) -> HttpResponse:
    return render(
        request,
        "selling/officer_household_edit.html",
        {"form": form, "household": one},
        status=422 if form.is_bound else 200,
    )


@requires(Act.SERVE_VILLAGE)
@require_POST
def shown(request: SignedIn, household_id: int) -> HttpResponse:
    """Whether buyers meet it by its masked name: as it says, and only as long as it says so."""
    one = found(request, household_id)
    agreed = request.POST.get("agreed")
    if agreed not in {"yes", "no"}:
        messages.error(request, _("Say whether the household agrees."))
        return household_page(request, one, status=422)
    try:
        show(one.pk, request.user, agreed == "yes")
    except PermissionDenied:
        raise Http404 from None
    messages.success(
        request,
        _("Buyers see its masked name from now on.")
        if agreed == "yes"
        else _("Buyers see only the village from now on."),
    )
    return redirect("officers:household", one.pk)


def recent_products(one: Household) -> QuerySet[Lot]:
    """Its lots, the last listed first, for what it is likely to sell again."""
    return Lot.objects.filter(household=one).select_related("product").order_by("-listed_at", "-pk")
