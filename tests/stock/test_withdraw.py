"""Lots off sale and on sale again, and stock that was miscounted: by those who keep it, with a reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from farmers.stock.models import MAX_QUANTITY, Lot, LotTransition, StockMovement
from farmers.stock.signals import stock_listed
from farmers.stock.withdraw import correct, list_again, withdraw
from marketplace.access.models import Role, User
from marketplace.days import today
from shop.orders.models import PayBy
from tests.makers import (
    JIN,
    a_household,
    a_lot,
    a_person,
    accepted,
    an_officer,
    an_order,
    assert_stock_adds_up,
    at_once,
    counters,
    saplings,
)

pytestmark = pytest.mark.django_db
KEEPERS = [Role.OFFICIAL, Role.ADMIN]
OTHERS = sorted(set(Role) - {*KEEPERS, Role.OFFICER})


@pytest.fixture
def official() -> User:
    return a_person(Role.OFFICIAL)


def state(lot: Lot) -> str:
    return Lot.objects.values_list("state", flat=True).get(pk=lot.pk)


def test_a_withdrawn_lot_is_off_sale_and_its_stock_is_as_it_was(official: User) -> None:
    lot, other = a_lot(), a_lot()
    before, moves = counters(lot), StockMovement.objects.count()
    assert withdraw([lot.pk], official, "虫害") == [lot.pk]
    assert (state(lot), state(other)) == ("withdrawn", "listed")
    assert (counters(lot), StockMovement.objects.count()) == (before, moves)
    turn = LotTransition.objects.get()
    assert (turn.lot, turn.to_state, turn.by, turn.why) == (lot, "withdrawn", official, "虫害")


def test_what_is_withdrawn_already_is_not_withdrawn_again(official: User) -> None:
    lot, other = a_lot(), a_lot()
    withdraw([lot.pk], official, "虫害")
    assert withdraw([lot.pk, other.pk], official, "下雨") == [other.pk]
    assert LotTransition.objects.filter(lot=lot).count() == 1


def test_listed_again_it_is_for_sale_and_whoever_waited_hears_of_it(
    official: User, django_capture_on_commit_callbacks: Any
) -> None:
    lot = a_lot()
    heard: list[int] = []

    def hear(lot_ids: list[int], **kwargs: Any) -> None:
        heard.extend(lot_ids)

    stock_listed.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw([lot.pk], official, "虫害")
    assert heard == []
    with django_capture_on_commit_callbacks(execute=True):
        assert list_again([lot.pk], official, "好了") == [lot.pk]
    stock_listed.disconnect(hear)
    assert (state(lot), heard) == ("listed", [lot.pk])
    assert lot in Lot.objects.on_sale(today())


def test_what_is_past_its_day_is_not_listed_again(official: User) -> None:
    old, last_day = a_lot(), a_lot()
    withdraw([old.pk, last_day.pk], official, "虫害")
    Lot.objects.filter(pk=old.pk).update(good_until=today() - dt.timedelta(days=1))
    Lot.objects.filter(pk=last_day.pk).update(good_until=today())
    assert list_again([old.pk, last_day.pk], official, "好了") == [last_day.pk]


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_takes_a_lot_off_sale_or_corrects_it(role: Role) -> None:
    somebody = a_person(role)
    lot = a_lot()
    assert withdraw([lot.pk], somebody, "虫害") == []
    with pytest.raises(PermissionDenied):
        correct(lot.pk, 0, somebody, "清点")
    assert (state(lot), counters(lot)) == ("listed", (1_000 * JIN, 0, 0))


def test_a_household_takes_its_own_off_sale_and_leaves_the_counting_to_its_officer() -> None:
    seller = a_person(Role.SELLER)
    lot = a_lot(household=a_household(user=seller))
    assert withdraw([lot.pk], seller, "自家留用") == [lot.pk]
    assert list_again([lot.pk], seller, "又卖") == []
    with pytest.raises(PermissionDenied):
        correct(lot.pk, 0, seller, "清点")


def test_an_officer_keeps_the_lots_of_the_own_village_alone() -> None:
    mine, theirs = a_lot(), a_lot()
    officer = an_officer(mine.village)
    assert withdraw([mine.pk, theirs.pk], officer, "虫害") == [mine.pk]
    assert correct(mine.pk, 10 * JIN, officer, "清点") == -990 * JIN
    with pytest.raises(PermissionDenied):
        correct(theirs.pk, 0, officer, "清点")


@pytest.mark.parametrize("why", ["", "  "])
def test_there_is_always_a_reason(why: str, official: User) -> None:
    lot = a_lot()
    for act in (lambda: withdraw([lot.pk], official, why), lambda: correct(lot.pk, 1, official, why)):
        with pytest.raises(ValueError, match="reason"):
            act()
    assert state(lot) == "listed"


def test_what_is_ordered_of_a_withdrawn_lot_is_still_handed_over(official: User) -> None:
    lot = a_lot()
    order = an_order(PayBy.ON_DELIVERY, lots=[lot], jin=10)
    withdraw([lot.pk], official, "虫害")
    accepted(order)
    assert counters(lot) == (1_000 * JIN, 0, 10 * JIN)
    assert_stock_adds_up()


class Counting(TestCase):
    @settings(max_examples=40)
    @given(
        start=st.integers(1, 50),
        reserved=st.integers(0, 50),
        counts=st.lists(st.integers(0, 80), min_size=1, max_size=4),
    )
    def test_after_a_count_what_was_counted_is_for_sale_and_promises_are_kept(
        self, start: int, reserved: int, counts: list[int]
    ) -> None:
        lot, by = saplings(start), a_person(Role.OFFICIAL)
        promised = min(start, reserved)
        if promised:
            an_order(lots=[lot], quantity=promised)
        free = start - promised
        for left in counts:
            assert correct(lot.pk, left, by, "清点") == left - free
            free = left
            assert counters(lot) == (free + promised, promised, 0)
        assert_stock_adds_up()


def test_a_count_says_who_and_why_and_counts_once(official: User) -> None:
    lot = a_lot()
    assert correct(lot.pk, 900 * JIN, official, "雨后清点", "a") == -100 * JIN
    an_order(lots=[lot], jin=10)
    assert correct(lot.pk, 900 * JIN, official, "雨后清点", "a") == 0
    move = StockMovement.objects.get(kind="adjust")
    assert (move.listed, move.by, move.reference) == (-100 * JIN, official, "雨后清点")


@pytest.mark.parametrize("left", [-1, MAX_QUANTITY + 1, MAX_QUANTITY])
def test_a_count_beyond_sense_is_refused(left: int, official: User) -> None:
    lot = a_lot()
    an_order(lots=[lot], jin=10)
    with pytest.raises(ValueError, match="no quantity"):
        correct(lot.pk, left, official, "清点")
    assert_stock_adds_up()


@pytest.mark.django_db(transaction=True)
def test_two_who_withdraw_the_same_lots_at_once_withdraw_each_once(official: User) -> None:
    lots = [a_lot().pk for _ in range(4)]
    told = at_once([lambda: withdraw(lots, official, "虫害"), lambda: withdraw(lots[::-1], official, "虫害")])
    assert sorted(map(len, told)) == [0, 4], told
    assert LotTransition.objects.count() == 4


def test_a_withdrawn_lot_is_gone_from_the_pages_that_are_kept_at_once(client: Client, official: User) -> None:
    lot = a_lot()
    address = f"/shop/{lot.slug}/"
    pages = ("/shop/", "/", "/shop/?q=tudou")
    for page in pages:
        assert address in client.get(page).content.decode(), page
        assert address in client.get(page).content.decode(), page
    add = f'name="lot" value="{lot.pk}"'
    client.get(address)
    offer = client.get(address).content.decode()
    withdraw([lot.pk], official, "虫害")
    for page in pages:
        assert address not in client.get(page).content.decode(), page
    after = client.get(address)
    assert after.content.decode() != offer
    assert add not in after.content.decode()
