"""Many at the same moment, in real threads on a real database: nobody gets what is not there, nobody gets an error."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections import Counter
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from farmers.ledger.models import Entry
from farmers.stock.models import Lot
from marketplace.access.models import Role, User
from shop.basket.models import Basket, BasketLine
from shop.orders.accept import accept, give_back
from shop.orders.cancel import cancel, release_lapsed
from shop.orders.dispatch import dispatch
from shop.orders.models import Consignment, Order, OrderLine, PayBy, State, Weighing
from shop.orders.place import Change, NotAsShown, place
from shop.orders.transitions import NotAllowed
from shop.orders.weigh import Reading, weigh
from tests.makers import (
    ADDRESS,
    DELIVERY,
    JIN,
    PHONE,
    a_lot,
    a_person,
    an_order,
    assert_stock_adds_up,
    at_once,
    counters,
    paid_by_card,
    saplings,
    sent_off,
    signed_in,
    wanted,
)

pytestmark = pytest.mark.django_db(transaction=True)


def crowd() -> int:
    """How many come at once: as many as each database is meant to serve."""
    return 50 if connection.vendor == "postgresql" else 8


def at_checkout(buyer: User, lot: Lot, amount: str = "1") -> tuple[Client, dict[str, str]]:
    """A buyer with the lot in the basket, and the filled-in form of the checkout page."""
    client = signed_in(buyer)
    assert client.post(f"/basket/add/{lot.pk}/", {"amount": amount}).status_code == 302
    page = client.get("/checkout/")
    return client, {
        "offer": page.context["offer"],
        "recipient": "王小明",
        "phone": PHONE,
        "way": "address",
        "address": ADDRESS,
        "pay_by": PayBy.ON_DELIVERY.value,
    }


def buying(
    lots: list[Lot], quantity: int = 10 * JIN, pay_by: PayBy = PayBy.ON_DELIVERY
) -> Callable[[], Order]:
    """A person about to place an order of the lots."""
    buyer, lines = a_person(), wanted(lots, quantity)
    return lambda: place(buyer, uuid.uuid4(), lines, pay_by, DELIVERY)


def test_two_buyers_never_share_the_last_jin() -> None:
    lot = a_lot(jin=1)
    told = at_once([buying([lot], JIN) for _ in range(2)])
    lost = [one for one in told if isinstance(one, NotAsShown)]
    assert [type(one) for one in told if one not in lost] == [Order]
    assert [problem.change for one in lost for problem in one.problems] == [Change.STOCK]
    assert counters(lot) == (JIN, JIN, 0)
    assert_stock_adds_up()


def test_of_a_crowd_at_the_checkout_ten_get_the_ten_trees_and_the_others_are_told() -> None:
    size = crowd()
    trees = saplings(min(10, size - 3))
    count = trees.listed
    forms = [at_checkout(a_person(), trees) for _ in range(size)]
    answers = at_once([lambda pair=pair: pair[0].post("/checkout/", pair[1]) for pair in forms])
    assert Counter(getattr(answer, "status_code", answer) for answer in answers) == {
        302: count,
        409: size - count,
    }
    assert counters(trees) == (count, count, 0)
    assert Order.objects.count() == OrderLine.objects.count() == count
    # who missed keeps the basket, and reads what changed beside it
    assert BasketLine.objects.count() == size - count
    missed = next(answer for answer in answers if answer.status_code == 409)
    assert [row.change for row in missed.context["rows"]] == [Change.STOCK]
    assert_stock_adds_up()


def test_of_a_crowd_at_the_verb_as_many_win_as_there_are_trees() -> None:
    size = crowd()
    trees = saplings(min(10, size - 3))
    count = trees.listed
    told = at_once([buying([trees], 1, PayBy.ONLINE) for _ in range(size)])
    assert Counter(type(one) for one in told) == {Order: count, NotAsShown: size - count}
    assert counters(trees) == (count, count, 0)
    assert_stock_adds_up()


def test_a_form_sent_several_times_at_once_is_one_order() -> None:
    """Also when there is only enough for it once."""
    trees = saplings(3)
    client, form = at_checkout(a_person(), trees, "3")
    cookies = client.cookies.output(header="", sep=";")

    def send() -> Any:
        return Client(headers={"cookie": cookies}).post("/checkout/", form)

    answers = at_once([send] * 6)
    assert [getattr(answer, "status_code", answer) for answer in answers] == [302] * 6
    assert len({answer.url for answer in answers}) == 1
    assert Order.objects.count() == 1
    assert counters(trees) == (3, 3, 0)


def test_orders_over_the_same_lots_in_opposite_order_do_not_lock_each_other_out() -> None:
    lots = [a_lot() for _ in range(4)]
    told = at_once([buying(lots[:: 1 if turn % 2 else -1]) for turn in range(crowd() // 2)])
    assert {type(one) for one in told} == {Order}, told
    assert_stock_adds_up()


def test_accepting_short_and_in_full_at_once_do_not_lock_each_other_out() -> None:
    """One order misses the lot that the other gets in full, and the other way round."""
    lots = [a_lot(), a_lot()]
    for _round in range(5):
        orders = [sent_off(an_order(PayBy.ON_DELIVERY, lots=lots)) for _ in range(4)]
        acts = []
        for turn, order in enumerate(orders):
            first, second = order.lines.order_by("lot")
            gone, there = (first, second) if turn % 2 else (second, first)
            acts.append(
                lambda order=order, got={gone.pk: 0, there.pk: there.quantity}: accept(
                    order.pk, got, order.buyer
                )
            )
        acts += [buying(lots, 3) for _ in range(2)]
        told = at_once(acts)
        assert {type(one) for one in told} == {Order}, told
    assert_stock_adds_up()


def test_the_same_acceptance_at_once_posts_once() -> None:
    order = sent_off(an_order(PayBy.ON_DELIVERY))
    got = {line.pk: line.quantity - JIN for line in order.lines.all()}
    told = at_once([lambda: accept(order.pk, got, order.buyer)] * 5)
    assert {type(one) for one in told} == {Order}, told
    assert Entry.objects.count() == 2
    assert order.transitions.filter(to_state=State.ACCEPTED).count() == 1
    assert_stock_adds_up()


def test_two_different_acceptances_at_once_are_one_of_them() -> None:
    order = sent_off(an_order(PayBy.ON_DELIVERY, lots=[a_lot()]))
    line = order.lines.get()
    told = at_once(
        [
            lambda less=less: accept(order.pk, {line.pk: line.quantity - less}, order.buyer)
            for less in range(4)
        ]
    )
    assert Counter(type(one) for one in told) == {Order: 1, NotAllowed: 3}
    line.refresh_from_db()
    assert Entry.objects.get().quantity == line.accepted_quantity
    assert_stock_adds_up()


def test_the_same_weighing_at_once_posts_once() -> None:
    order = sent_off(an_order(PayBy.ON_DELIVERY))
    got = {line.pk: Reading(line.quantity, JIN, "烂了") for line in order.lines.all()}
    told = at_once([lambda: weigh(order.pk, got, order.buyer, receiver="赵师傅")] * 5)
    assert {type(one) for one in told} == {Order}, told
    assert (Entry.objects.count(), Weighing.objects.count()) == (2, 2)
    assert order.tracking.filter(kind="accepted").count() == 1
    assert_stock_adds_up()


def test_two_different_weighings_at_once_are_one_of_them() -> None:
    """Even where both come to the same to pay."""
    order = sent_off(an_order(PayBy.ON_DELIVERY, lots=[a_lot()]))
    line = order.lines.get()
    told = at_once(
        [
            lambda more=more: weigh(
                order.pk, {line.pk: Reading(line.quantity + more)}, order.buyer, receiver="赵师傅"
            )
            for more in range(4)
        ]
    )
    assert Counter(type(one) for one in told) == {Order: 1, NotAllowed: 3}
    assert Entry.objects.get().quantity == line.quantity
    assert_stock_adds_up()


def test_goods_sent_off_in_two_windows_keep_one_word_on_what_left() -> None:
    order = an_order(PayBy.ON_DELIVERY, lots=[a_lot()])
    line, officer = order.lines.get(), a_person(Role.OFFICER)
    told = at_once(
        [
            lambda less=less: dispatch(line.consignment_id, officer, "", {line.pk: line.quantity - less})
            for less in range(4)
        ]
    )
    assert {type(one) for one in told} == {Consignment}, told
    assert Weighing.objects.count() == order.tracking.filter(kind="dispatched").count() == 1


def test_a_return_recorded_in_two_windows_is_one_return() -> None:
    order = sent_off(an_order(PayBy.ON_DELIVERY, lots=[a_lot()]))
    line = order.lines.get()
    accept(order.pk, {line.pk: line.quantity}, order.buyer)
    official = a_person(Role.OFFICIAL)
    told = at_once(
        [lambda: give_back(line.pk, JIN, returned_before=0, sound=True, reason="发芽", by=official)] * 3
    )
    assert Counter(type(one) for one in told) == {OrderLine: 1, NotAllowed: 2}
    assert Entry.objects.count() == 2
    assert_stock_adds_up()


def test_money_and_a_cancellation_at_once_never_leave_stock_or_money_in_between() -> None:
    for _round in range(4):
        order = an_order()
        at_once(
            [
                lambda order=order: paid_by_card(order.pk, order.total_fen),
                lambda order=order: cancel(order.pk, order.buyer, "changed my mind"),
            ]
        )
        order.refresh_from_db()
        # whichever came first, the buyer's cancelling holds, and the money shows as to give back
        assert order.state == State.CANCELLED
        assert order.overpaid_fen == order.total_fen
    assert not Lot.objects.filter(reserved__gt=0).exists()
    assert_stock_adds_up()


def test_sending_off_and_cancelling_at_once_is_one_of_them() -> None:
    order = an_order(PayBy.ON_DELIVERY, lots=[a_lot()])
    consignment, officer = order.consignments.get(), a_person(Role.OFFICER)
    told = at_once(
        [lambda: dispatch(consignment.pk, officer), lambda: cancel(order.pk, order.buyer, "too late?")]
    )
    assert sum(isinstance(one, NotAllowed) for one in told) == 1, told
    order.refresh_from_db()
    assert order.state in {State.DISPATCHED, State.CANCELLED}
    assert_stock_adds_up()


def test_a_lapsed_order_is_let_go_once_however_many_look() -> None:
    orders = [an_order() for _ in range(3)]
    later = timezone.now() + dt.timedelta(hours=1)
    told = at_once([lambda: release_lapsed(later)] * 5)
    assert sum(told) == 3
    assert Order.objects.filter(state=State.EXPIRED).count() == len(orders)
    assert not Lot.objects.filter(reserved__gt=0).exists()
    assert_stock_adds_up()


def test_two_first_clicks_at_once_end_in_one_basket() -> None:
    buyer, lots = a_person(), [a_lot() for _ in range(5)]
    clients = [signed_in(buyer) for _ in lots]
    answers = at_once(
        [
            lambda client=client, lot=lot: client.post(f"/basket/add/{lot.pk}/", {"amount": "2"})
            for client, lot in zip(clients, lots, strict=True)
        ]
    )
    assert [getattr(answer, "status_code", answer) for answer in answers] == [302] * 5
    assert set(Basket.objects.get().lines.values_list("lot", flat=True)) == {lot.pk for lot in lots}


def test_the_same_click_twice_is_one_line() -> None:
    buyer, lot = a_person(), a_lot()
    clients = [signed_in(buyer) for _ in range(4)]
    answers = at_once(
        [lambda client=client: client.post(f"/basket/add/{lot.pk}/", {"amount": "2"}) for client in clients]
    )
    assert [getattr(answer, "status_code", answer) for answer in answers] == [302] * 4
    assert BasketLine.objects.get().quantity == 2 * JIN


def test_signing_in_with_a_guests_basket_and_buying_do_not_lock_each_other_out() -> None:
    """The merge writes lines for lots in one order while orders lock them in another."""
    from shop.basket.hold import merge

    lots = [a_lot() for _ in range(6)]
    acts: list[Any] = []
    for _turn in range(6):
        guest = Basket.objects.create()
        BasketLine.objects.bulk_create(
            BasketLine(basket=guest, lot=lot, quantity=JIN, seen_price_fen=1) for lot in reversed(lots)
        )
        buyer = a_person()
        acts.append(lambda token=guest.token, buyer=buyer: merge(token, buyer.pk))
        acts.append(buying(lots))
    told = at_once(acts)
    assert {type(one) for one in told} == {int, Order}, told


def test_who_comes_while_somebody_writes_for_long_waits_and_is_served() -> None:
    """SQLite has one writer at a time: a busy database is waited for, never an error."""
    lot = a_lot()
    client, form = at_checkout(a_person(), lot)
    writing, done = Event(), Event()

    def long_load() -> None:
        with transaction.atomic():
            a_lot()
            writing.set()
            time.sleep(2)
            done.set()

    def buy() -> tuple[int, bool]:
        writing.wait(10)
        return client.post("/checkout/", form).status_code, done.is_set()

    (status, waited) = at_once([long_load, buy])[1]
    assert status == 302
    assert waited or connection.vendor == "postgresql"
    assert_stock_adds_up()
