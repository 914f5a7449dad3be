"""The search box: the same goods by any word people have for them, and honest when it knows none."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.utils import translation

from farmers.registry.models import Household, Town, Village
from farmers.stock.models import Lot
from marketplace.days import today
from shop.catalogue.offers import Filters, list_offers
from shop.catalogue.search import neighbours
from tests.makers import a_household, a_lot, saplings

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> dict[str, Lot]:
    """Potatoes of Gaopeng and of Dongting, cabbage of Gaopeng, trees of Dongting."""
    here = a_household(
        Village.objects.create(town=Town.objects.get(slug="gaopeng"), name="试南庄村"), consent_on=today()
    )
    there = a_household(
        Village.objects.create(town=Town.objects.get(slug="dongting"), name="试北庄村"), consent_on=today()
    )
    return {
        "near": a_lot(household=here),
        "far": a_lot(household=there),
        "cabbage": a_lot(household=here, product="dabaicai"),
        "trees": saplings(household=there),
    }


def found(shelf: dict[str, Lot], query: str) -> set[str]:
    listing = list_offers(Filters(query=query), 1)
    names = {lot.pk: name for name, lot in shelf.items()}
    assert listing.total == len(listing.offers)
    return {names[lot.pk] for lot in listing.offers}


POTATOES, ALL = {"near", "far"}, {"near", "far", "cabbage", "trees"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("土豆", POTATOES),
        ("马铃薯", POTATOES),
        ("tudou", POTATOES),
        ("TuDou", POTATOES),
        ("ｔｕｄｏｕ", POTATOES),
        ("td", POTATOES),
        ("potato", POTATOES),
        ("Pota", POTATOES),
        ("大白菜", {"cabbage"}),
        ("白菜", {"cabbage"}),
        ("baicai", {"cabbage"}),
        ("bc", {"cabbage"}),
        ("cabbage", {"cabbage"}),
        ("napa cabbage", {"cabbage"}),
        ("国槐", {"trees"}),
        ("国槐树苗", {"trees"}),
        ("pagoda", {"trees"}),
        ("绿化苗木", {"trees"}),
        ("根茎菜", POTATOES),
        ("高蓬", {"near", "cabbage"}),
        ("高蓬镇", {"near", "cabbage"}),
        ("gaopeng", {"near", "cabbage"}),
        ("试南庄", {"near", "cabbage"}),
        ("高蓬土豆", {"near"}),
        ("高蓬镇土豆", {"near"}),
        ("土豆 高蓬", {"near"}),
        ("gaopeng tudou", {"near"}),
        ("东亭国槐", {"trees"}),
        ("高蓬国槐", set()),
        ("土豆　高蓬", {"near"}),
        ("", ALL),
        ("   ", ALL),
    ],
)
def test_goods_are_found_by_any_word_for_them(shelf: dict[str, Lot], query: str, expected: set[str]) -> None:
    assert found(shelf, query) == expected


@pytest.mark.parametrize(
    "query", ["龙虾", "qqqq", "!!", "%", "_", "'; DROP TABLE stock_lot; --", "土豆 龙虾", "🥔", "²"]
)
def test_a_word_without_meaning_finds_nothing_and_says_so(shelf: dict[str, Lot], query: str) -> None:
    listing = list_offers(Filters(query=query), 1)
    assert (listing.offers, listing.total, listing.understood) == ([], 0, False)


def test_near_words_are_offered_for_a_slip_of_the_pen() -> None:
    assert "土豆" in neighbours("tudo")
    assert neighbours("龙虾龙虾") == []


def test_neighbours_are_named_in_the_reader_s_language() -> None:
    with translation.override("en"):
        near = neighbours("tudo")
    assert "Potato" in near
    assert all(name.isascii() for name in near)


def test_a_new_word_is_found_at_once(shelf: dict[str, Lot]) -> None:
    assert found(shelf, "洋山芋") == set()
    shelf["near"].product.aliases.create(name="洋山芋")
    assert found(shelf, "洋山芋") == POTATOES


@pytest.mark.parametrize(
    "query",
    [
        "\0",
        "土豆\0",
        "x" * 61,
        "土" * 10_000,
        "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    ],
)
def test_a_hostile_query_is_answered(client: Any, shelf: dict[str, Lot], query: str) -> None:
    response = client.get("/shop/", {"q": query})
    assert response.status_code == 200
    assert client.get("/api/v1/offers", {"q": query}).status_code in {200, 422}


def test_a_household_that_is_not_to_be_shown_is_not_found_by_its_village(shelf: dict[str, Lot]) -> None:
    assert found(shelf, "试南庄") == {"near", "cabbage"}
    Household.objects.filter(pk=shelf["near"].household_id).update(consent_on=None)
    cache.clear()  # counts may be half a minute old
    assert found(shelf, "试南庄") == set()
    assert found(shelf, "高蓬") == {"near", "cabbage"}
