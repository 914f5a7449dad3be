"""Lots are listed all or none, each with its first movement, in one hand of queries."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError

from farmers.stock.list_lot import NewLot, good_until, list_lots
from farmers.stock.models import MAX_PRICE_FEN, MAX_QUANTITY, Lot, Product, StockMovement
from marketplace.access.models import Role
from tests.makers import a_household, a_lot, a_person, a_village, an_officer, assert_stock_adds_up

pytestmark = pytest.mark.django_db


def rows(count: int, **facts: Any) -> list[NewLot]:
    household, potato = a_household(), Product.objects.get(slug="tudou")
    whole: dict[str, Any] = {"quantity": 5_000, "unit": "jin", "price_fen": 120} | facts
    return [NewLot(household, potato, **whole) for _ in range(count)]


def test_a_listed_lot_has_its_first_movement_and_a_name_in_the_address() -> None:
    officer = a_person(Role.OFFICER)
    lot = list_lots(rows(1, harvested_on=dt.date(2026, 4, 1)), officer)[0]
    lot.refresh_from_db()
    assert lot.slug == f"tudou-qingfengdian-{lot.pk}"
    assert (lot.listed, lot.available, lot.unit_size) == (5_000, 5_000, 500)
    assert lot.good_until == dt.date(2026, 4, 1) + dt.timedelta(days=lot.product.shelf_life_days or 0)
    movement = StockMovement.objects.get()
    assert (movement.kind, movement.listed, movement.by) == ("list", 5_000, officer)
    assert_stock_adds_up()


def test_queries_do_not_grow_with_rows(query_budget: Any) -> None:
    many = rows(200)
    with query_budget(20):  # SQLite takes some 50 rows at a time
        list_lots(many, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": 0},
        {"quantity": -1},
        {"quantity": MAX_QUANTITY + 1},
        {"quantity": 10**30},
        {"price_fen": 0},
        {"price_fen": -5},
        {"price_fen": MAX_PRICE_FEN + 1},
        {"price_fen": 10**30},
        {"unit": "zhu"},
    ],
)
def test_a_lot_that_makes_no_sense_is_refused_with_all_beside_it(wrong: dict[str, Any]) -> None:
    good, bad = rows(1)[0], rows(1, **wrong)[0]
    with pytest.raises(ValueError):
        list_lots([good, bad], None)
    assert not Lot.objects.exists()


def test_the_same_row_of_a_workbook_is_listed_once() -> None:
    list_lots(rows(1, import_key="sheet:7"), None)
    with pytest.raises(IntegrityError):
        list_lots(rows(1) + rows(1, import_key="sheet:7"), None)


def test_living_plants_have_no_last_day() -> None:
    tree = Product.objects.get(slug="guohuai")
    assert good_until(tree, dt.date(2026, 4, 1), dt.date(2026, 4, 2)) is None


def test_an_officer_sees_the_stock_of_the_own_village_or_town_alone() -> None:
    here, next_door, elsewhere = a_village(), a_village(), a_village("gaopeng")
    lots = {place: a_lot(household=a_household(place)) for place in (here, next_door, elsewhere)}
    of_village, of_town = an_officer(here), an_officer(here.town)
    assert set(Lot.objects.visible_to(of_village)) == {lots[here]}
    assert set(Lot.objects.visible_to(of_town)) == {lots[here], lots[next_door]}
    assert set(Lot.objects.visible_to(a_person(Role.OFFICIAL))) == set(lots.values())
    # an officer without a post, and everybody else, none
    for role in (Role.OFFICER, Role.CITIZEN, Role.CANTEEN, Role.EDITOR):
        assert not Lot.objects.visible_to(a_person(role)).exists()
