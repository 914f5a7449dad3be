"""Saplings of marked households are for nursery firms alone in their first days, wherever one looks."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client

from farmers.registry.models import Household, HouseholdMark, MarkKind
from farmers.stock import movements
from farmers.stock.check import approve_lot
from farmers.stock.models import Lot, Product
from marketplace.days import today
from shop.bulk.allocate import Line
from shop.bulk.nearest import _kindred
from shop.catalogue.offers import Filters, list_offers
from shop.orders.models import PayBy
from shop.orders.place import NotAsShown, place
from tests.makers import DELIVERY, a_household, a_person, a_village, an_officer, saplings, wanted

pytestmark = pytest.mark.django_db


def a_marked_household(**facts: Any) -> Household:
    household = a_household(**facts)
    HouseholdMark.objects.create(household=household, kind=MarkKind.UNSTABLE, since=dt.date(2023, 1, 1))
    return household


def test_everybody_waits_three_days_for_saplings_of_a_marked_household(settings: Any) -> None:
    lot = saplings(household=a_marked_household())
    assert lot.public_on == today() + dt.timedelta(days=settings.GREEN_FIRST_DAYS)
    assert settings.GREEN_FIRST_DAYS == 3
    assert saplings().public_on is None, "a household without a mark sells to all at once"
    settings.GREEN_FIRST_DAYS = 0
    assert saplings(household=a_marked_household()).public_on is None


def test_a_mark_that_is_over_gives_nobody_a_first_look() -> None:
    household = a_household()
    HouseholdMark.objects.create(
        household=household, kind=MarkKind.LIFTED, since=dt.date(2020, 1, 1), until=dt.date(2021, 1, 1)
    )
    assert saplings(household=household).public_on is None


def test_the_days_begin_when_the_officer_lets_it_on_sale() -> None:
    village = a_village()
    lot = saplings(
        household=a_marked_household(village=village),
        state=Lot.State.WAITING,
        listed_at=dt.datetime.now(dt.UTC) - dt.timedelta(days=5),
    )
    lot = approve_lot(lot.pk, an_officer(village), stock_seen=True)
    assert lot.public_on == today() + dt.timedelta(days=3)


def test_no_public_page_shows_them_before_their_day(client: Client) -> None:
    lot = saplings(household=a_marked_household())
    assert list_offers(Filters(), 1).total == 0
    assert list_offers(Filters(query="国槐"), 1).total == 0
    assert client.get(lot.get_absolute_url()).status_code == 404
    assert client.get(f"/api/v1/offers/{lot.slug}").status_code == 404
    assert client.get("/api/v1/offers").json()["total"] == 0
    assert client.post(f"/basket/add/{lot.pk}/", {"amount": "1"}).status_code == 404
    assert lot.slug not in client.get("/sitemap.xml").content.decode()
    with pytest.raises(NotAsShown):
        place(a_person(), uuid.uuid4(), wanted([lot], 1), PayBy.ON_DELIVERY, DELIVERY)
    with pytest.raises(movements.NotEnough):
        movements.reserve([movements.Change(lot.pk, 1, "", "x")], None)


def test_a_bulk_request_is_not_told_of_them() -> None:
    saplings(household=a_marked_household())
    other = Product.objects.filter(category__slug="saplings").exclude(slug="guohuai").first()
    assert other is not None
    line = Line(1, other.pk, 10, 1, None, today())
    assert _kindred([(line, 10)])[other.pk] == []
    saplings()
    assert [kin.slug for kin, _there in _kindred([(line, 10)])[other.pk]] == ["guohuai"]


def test_from_their_day_on_they_are_everybodys(client: Client) -> None:
    lot = saplings(household=a_marked_household())
    assert client.get(lot.get_absolute_url()).status_code == 404
    Lot.objects.filter(pk=lot.pk).update(public_on=today())
    assert list_offers(Filters(), 1).total == 1
    assert client.get(lot.get_absolute_url()).status_code == 200


def test_goods_that_nobody_has_checked_have_no_page(client: Client) -> None:
    lot = saplings(state=Lot.State.WAITING)
    assert client.get(lot.get_absolute_url()).status_code == 404
