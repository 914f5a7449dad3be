"""Stock: what is promised is there, and every change has its movement."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from farmers.stock import movements
from farmers.stock.models import MAX_QUANTITY, Lot, StockMovement
from farmers.stock.movements import Change, NotEnough
from marketplace.days import today
from tests.makers import JIN, a_lot, assert_stock_adds_up, counters, saplings

VERBS = ("reserve", "release", "sell", "lose_reserved", "take_back", "restock", "add", "remove")
_keys = (f"test:{number}" for number in itertools.count())


def change(lot: Lot, quantity: int, key: str | None = None) -> list[Change]:
    return [Change(lot.pk, quantity, "test", key or next(_keys))]


def after(verb: str, listed: int, reserved: int, sold: int, q: int) -> tuple[int, int, int]:
    """What the verb should make of the counters, told a second time and plainly."""
    return {
        "reserve": (listed, reserved + q, sold),
        "release": (listed, reserved - q, sold),
        "sell": (listed, reserved - q, sold + q),
        "lose_reserved": (listed - q, reserved - q, sold),
        "take_back": (listed - q, reserved, sold - q),
        "restock": (listed, reserved, sold - q),
        "add": (listed + q, reserved, sold),
        "remove": (listed - q, reserved, sold),
    }[verb]


class AnySequence(TestCase):
    @settings(max_examples=60)
    @given(
        start=st.integers(1, 40),
        steps=st.lists(st.tuples(st.sampled_from(VERBS), st.integers(1, 30)), max_size=25),
    )
    def test_any_sequence_of_movements_keeps_promises_within_what_is_there(
        self, start: int, steps: list[tuple[str, int]]
    ) -> None:
        lot = saplings(start)
        expected = (start, 0, 0)
        for verb, quantity in steps:
            wished = after(verb, *expected, quantity)
            listed, reserved, sold = wished
            possible = reserved >= 0 and sold >= 0 and reserved + sold <= listed
            if possible:
                getattr(movements, verb)(change(lot, quantity), None)
                expected = wished
            else:
                with pytest.raises(NotEnough):
                    getattr(movements, verb)(change(lot, quantity), None)
            assert counters(lot) == expected
        assert_stock_adds_up()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "counters",
    ["sold = 11", "reserved = 11", "sold = 6, reserved = 5", "sold = -1", "reserved = -1", "listed = -1"],
)
def test_the_table_itself_refuses_to_oversell(counters: str) -> None:
    lot = saplings(10)
    with (
        pytest.raises(IntegrityError, match="lot_never_oversold"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE stock_lot SET {counters} WHERE id = %s", [lot.pk])


@pytest.mark.django_db
def test_one_lot_that_misses_holds_none_of_them() -> None:
    plenty, scarce = saplings(100), saplings(3)
    with pytest.raises(NotEnough) as missed:
        movements.reserve(change(plenty, 4) + change(scarce, 4), None)
    assert missed.value.lot_id == scarce.pk
    assert (counters(plenty), counters(scarce)) == ((100, 0, 0), (3, 0, 0))
    assert_stock_adds_up()


@pytest.mark.django_db
def test_a_movement_with_a_known_key_happens_once() -> None:
    lot = saplings(10)
    movements.reserve(change(lot, 2, "once"), None)
    with pytest.raises(IntegrityError), transaction.atomic():
        movements.reserve(change(lot, 2, "once"), None)
    assert counters(lot) == (10, 2, 0)
    assert_stock_adds_up()


@pytest.mark.django_db
@pytest.mark.parametrize("quantity", [0, -1, -(10**30)])
def test_a_movement_moves_something(quantity: int) -> None:
    lot = saplings(10)
    with pytest.raises(ValueError, match="positive"):
        movements.reserve(change(lot, quantity), None)
    assert counters(lot) == (10, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("quantity", [MAX_QUANTITY + 1, 2**63 - 1, 2**63, 10**30])
def test_no_quantity_is_too_huge_to_be_refused(verb: str, quantity: int) -> None:
    lot = saplings(10)
    with pytest.raises((NotEnough, ValueError, DatabaseError)), transaction.atomic():
        getattr(movements, verb)(change(lot, quantity), None)
    assert counters(lot) == (10, 0, 0)
    assert_stock_adds_up()


@pytest.mark.django_db
def test_the_largest_lot_can_be_sold_to_the_last_gram() -> None:
    lot = a_lot(grams=MAX_QUANTITY)
    movements.reserve(change(lot, MAX_QUANTITY - 1), None)
    movements.reserve(change(lot, 1), None)
    movements.sell(change(lot, MAX_QUANTITY), None)
    assert counters(lot) == (MAX_QUANTITY, 0, MAX_QUANTITY)


@pytest.mark.django_db
def test_what_is_off_sale_or_past_its_day_cannot_be_reserved() -> None:
    withdrawn, old, last_day = a_lot(), a_lot(), a_lot()
    Lot.objects.filter(pk=withdrawn.pk).update(state=Lot.State.WITHDRAWN)
    Lot.objects.filter(pk=old.pk).update(good_until=today() - dt.timedelta(days=1))
    Lot.objects.filter(pk=last_day.pk).update(good_until=today())
    for lot in (withdrawn, old):
        with pytest.raises(NotEnough):
            movements.reserve(change(lot, JIN), None)
    movements.reserve(change(last_day, JIN), None)
    # what was promised before still goes its way
    movements.release(change(last_day, JIN), None)
    assert StockMovement.objects.filter(lot=last_day).count() == 3
