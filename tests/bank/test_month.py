"""A month is closed on one page: all that is open with its sum, and goods and money that add up to the fen."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from farmers.ledger.models import Entry
from farmers.ledger.verify import verify
from marketplace.access.models import Role, User
from shop.bank.match import set_aside
from shop.bank.models import BankLine, ClosedMonth
from shop.bank.month import CannotClose, Month, close_month, month
from shop.bank.settle import settle_sure
from shop.orders.accept import accept
from shop.orders.models import Order, PayBy
from shop.payments import door
from shop.payments.books import books
from shop.payments.models import Payment, Transfer
from shop.payments.receive import collect_cash, give_back
from shop.payments.statements import issue
from tests.makers import a_household, a_person, a_village, accepted, an_officer, an_order, sent_off, signed_in
from tests.payments.account import JULY, JUNE, a_canteen, at, bought, fresh_lot, june, paid, took_back

from .files import Came, a_file, a_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def cashier() -> User:
    return a_person(Role.CASHIER)


def open_of(now: Month) -> dict[str, tuple[int, int]]:
    return {item.key: (item.number, item.fen) for item in now.open}


def on_delivery(jin: int = 10) -> Order:
    return accepted(an_order(PayBy.ON_DELIVERY, lots=[fresh_lot()], jin=jin))


def test_an_empty_month_has_nothing_open(cashier: User) -> None:
    with at(7, 5):
        now = month(JUNE)
        assert (now.open, now.goods, now.money, now.sold_fen) == ([], [], [], 0)
        close_month(JUNE, "", cashier)
    assert ClosedMonth.objects.get().figures["sold_fen"] == 0


def test_each_thing_that_is_open_is_told_with_its_sum_until_it_is_done(cashier: User) -> None:
    unit, buyer = a_canteen()
    village = a_village()
    officer = an_officer(village)
    with at(6, 3):
        bought(unit, buyer)
        unpaid = on_delivery()
        lot = fresh_lot(household=a_household(village))
        at_door = accepted(an_order(PayBy.ON_DELIVERY, lots=[lot], jin=5))
        on_the_way = sent_off(an_order(PayBy.ON_DELIVERY, lots=[fresh_lot()], jin=1), delivered=True)
        door.collect(at_door.pk, 600, officer, uuid.uuid4())
    with at(6, 30):
        line = a_line(Came(77, "利息", day="2026-06-29"), by=cashier)
    with at(7, 2):
        assert open_of(month(JUNE)) == {
            "collect": (1, 1200),
            "delivered": (1, 120),
            "untold": (1, 1200),
            "hand": (1, 600),
            "new": (1, 77),
        }
        issue(unit.pk, JUNE)
        assert open_of(month(JUNE))["due"] == (1, 1200)
        named = {
            item.key: [(row.number, row.fen) for row in item.rows] for item in month(JUNE).open if item.rows
        }
        assert named == {
            "due": [(unit.statements.get().number, 1200)],
            "delivered": [(on_the_way.number, 120)],
        }
        collect_cash(unpaid, 1200, "R-1", cashier)
        taken = [payment.pk for payment in door.in_hand()]
        door.hand_in(officer.pk, taken, 600, "H-1", cashier, uuid.uuid4())
        set_aside(line.pk, "利息", cashier)
        transfer = paid(unit, 1300)
        assert open_of(month(JUNE)) == {"delivered": (1, 120)}, "the transfer came in July"
        july = open_of(month(JULY))
        assert (july["credit"], july["by_hand"]) == ((1, 100), (1, 1300))
        a_file(Came(1300, serial="B-1", day="2026-07-02"))
        settle_sure(cashier)
        assert "by_hand" not in open_of(month(JULY))
        on_the_way.refresh_from_db()
        line_of = on_the_way.lines.get()
        accept(on_the_way.pk, {line_of.pk: line_of.quantity}, on_the_way.buyer)
        collect_cash(on_the_way, 120, "R-2", cashier)
        assert not month(JUNE).open
    assert transfer.left_fen == 100


def test_goods_and_money_add_up_to_the_fen(cashier: User) -> None:
    unit, buyer = a_canteen()
    with at(6, 3):
        first = bought(unit, buyer, jin=7)
        bought(unit, buyer, jin=3, lines=2)
        cash = on_delivery(9)
        collect_cash(cash, 500, "R-1", cashier)
    with at(6, 20):
        took_back(first, jin=2)
    june(unit)
    with at(7, 3):
        paid(unit, 900)
        took_back(first)
        collect_cash(cash, 580, "R-2", cashier)
        over = on_delivery(4)
        collect_cash(over, 480, "R-3", cashier)
        took_back(over, jin=1)
        give_back(over, 120, "T-1", cashier, provider=Payment.Provider.CASH)
    with at(8, 2):
        months = [month(JUNE), month(JULY)]
        for now in months:
            sold = Entry.objects.filter(day__year=2026, day__month=now.first.month)
            assert now.sold_fen - now.taken_back_fen == sold.aggregate(fen=Sum("amount_fen"))["fen"]
            for row in now.goods:
                assert row.worth_fen == row.paid_fen + row.due_fen
            assert now.goods_sum.worth_fen == sum(row.worth_fen for row in now.goods)
            assert not now.stopped
        assert sum(now.money_sum.came_fen for now in months) == books().received == 500 + 900 + 580 + 480
        assert sum(now.money_sum.back_fen for now in months) == books().given_back == 120
        assert [row.kept_fen for row in months[1].money] == [580 + 480 - 120, 900]
        assert months[0].goods_sum.orders == 3


def test_money_is_of_the_month_in_which_it_moved_whenever_it_was_written_down(cashier: User) -> None:
    """By the accounts; payments and refunds are their check, in the closing and in `verify_ledger`."""
    unit, buyer = a_canteen()
    with at(6, 3):
        bought(unit, buyer)
        first = on_delivery()
        payment = collect_cash(first, 1200, "R-1", cashier)
    june(unit)
    with at(7, 2):
        a_file(Came(1200, f"货款{unit.statements.get().number}", serial="B-1", day="2026-06-30"))
        assert settle_sure(cashier).lines == 1
        now = month(JUNE)
        assert [(row.number, row.came_fen, row.back_fen) for row in now.money] == [(1, 1200, 0), (1, 1200, 0)]
        late = on_delivery()
        a_file(Came(1200, late.number, serial="B-2", day="2026-06-30"), opening=100_012_00)
        assert settle_sure(cashier).lines == 1
        assert [(row.number, row.came_fen) for row in month(JUNE).money] == [(1, 1200), (2, 2400)]
        assert (month(JULY).money, verify().ok) == ([], True)
        Payment.objects.filter(pk=payment.pk).update(paid_at=timezone.now())
        assert open_of(month(JUNE)) == {"money": (1, 1200)}
        with pytest.raises(CannotClose):
            close_month(JUNE, "差一笔", cashier)
        assert "2026-06" in verify().first_bad.reason  # type: ignore[union-attr]


def test_a_difference_stops_the_closing(cashier: User) -> None:
    with at(6, 3):
        order = on_delivery()
        collect_cash(order, 1200, "R-1", cashier)
    with at(7, 2):
        assert not month(JUNE).open
        Order.objects.filter(pk=order.pk).update(paid_fen=1199)
        assert open_of(month(JUNE)) == {"books": (1, 1), "collect": (1, 1)}
        with pytest.raises(CannotClose):
            close_month(JUNE, "差一分，先关", cashier)
        Order.objects.filter(pk=order.pk).update(paid_fen=1199, accepted_fen=1199)
        assert open_of(month(JUNE))["ledger"] == (1, 1)
        with pytest.raises(CannotClose):
            close_month(JUNE, "差一分，先关", cashier)
    assert not ClosedMonth.objects.exists()


def test_what_stays_open_is_said_in_words_and_a_closing_is_once(cashier: User) -> None:
    with at(6, 3):
        on_delivery()
    client = signed_in(cashier)
    with at(6, 30):
        assert client.post("/cashier/month/2026-06/close/").status_code == 409
    with at(7, 2):
        answer = client.post("/cashier/month/2026-06/close/", {"words": " "})
        assert answer.status_code == 422
        assert answer.context["form"].errors["words"]
        assert client.post("/cashier/month/2026-06/close/", {"words": "x" * 501}).status_code == 422
        assert not ClosedMonth.objects.exists()
        for words in ("下月收", "别的"):
            assert (
                client.post("/cashier/month/2026-06/close/", {"words": words}).url
                == "/cashier/month/2026-06/"
            )
        closed = ClosedMonth.objects.get()
        assert (closed.words, closed.by, closed.figures["items"]["collect"]) == ("下月收", cashier, [1, 1200])
        assert "下月收" in client.get("/cashier/month/2026-06/").content.decode()


def test_only_who_settles_closes() -> None:
    for role in set(Role) - {Role.CASHIER, Role.ADMIN}:
        with at(7, 2), pytest.raises(PermissionDenied):
            close_month(JUNE, "", a_person(role))


@pytest.mark.parametrize("name", ["2026-6", "2026-13", "x", "1999-01", "2026-06-01", "9999-12", "2026-09"])
def test_a_month_that_is_none_is_not_found(cashier: User, name: str) -> None:
    with at(8, 2):
        assert signed_in(cashier).get(f"/cashier/month/{name}/").status_code == 404


@pytest.mark.parametrize("orders", [2, 12])
def test_the_page_costs_the_same_with_many_orders(cashier: User, query_budget: Any, orders: int) -> None:
    units = [a_canteen() for _ in range(max(orders // 4, 1))]
    with at(6, 3):
        for number in range(orders):
            bought(*units[number % len(units)])
            collect_cash(on_delivery(), 100, f"R-{number}", cashier)
    for unit, _buyer in units:
        june(unit)
    with at(7, 3):
        a_file(*(Came(100 + n, serial=f"L{n}", day="2026-07-01") for n in range(orders)))
        paid(units[0][0], 100)
        client: Client = signed_in(cashier)
        with query_budget(36):
            page = client.get("/cashier/month/2026-06/")
    now = page.context["month"]
    assert now.goods_sum.orders == 2 * orders
    assert open_of(now)["collect"] == (orders, orders * 1100)
    assert BankLine.objects.count() == orders and Transfer.objects.count() == 1
