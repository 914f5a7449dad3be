"""The public interface for other people's programs: offers and ledger figures, read only, with its OpenAPI page."""

from __future__ import annotations

import datetime as dt

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from ninja import NinjaAPI, Schema, Status

from farmers.ledger.public_year import public_year
from farmers.ledger.year_page import FIRST_YEAR
from marketplace.days import today
from shop.catalogue.offers import PAGE_SIZE, Filters, list_offers, offers
from shop.catalogue.offers import Offer as OnSale

api = NinjaAPI(
    title="Dingzhou Harvest Market",
    version="1",
    description="Offers on sale and what the ledger holds. Money is in fen, quantity in grams or pieces.",
    docs_url="docs",
    openapi_url="openapi.json",
)


class Offer(Schema):
    """A lot on sale. `price_fen` per `unit` of `unit_size` grams or pieces; `available` in grams or pieces.

    `village` is null where the household has not agreed to be shown. `grade` is as its seller wrote it; of plants it
    tells their measures. `photo` is the address of a small photo of these goods, empty where there is none.
    """

    slug: str
    product: str
    product_en: str
    town: str
    village: str | None
    unit: str
    unit_size: int
    price_fen: int
    available: int
    harvested_on: dt.date | None
    good_until: dt.date | None
    grade: str
    photo: str


class OfferPage(Schema):
    total: int
    page: int
    page_size: int
    offers: list[Offer]


class Problem(Schema):
    detail: str


class Sums(Schema):
    """Null where fewer than five households sold, or where the sum would tell what they did."""

    amount_fen: int | None
    produce_grams: int | None
    saplings: int | None


class Whole(Sums):
    households: int | None
    buyers: int


class Month(Sums):
    month: str
    last_year_fen: int | None


class Part(Sums):
    """A town or channel; without a key, all those with fewer than five households together."""

    key: str
    name: str = ""
    name_en: str = ""
    households: int


class Year(Schema):
    """What `/ledger/` tells of a calendar year, as it was last counted."""

    year: int
    years: list[int]
    fewest_households: int
    total: Whole
    last_year: Sums
    months: list[Month]
    towns: list[Part]
    channels: list[Part]


def _offer(lot: OnSale) -> Offer:
    return Offer(
        slug=lot.slug,
        product=lot.product__name,
        product_en=lot.product__name_en,
        town=lot.town__name,
        village=lot.village__name if lot.household__consent_on else None,
        unit=lot.unit,
        unit_size=lot.unit_size,
        price_fen=lot.price_fen,
        available=lot.available,
        harvested_on=lot.harvested_on,
        good_until=lot.good_until,
        grade=lot.grade,
        photo=default_storage.url(lot.cover) if lot.cover else "",
    )


@api.get("/", include_in_schema=False)
def start(request: HttpRequest) -> HttpResponse:
    return redirect("api-1:openapi-view")


@api.get("/offers", response=OfferPage, summary="Offers on sale, newest first, 24 a page")
def offer_list(
    request: HttpRequest, q: str = "", category: str = "", town: str = "", page: int = 1
) -> OfferPage:
    found = list_offers(
        Filters(query=q[:60], categories=(category,) if category else (), towns=(town,) if town else ()),
        max(1, min(page, 100_000)),
    )
    return OfferPage(
        total=found.total, page=found.page, page_size=PAGE_SIZE, offers=[_offer(lot) for lot in found.offers]
    )


@api.get("/offers/{slug:slug}", response={200: Offer, 404: Problem}, summary="One offer")
def offer(request: HttpRequest, slug: str) -> Offer:
    found = offers().filter(slug=slug).first()
    if found is None:
        raise Http404
    return _offer(found)


@api.get(
    "/ledger", response={200: Year, 422: Problem}, summary="What was sold in a year, by default in this one"
)
def ledger(request: HttpRequest, year: int | None = None) -> Status[Year | Problem]:
    """By month, town and channel. Shorter periods are not told: one taken from another would tell of one household."""
    asked = today().year if year is None else year
    if not FIRST_YEAR <= asked <= today().year:
        return Status(422, Problem(detail=f"year lies between {FIRST_YEAR} and {today().year}"))
    return Status(200, Year(**public_year(asked).told))
