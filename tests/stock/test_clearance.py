"""Nothing spoils unseen: the clock, the daily round, and what was saved and lost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from farmers.stock import movements
from farmers.stock.clearance import (
    GRACE_DAYS,
    MOST_DAYS,
    begin,
    by_month,
    clock,
    danger_days,
    endangered,
    in_danger,
    mark_down,
    still_good,
    watch,
)
from farmers.stock.models import Lot, LotTransition, Product, Rescue, StockMovement
from farmers.stock.movements import Change
from farmers.stock.withdraw import withdraw
from marketplace.access.models import Role, User
from marketplace.days import today
from tests.makers import (
    JIN,
    a_household,
    a_lot,
    a_person,
    an_officer,
    assert_stock_adds_up,
    at_once,
    saplings,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def a_lot_with(days_left: int, jin: int = 100, **facts: Any) -> Lot:
    """Potatoes whose last day is so many days from now."""
    lot = a_lot(jin, **facts)
    Lot.objects.filter(pk=lot.pk).update(good_until=today() + days_left * DAY)
    lot.refresh_from_db()
    return lot


def dangerous(day: dt.date | None = None) -> list[Lot]:
    return list(Lot.objects.filter(in_danger(day or today())).order_by("pk"))


def sell(lot: Lot, jin: int) -> None:
    movements.reserve([Change(lot.pk, jin * JIN, "", f"r{lot.pk}")], None)
    movements.sell([Change(lot.pk, jin * JIN, "", f"s{lot.pk}")], None)


@given(shelf=st.integers(1, 400))
def test_danger_is_the_last_quarter_a_day_at_least_and_a_week_at_most(shelf: int) -> None:
    days = danger_days(shelf)
    assert 1 <= days <= MOST_DAYS
    assert days == MOST_DAYS or 4 * (days - 1) < shelf <= 4 * days


@given(shelf=st.integers(1, 400), left=st.integers(-5, 420), ahead=st.integers(0, 30))
def test_a_clock_runs_from_harvest_to_the_last_day(shelf: int, left: int, ahead: int) -> None:
    day = dt.date(2026, 4, 18)
    until = day + left * DAY
    told = clock(shelf, until, until - (shelf + ahead) * DAY, day)
    assert told is not None
    assert (told.days_left, told.over) == (left, left < 0)
    assert 0 <= told.share <= 100
    assert told.danger == (left < danger_days(shelf))
    assert not told.over or told.share == 100


def test_living_plants_have_no_clock() -> None:
    assert clock(None, None, None, today()) is None


@pytest.mark.parametrize("shelf", [1, 4, 5, 9, 24, 25, 28, 60, 200])
def test_the_database_says_of_many_what_the_clock_says_of_one(shelf: int) -> None:
    Product.objects.filter(slug="tudou").update(shelf_life_days=shelf)
    lots = [a_lot_with(left) for left in range(-1, MOST_DAYS + 2)]
    by_clock = [
        lot
        for lot in lots
        if (told := clock(shelf, lot.good_until, None, today())) and told.danger and not told.over
    ]
    assert dangerous() == by_clock


def test_what_is_sold_out_off_sale_or_kept_for_nurseries_only_later_is_no_danger_to_anybody() -> None:
    sold, off, plants = a_lot_with(0), a_lot_with(0), saplings()
    sell(sold, 100)
    withdraw([off.pk], a_person(Role.OFFICIAL), "虫害")
    assert plants.good_until is None
    assert dangerous() == []


def test_the_round_notes_each_lot_once_and_what_is_at_risk(django_capture_on_commit_callbacks: Any) -> None:
    near, far = a_lot_with(1), a_lot_with(90)
    assert watch().begun == [near.pk]
    assert watch().begun == []
    rescue = Rescue.objects.get()
    assert (rescue.lot, rescue.since, rescue.at_risk, rescue.ended_on) == (near, today(), 100 * JIN, None)
    assert not Rescue.objects.filter(lot=far).exists()


def test_what_is_sold_in_time_is_saved() -> None:
    lot = a_lot_with(1)
    watch()
    sell(lot, 100)
    assert watch().ended == 1
    rescue = Rescue.objects.get()
    assert (rescue.saved, rescue.lost, rescue.ended_on) == (100 * JIN, 0, today())


def test_what_nobody_bought_is_written_off_after_the_grace_and_counted_as_lost() -> None:
    lot = a_lot_with(1)
    watch()
    sell(lot, 30)
    last = today() + DAY
    assert watch(last + GRACE_DAYS * DAY).ended == 0
    assert watch(last + (GRACE_DAYS + 1) * DAY).ended == 1
    rescue = Rescue.objects.get()
    assert (rescue.saved, rescue.lost) == (30 * JIN, 70 * JIN)
    lot.refresh_from_db()
    assert lot.available == 0
    assert StockMovement.objects.get(lot=lot, kind="spoil").listed == -70 * JIN
    assert_stock_adds_up()


def test_what_is_promised_waits_for_its_scales() -> None:
    lot = a_lot_with(1)
    watch()
    movements.reserve([Change(lot.pk, 40 * JIN, "", "held")], None)
    later = today() + 10 * DAY
    assert watch(later).ended == 0
    movements.sell([Change(lot.pk, 40 * JIN, "", "sold")], None)
    assert watch(later).ended == 1
    rescue = Rescue.objects.get()
    assert (rescue.saved, rescue.lost) == (40 * JIN, 60 * JIN)


def test_what_was_taken_off_sale_is_neither_saved_nor_lost() -> None:
    lot = a_lot_with(1)
    watch()
    sell(lot, 10)
    withdraw([lot.pk], a_person(Role.OFFICIAL), "自家吃")
    assert watch().ended == 1
    rescue = Rescue.objects.get()
    assert (rescue.saved, rescue.lost) == (10 * JIN, 0)
    lot.refresh_from_db()
    assert lot.available == 90 * JIN


def test_a_lot_that_nobody_watched_in_time_is_still_counted() -> None:
    lot = a_lot_with(-GRACE_DAYS - 1)
    assert watch() == ([lot.pk], 1)
    assert Rescue.objects.get().lost == 100 * JIN


@pytest.mark.django_db(transaction=True)
def test_two_rounds_at_once_write_off_once() -> None:
    lots = [a_lot_with(-GRACE_DAYS - 1) for _ in range(5)]
    assert [each.ended for each in at_once([watch] * 4) if not isinstance(each, Exception)]
    assert Rescue.objects.filter(lost=100 * JIN).count() == 5
    assert StockMovement.objects.filter(kind="spoil").count() == len(lots)
    assert_stock_adds_up()


def test_the_command_says_what_it_did(capsys: Any) -> None:
    a_lot_with(0)
    call_command("watch_freshness")
    assert capsys.readouterr().out == "in danger: 1 more; ended: 0\n"


@pytest.fixture
def lot() -> Lot:
    return a_lot_with(1)


@pytest.fixture
def officer(lot: Lot) -> User:
    return an_officer(lot.village)


def test_an_officer_who_looked_says_that_it_keeps(lot: Lot, officer: User) -> None:
    until = today() + 9 * DAY
    assert still_good(lot.pk, until, officer, "冷库里，还硬")
    assert not still_good(lot.pk, until, officer, "冷库里，还硬")
    lot.refresh_from_db()
    assert lot.good_until == until
    note = LotTransition.objects.get()
    assert (note.by, note.to_state) == (officer, "listed")
    assert note.why.endswith("冷库里，还硬")
    assert dangerous() == []


@pytest.mark.parametrize(("days", "why"), [(0, "看过"), (-1, "看过"), (61, "看过"), (9, " ")])
def test_a_last_day_is_later_not_too_late_and_has_a_reason(
    lot: Lot, officer: User, days: int, why: str
) -> None:
    with pytest.raises(ValueError, match=r"day|reason"):
        still_good(lot.pk, today() + days * DAY, officer, why)
    lot.refresh_from_db()
    assert lot.good_until == today() + DAY


def test_a_price_goes_down_and_says_from_what(lot: Lot, officer: User) -> None:
    assert mark_down(lot.pk, 90, officer, "快坏了")
    assert not mark_down(lot.pk, 90, officer, "快坏了")
    lot.refresh_from_db()
    assert lot.price_fen == 90
    assert LotTransition.objects.get().why == "¥1.20 → ¥0.90: 快坏了"
    for wrong in (90 + 1, 0, -5):
        with pytest.raises(ValueError, match="lower"):
            mark_down(lot.pk, wrong, officer, "错")


def test_another_villages_lot_is_nobodys_business(lot: Lot) -> None:
    other = an_officer(a_household().village)
    assert list(endangered(other, today())) == []
    for act in (
        lambda: still_good(lot.pk, today() + 5 * DAY, other, "看过"),
        lambda: mark_down(lot.pk, 50, other, "快坏了"),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_the_months_add_up_and_keep_to_the_own_village(lot: Lot, officer: User) -> None:
    other = a_lot_with(-GRACE_DAYS - 1)
    begin(today())
    sell(lot, 100)
    watch()
    since = today().replace(day=1)
    city = by_month(a_person(Role.OFFICIAL), since)
    assert city == [(since, 2, 100 * JIN, 100 * JIN, 0, 0)]
    assert by_month(officer, since) == [(since, 1, 100 * JIN, 0, 0, 0)]
    assert other.village != lot.village
