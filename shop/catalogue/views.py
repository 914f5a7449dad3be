from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from farmers.registry.models import encrypted
from farmers.stock.models import Lot, LotPhoto, for_everybody_on
from farmers.stock.signals import stock_missed
from marketplace.asked import whole_number
from marketplace.days import today
from marketplace.money import line_amount_fen
from marketplace.quantity import in_units
from marketplace.written import Given, Written

from .amounts import quick_amounts, step
from .chips import chips
from .delivery import earliest
from .forms import AmountForm, FilterForm
from .helped import helped, with_year
from .kept import kept, list_may_be_kept, may_be_kept
from .marks import marks, with_marks
from .offers import Offer, list_offers, offers
from .plants import NOTHING, plant_facts
from .search import neighbours
from .slips import mended

MAX_PAGE = 100_000


@require_safe
@vary_on_headers("HX-Request", "HX-History-Restore-Request")
@kept
def listing(request: HttpRequest) -> HttpResponse:
    """The shop: offers by filter, order and word."""
    form = FilterForm(request.GET)
    filters = form.filters()
    page = whole_number(request.GET.get("page", ""), 6)
    number = 1 if page is None else page
    result = list_offers(filters, number)
    read_as = None if result.understood else mended(filters.query)
    if read_as:
        result = list_offers(filters._replace(query=read_as), number)
    if result.understood:
        list_may_be_kept(request, result.offers, result.moved)
    address = request.GET.copy()
    address.pop("page", None)
    htmx = request.htmx  # type: ignore[attr-defined]
    part = bool(htmx) and not htmx.boosted and not htmx.history_restore_request
    return render(
        request,
        "catalogue/_results.html" if part else "catalogue/listing.html",
        {
            "part": part,
            "chips": chips(request.GET, filters, result),
            "form": form,
            "filters": filters,
            "listing": result,
            "plants": result.plants or filters.kind == "sapling" or filters.plants != NOTHING,
            "read_as": read_as,
            "address": address.urlencode(),
            "neighbours": [] if result.total else neighbours(read_as or filters.query),
        },
    )


@require_safe
@kept
def offer(request: HttpRequest, slug: str) -> HttpResponse:
    """One lot as a buyer sees it."""
    found = _lots_by_slug(today()).ask(slug=slug)
    if not found:
        raise Http404
    return offer_page(request, found[0])


def all_lots() -> QuerySet[Lot]:
    """Lots with what the offer page tells, on sale or not: an old address says so rather than break.

    What was never for everybody is not among them: not checked yet, or for nursery firms first.
    """
    return _lots_of(today()).all()


@lru_cache(maxsize=2)
def _lots_of(day: dt.date) -> QuerySet[Lot]:
    """Put together once a day: that takes as long as asking it."""
    return (
        with_marks(with_year(Lot.objects.all(), day.year), day)
        .exclude(state__in=[Lot.State.WAITING, Lot.State.SENT_BACK])
        .filter(for_everybody_on(day))
        .select_related("product", "category", "town", "village", "household", "measures")
        .defer(*encrypted("household__"))
        .annotate(has_photos=Exists(LotPhoto.objects.filter(lot=OuterRef("pk"))))
    )


@lru_cache(maxsize=2)
def _lots_by_slug(day: dt.date) -> Written[Lot]:
    return Written(_lots_of(day).filter(slug=Given("slug")))


@lru_cache(maxsize=2)
def _kindred(day: dt.date) -> Written[Offer]:
    """The newest of the same product from others."""
    same = offers(day).filter(product=Given("product"), available__gt=0).exclude(pk=Given("lot"))
    return Written(same.order_by("-listed_at")[:4])


@lru_cache(maxsize=1)
def _photos() -> Written[LotPhoto]:
    return Written(LotPhoto.objects.filter(lot=Given("lot")))


def offer_page(
    request: HttpRequest,
    lot: Lot,
    form: AmountForm | None = None,
    status: int = 200,
    template: str = "catalogue/offer.html",
) -> HttpResponse:
    """The offer page, or a part of it, also with an amount that could not be taken."""
    day = today()
    if not lot.available and lot.reserved:
        stock_missed.send(sender=Lot, lot_ids=[lot.pk])
        lot.refresh_from_db(fields=["reserved", "available"])
    unit_step = step(lot.unit)
    kindred = _kindred(day).ask(product=lot.product_id, lot=lot.pk)
    # of what is sold out, lapsed reservations are asked for each time
    if lot.available:
        may_be_kept(request, [lot, *kindred])
    suggested = min(lot.available, unit_step * lot.unit_size)
    return render(
        request,
        template,
        {
            "lot": lot,
            "photos": _photos().ask(lot=lot.pk) if getattr(lot, "has_photos", True) else [],
            "on_sale": lot.is_on_sale(day),
            "step": unit_step,
            "suggested": suggested,
            "suggested_fen": line_amount_fen(lot.price_fen, suggested, lot.unit_size),
            "helped": helped(lot),
            "earliest": earliest([lot.harvested_on], day),
            "quick": quick_amounts(lot.unit, lot.available // lot.unit_size),
            "most": in_units(lot.available, lot.unit_size).replace(",", ""),
            "marks": marks(lot),
            "plant_facts": plant_facts(getattr(lot, "measures", None)),
            "form": form
            or AmountForm(
                lot=lot,
                initial={"amount": in_units(suggested, lot.unit_size).replace(",", "")},
            ),
            "kindred": kindred,
        },
        status=status,
    )
