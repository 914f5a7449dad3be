"""`demo --orders N`: a last month of so many orders, all of whose money stands somewhere, left for the cashier to close."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from farmers.ledger.verify import verify
from farmers.payouts.models import PayoutRun
from marketplace.days import SHANGHAI, month_end, today
from marketplace.demo import fill as filling
from marketplace.demo import history
from shop.bank.models import BankLine
from shop.bank.month import month
from shop.bank.receive import fates, receive, take_in
from shop.bank.settle import settle_sure
from shop.orders.models import Order
from shop.payments import door
from shop.payments.models import Provider
from shop.payments.months import month_before

pytestmark = pytest.mark.django_db
ORDERS = 120
ASIDE = (
    "ask_in_bulk",
    "list_by_hand",
    "prepare_the_day",
    "publish",
    "say_and_wish",
    "talk_over_saplings",
    "tell_of_it",
    "watch_over",
)


def test_a_busy_month_is_left_to_the_cashier_with_the_banks_files_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: object
) -> None:
    # its past need not be long, and who is told and what is written of it is looked at elsewhere
    monkeypatch.setattr(history, "MONTHS", 3)
    for step in ASIDE:
        monkeypatch.setattr(filling, step, lambda *args: None)
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path, raising=False)
    city = filling.fill(orders=ORDERS)
    first, cashier = month_before(today()), city.users["cashier"]
    last = month_end(first)
    begin, end = (dt.datetime.combine(day, dt.time.min, SHANGHAI) for day in (first, last + dt.timedelta(1)))
    placed = Order.objects.filter(placed_at__gte=begin, placed_at__lt=end)
    assert placed.count() >= ORDERS
    assert set(placed.values_list("pay_by", flat=True)) == {"online", "on_delivery", "on_account"}
    assert verify().ok
    assert not PayoutRun.objects.filter(up_to__gte=first).exists(), "households wait for the month's money"
    assert not BankLine.objects.filter(day__gte=first).exists(), "the month's files are the cashier's to send"
    before = month(first)
    assert not before.stopped
    assert {item.key for item in before.open} >= {"collect", "back", "hand", "due", "delivered"}
    assert door.in_hand().exists()

    # every file is taken as it is, goes on from the one before, and most of it finds its own
    for path in sorted(tmp_path.glob("demo-bank/*.csv")):
        file = receive(path.name, path.read_bytes(), cashier)
        told = fates(file)
        assert (told.known, told.reading.bad) == ([], [])
        take_in(file.pk, cashier)
    settled = settle_sure(cashier, seconds=600)
    assert settled.lines > 0 < settled.left, "something is left for people"
    now = month(first)
    assert not now.stopped
    assert dict(before.bank)["in"] == (0, 0)
    assert now.bank["matched"][1] == next(
        row.came_fen for row in now.money if row.number and row.label == str(Provider.TRANSFER.label)
    )
    assert verify().ok
