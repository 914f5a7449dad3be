"""The listing: filters combine, facets count what they would show, nothing is shown that cannot be bought."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from farmers.registry.models import HouseholdMark, Town
from farmers.stock.measures import NONE, measures_of
from farmers.stock.models import Category, Lot
from farmers.stock.saplings import Size
from marketplace.days import today
from shop.catalogue.offers import PAGE_SIZE, SORTS, Filters, Listing, list_offers
from shop.catalogue.plants import NOTHING, Between, Wanted
from shop.orders.models import Order, PayBy
from tests.makers import a_household, a_lot, a_village, an_order, saplings

TOWNS = ("gaopeng", "dongting", "ziwei")
GOODS = ("tudou", "dabaicai", "guohuai")


def shown(filters: Filters | None = None, page: int = 1) -> list[int]:
    return [lot.pk for lot in list_offers(filters or Filters(), page).offers]


def everything(filters: Filters) -> tuple[Listing, list[int]]:
    first = list_offers(filters, 1)
    return first, [pk for page in range(1, first.pages + 1) for pk in shown(filters, page)]


def between(*ends: int) -> st.SearchStrategy[Between]:
    end = st.none() | st.sampled_from(ends)
    return st.just(Between()) | st.builds(Between, end, end).filter(
        lambda asked: asked.least is None or asked.most is None or asked.least <= asked.most
    )


class AnyFilters(TestCase):
    """Against a plain reading of the filters, lot by lot."""

    def setUp(self) -> None:
        homes = [a_household(a_village(town)) for town in TOWNS]
        for number in range(36):
            home = homes[number % 3]
            if number % 4 == 3:
                # from 4 to 12 cm thick; a few that nobody measured
                thick = f"{'胸径' if number % 8 == 3 else '地径'}{4 + number // 4}-{6 + number // 6}公分"
                grade = f"{thick} 高{2 + number // 12}米 {1 + number % 3}年生" if number > 4 else ""
                grade += f" 土球{30 + number}公分" if number > 10 else ""
                lot = saplings(100, 1000 + 700 * number, household=home, grade=grade)
            else:
                lot = a_lot(20, 50 + 10 * number, household=home, product=GOODS[number % 2])
            if number % 5 == 0:
                an_order(PayBy.ON_DELIVERY, lots=[lot], quantity=lot.listed)
        self.lots = list(Lot.objects.select_related("category", "town", "measures"))

    def matches(self, lot: Lot, filters: Filters) -> bool:
        fen = lot.price_fen
        return (
            (not filters.categories or lot.category.slug in filters.categories)
            and (not filters.towns or lot.town.slug in filters.towns)
            and (not filters.kind or lot.category.is_sapling == (filters.kind == "sapling"))
            and (filters.price_from is None or fen >= filters.price_from)
            and (filters.price_to is None or fen <= filters.price_to)
            and (filters.sold_out or lot.available > 0)
            and (filters.plants == NOTHING or self.measures(lot, filters.plants))
        )

    def measures(self, lot: Lot, wanted: Wanted) -> bool:
        """Whether one plant of the lot may be as wanted, tried millimetre by millimetre."""
        known = measures_of(lot.measures) if hasattr(lot, "measures") else NONE
        sizes = {"trunk": known.trunk, "height": known.height, "crown": known.crown}
        sizes["age"] = Size(known.age, known.age) if known.age else None
        sizes["ball"] = Size(known.ball, known.ball) if known.ball else None
        for name, size in sizes.items():
            least, most = getattr(wanted, name)
            if (least, most) == (None, None):
                continue
            if name == "trunk" and known.trunk_at != wanted.trunk_at:
                return False
            if size is None or not any(
                (least is None or mm >= least) and (most is None or mm <= most)
                for mm in range(size.smallest, size.largest + 1)
            ):
                return False
        return known.roots == (wanted.roots or known.roots) and known.grade == (wanted.grade or known.grade)

    @settings(max_examples=60)
    @given(
        filters=st.builds(
            Filters,
            query=st.just(""),
            categories=st.lists(
                st.sampled_from(("leafy", "roots", "saplings", "no-such")), max_size=2, unique=True
            ).map(tuple),
            towns=st.lists(st.sampled_from((*TOWNS, "no-such")), max_size=2, unique=True).map(tuple),
            kind=st.sampled_from(("", "produce", "sapling")),
            price_from=st.none() | st.sampled_from((0, 100, 230, 5000)),
            price_to=st.none() | st.sampled_from((100, 230, 400, 20_000)),
            sold_out=st.booleans(),
            sort=st.sampled_from(list(SORTS)),
            plants=st.just(NOTHING)
            | st.builds(
                Wanted,
                trunk_at=st.sampled_from(["breast", "ground"]),
                trunk=between(50, 60, 75, 100),
                height=between(2000, 3000, 4000),
                crown=st.just(Between()),
                age=between(1, 2, 3),
                roots=st.just(""),
                ball=between(400, 500),
                grade=st.sampled_from(["", "1"]),
            ),
        )
    )
    def test_filters_combine_and_facets_count_what_they_would_show(self, filters: Filters) -> None:
        listing, pks = everything(filters)
        assert sorted(pks) == sorted(lot.pk for lot in self.lots if self.matches(lot, filters))
        assert listing.total == len(pks)
        for field, facets in (("categories", listing.categories), ("towns", listing.towns)):
            for facet in facets:
                chosen = filters._replace(**{field: (facet.slug,)})
                assert facet.count == sum(self.matches(lot, chosen) for lot in self.lots)
                assert facet.chosen == (facet.slug in getattr(filters, field))
            counted = {facet.slug for facet in facets if facet.count}
            would = {
                getattr(lot, {"categories": "category", "towns": "town"}[field]).slug
                for lot in self.lots
                if self.matches(lot, filters._replace(**{field: ()}))
            }
            assert counted == would


@pytest.mark.django_db
class TestOnSale:
    def test_what_is_sold_out_withdrawn_or_past_its_day_is_not_shown(self) -> None:
        fine, sold, withdrawn, old, last_day = (a_lot() for _ in range(5))
        an_order(PayBy.ON_DELIVERY, lots=[sold], quantity=sold.listed)
        Lot.objects.filter(pk=withdrawn.pk).update(state=Lot.State.WITHDRAWN)
        Lot.objects.filter(pk=old.pk).update(good_until=today() - dt.timedelta(days=1))
        Lot.objects.filter(pk=last_day.pk).update(good_until=today())
        assert set(shown()) == {fine.pk, last_day.pk}
        assert set(shown(Filters(sold_out=True))) == {fine.pk, last_day.pk, sold.pk}

    def test_counts_follow_what_is_listed_sold_edited_or_withdrawn_at_once(self) -> None:
        lot, other = a_lot(), saplings()

        def counted() -> tuple[int, dict[str, int]]:
            listing = list_offers(Filters(), 1)
            return listing.total, {facet.slug: facet.count for facet in listing.categories}

        assert counted() == (2, {"roots": 1, "saplings": 1})
        order = an_order(PayBy.ONLINE, lots=[lot], quantity=lot.listed)
        assert counted() == (1, {"saplings": 1})
        from shop.orders.cancel import cancel

        cancel(order.pk, order.buyer, "")
        assert counted() == (2, {"roots": 1, "saplings": 1})
        another = a_lot()
        assert counted() == (3, {"roots": 2, "saplings": 1})
        another.state = Lot.State.WITHDRAWN
        another.save()
        assert counted() == (2, {"roots": 1, "saplings": 1})
        Lot.objects.filter(pk=other.pk).update(price_fen=1)
        assert {offer.pk: offer.price_fen for offer in list_offers(Filters(), 1).offers}[other.pk] == 1

    def test_an_edited_name_is_shown_at_once(self) -> None:
        a_lot()
        list_offers(Filters(), 1)
        category = Category.objects.get(slug="roots")
        category.name = "薯类"
        category.save()
        assert [facet.name for facet in list_offers(Filters(), 1).categories] == ["薯类"]

    def test_watched_households_are_marked_while_the_mark_holds(self) -> None:
        lots = [a_lot() for _ in range(4)]
        day = dt.timedelta(days=1)
        for lot, (kind, since, until) in zip(
            lots,
            [
                ("edge", today() - day, None),
                ("edge", today() - 2 * day, today() - day),
                ("edge", today() + day, None),
                ("lifted", today() - day, None),
            ],
            strict=True,
        ):
            HouseholdMark.objects.create(household=lot.household, kind=kind, since=since, until=until)
        assert {lot.pk for lot in list_offers(Filters(), 1).offers if lot.watched} == {lots[0].pk}  # type: ignore[attr-defined]


@pytest.mark.django_db
class TestOrder:
    def test_sorts(self) -> None:
        day = dt.timedelta(days=1)
        cheap = a_lot(price_fen=50, harvested_on=today() - 2 * day)
        dear = a_lot(price_fen=500, harvested_on=today())
        unknown = a_lot(price_fen=100)
        Lot.objects.filter(pk=unknown.pk).update(good_until=None)
        assert shown(Filters(sort="newest")) == [unknown.pk, dear.pk, cheap.pk]
        assert shown(Filters(sort="cheapest")) == [cheap.pk, unknown.pk, dear.pk]
        assert shown(Filters(sort="dearest")) == [dear.pk, unknown.pk, cheap.pk]
        assert shown(Filters(sort="freshest")) == [dear.pk, cheap.pk, unknown.pk]
        assert shown(Filters(sort="soonest")) == [cheap.pk, dear.pk, unknown.pk]

    def test_a_price_by_the_kilogram_is_compared_with_one_by_the_jin(self) -> None:
        by_jin = a_lot(price_fen=100)
        by_kg = a_lot(price_fen=190)
        Lot.objects.filter(pk=by_kg.pk).update(unit="kg", unit_size=1000)
        assert shown(Filters(sort="cheapest")) == [by_kg.pk, by_jin.pk]
        assert shown(Filters(price_to=95)) == [by_kg.pk]
        assert shown(Filters(price_from=96)) == [by_jin.pk]

    def test_pages_hold_every_offer_once_and_stay_within_range(self) -> None:
        for _ in range(PAGE_SIZE + 3):
            a_lot()
        listing, pks = everything(Filters())
        assert (listing.pages, len(pks), len(set(pks))) == (2, PAGE_SIZE + 3, PAGE_SIZE + 3)
        for page, expected in ((0, 1), (-5, 1), (3, 2), (10**9, 2)):
            assert list_offers(Filters(), page).page == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"page": "99999999"},
        {"page": "-1"},
        {"page": "二"},
        {"page": "１"},
        {"page": ""},
        {"page": "1e9"},
        {"price_from": "NaN"},
        {"price_from": "Infinity"},
        {"price_from": "-1"},
        {"price_to": "1e400"},
        {"price_to": "9" * 400},
        {"price_from": "0x10"},
        {"sort": "sold; DROP TABLE"},
        {"kind": "mushroom"},
        {"category": "no-such"},
        {"town": ["gaopeng"] * 200},
        {"category": "a\0b", "town": "x" * 5000},
        {"sold_out": "\0"},
    ],
)
def test_a_wrong_value_in_the_address_is_left_out_and_the_page_comes(
    client: Any, wrong: dict[str, Any]
) -> None:
    a_lot()
    assert client.get("/shop/", wrong).status_code == 200


@pytest.mark.django_db
class TestOfferPage:
    def test_an_old_address_says_that_the_goods_are_gone(self, client: Any) -> None:
        lot = a_lot()
        Lot.objects.update(good_until=today() - dt.timedelta(days=1))
        response = client.get(f"/shop/{lot.slug}/")
        assert response.status_code == 200
        assert not response.context["on_sale"]
        assert client.get("/shop/never-was/").status_code == 404

    def test_goods_of_a_lapsed_order_are_there_again_when_next_looked_at(self, client: Any) -> None:
        lot = a_lot(jin=10)
        order = an_order(PayBy.ONLINE, lots=[lot])
        Order.objects.update(reserved_until=order.placed_at - dt.timedelta(minutes=1))
        assert client.get(f"/shop/{lot.slug}/").context["lot"].available == 10 * 500

    def test_a_household_is_shown_as_far_as_it_agreed(self, client: Any) -> None:
        quiet = a_household(head_name="李国庆", phone="13911112222")
        open_ = a_household(head_name="王建军", phone="13911113333", consent_on=today())
        for household, named in ((quiet, False), (open_, True)):
            HouseholdMark.objects.create(household=household, kind="edge", since=today())
            page = client.get(f"/shop/{a_lot(household=household).slug}/").content.decode()
            for secret in ("李国庆", "王建军", "13911112222", "13911113333"):
                assert secret not in page
            assert ("王**" in page) == named

    def test_towns_are_where_they_were_loaded(self) -> None:
        assert Town.objects.count() == 25
