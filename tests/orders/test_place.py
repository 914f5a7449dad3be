"""Placing: what the buyer saw is what is bought, in one transaction, or nothing is."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from farmers.registry.models import Household
from farmers.stock.models import Category, Lot, Product
from marketplace.access.models import Role
from marketplace.days import today
from shop.basket.models import Basket, BasketLine
from shop.buyers.models import BuyerOrganisation
from shop.orders.models import Consignment, Order, OrderLine, PayBy, State, TrackingEvent, Transition
from shop.orders.place import PAYMENT_WINDOW, Change, NotAsShown, Problem, Wanted, place
from tests.makers import (
    DELIVERY,
    JIN,
    a_household,
    a_lot,
    a_person,
    a_village,
    an_order,
    an_organisation,
    assert_stock_adds_up,
    counters,
    saplings,
    wanted,
)

pytestmark = pytest.mark.django_db


def test_an_order_reserves_its_goods_and_leaves_village_by_village() -> None:
    here, there = a_village(), a_village("gaopeng")
    lots = [
        a_lot(household=a_household(here)),
        a_lot(household=a_household(here)),
        saplings(household=a_household(there)),
    ]
    lines = [Wanted(lots[0].pk, 10 * JIN, 120), Wanted(lots[1].pk, 333, 120), Wanted(lots[2].pk, 5, 3500)]
    buyer = a_person()
    order = place(buyer, uuid.uuid4(), lines, PayBy.ON_DELIVERY, DELIVERY)
    assert order.state == State.CONFIRMED
    assert order.total_fen == 1200 + 80 + 17500  # 0.666 jin at ¥1.20 is 79.92 fen
    assert [counters(lot)[1] for lot in lots] == [5000, 333, 5]
    assert sorted(order.consignments.values_list("village", "lines__lot")) == sorted(
        [(here.pk, lots[0].pk), (here.pk, lots[1].pk), (there.pk, lots[2].pk)]
    )
    assert list(order.transitions.values_list("from_state", "to_state", "by")) == [
        ("", "confirmed", buyer.pk)
    ]
    assert [event.kind for event in order.tracking.all()] == [TrackingEvent.Kind.PLACED]
    assert_stock_adds_up()


def test_a_card_order_holds_its_goods_for_half_an_hour() -> None:
    order = an_order(PayBy.ONLINE)
    assert order.state == State.AWAITING_PAYMENT
    assert order.reserved_until == order.placed_at + PAYMENT_WINDOW


def test_what_was_bought_leaves_the_basket_and_the_rest_stays() -> None:
    buyer, bought, kept = a_person(), a_lot(), a_lot()
    basket = Basket.objects.create(user=buyer)
    for lot in (bought, kept):
        BasketLine.objects.create(basket=basket, lot=lot, quantity=JIN, seen_price_fen=120)
    an_order(buyer=buyer, lots=[bought])
    assert [line.lot for line in basket.lines.all()] == [kept]


def test_the_same_form_twice_is_one_order() -> None:
    buyer, key, lots = a_person(), uuid.uuid4(), [a_lot()]
    first = place(buyer, key, wanted(lots), PayBy.ON_DELIVERY, DELIVERY)
    assert place(buyer, key, wanted(lots), PayBy.ON_DELIVERY, DELIVERY) == first
    assert counters(lots[0]) == (500_000, 5_000, 0)
    assert Order.objects.count() == 1


def test_a_form_that_somebody_else_sends_is_their_own_order() -> None:
    key, lots = uuid.uuid4(), [a_lot()]
    mine = place(a_person(), key, wanted(lots), PayBy.ON_DELIVERY, DELIVERY)
    theirs = place(a_person(), key, wanted(lots), PayBy.ON_DELIVERY, DELIVERY)
    assert mine != theirs
    assert mine.number != theirs.number


def test_all_that_changed_is_told_at_once_and_nothing_is_saved() -> None:
    dearer, short, gone, old, fine = a_lot(), a_lot(jin=9), a_lot(), a_lot(), a_lot()
    lines = [*wanted([dearer, short, gone, old, fine]), Wanted(999_999_999, JIN, 120)]
    Lot.objects.filter(pk=dearer.pk).update(price_fen=121)
    Lot.objects.filter(pk=gone.pk).update(state=Lot.State.WITHDRAWN)
    Lot.objects.filter(pk=old.pk).update(good_until=today() - dt.timedelta(days=1))
    with pytest.raises(NotAsShown) as told:
        place(a_person(), uuid.uuid4(), lines, PayBy.ON_DELIVERY, DELIVERY)
    assert told.value.problems == [
        Problem(dearer.pk, Change.PRICE, 121),
        Problem(short.pk, Change.STOCK, 9 * JIN),
        Problem(gone.pk, Change.GONE),
        Problem(old.pk, Change.GONE),
        Problem(999_999_999, Change.GONE),
    ]
    for table in (Order, OrderLine, Consignment, Transition, TrackingEvent):
        assert not table.objects.exists()
    assert_stock_adds_up()
    assert counters(fine) == (500_000, 0, 0)


@pytest.mark.parametrize("quantity", [0, -1, -(10**20)])
def test_an_order_line_has_a_quantity(quantity: int) -> None:
    lot = a_lot()
    with pytest.raises(ValueError, match="positive"):
        place(a_person(), uuid.uuid4(), [Wanted(lot.pk, quantity, 120)], PayBy.ON_DELIVERY, DELIVERY)
    assert not Order.objects.exists()


def test_an_amount_too_small_to_cost_a_fen_is_no_order() -> None:
    dear, cheap = a_lot(), a_lot(price_fen=120)
    # 2 grams at ¥1.20 for 500 are 0.48 fen, 3 grams 0.72
    for grams in (1, 2):
        with pytest.raises(NotAsShown) as told:
            place(
                a_person(),
                uuid.uuid4(),
                [*wanted([dear]), Wanted(cheap.pk, grams, 120)],
                PayBy.ON_DELIVERY,
                DELIVERY,
            )
        assert told.value.problems == [Problem(cheap.pk, Change.TOO_LITTLE)]
    assert not Order.objects.exists()
    assert an_order(lots=[cheap], quantity=3).total_fen == 1


@pytest.mark.parametrize(("table", "column"), [(Order, "total_fen"), (OrderLine, "amount_fen")])
def test_the_database_holds_no_order_for_nothing(table: Any, column: str) -> None:
    an_order()
    with pytest.raises(IntegrityError), transaction.atomic():
        table._default_manager.update(**{column: 0})


def test_a_huge_quantity_is_told_as_too_little_stock() -> None:
    lot = a_lot()
    with pytest.raises(NotAsShown) as told:
        place(a_person(), uuid.uuid4(), [Wanted(lot.pk, 10**30, 120)], PayBy.ON_DELIVERY, DELIVERY)
    assert told.value.problems == [Problem(lot.pk, Change.STOCK, 500_000)]


def test_a_lot_named_twice_or_no_lot_or_too_many_is_no_order() -> None:
    lot = a_lot()
    for lines in ([], wanted([lot, lot]), [Wanted(number, 1, 1) for number in range(101)]):
        with pytest.raises(ValueError):
            place(a_person(), uuid.uuid4(), lines, PayBy.ON_DELIVERY, DELIVERY)


def test_later_edits_change_nothing_in_an_order() -> None:
    lot = a_lot(household=a_household(head_name="李国庆", consent_on=today()), grade="一级")
    order = an_order(lots=[lot])

    def told() -> list[dict[str, Any]]:
        return list(order.lines.values()) + list(order.consignments.values())

    before = told()
    line = order.lines.get()
    assert (line.product_name, line.product_name_en, line.category_name) == ("土豆", "Potato", "根茎菜")
    assert (line.household_name, line.grade, line.unit, line.price_fen) == ("李**", "一级", "jin", 120)
    Product.objects.filter(slug="tudou").update(
        name="新名", name_en="New name", slug="new", illustration="new"
    )
    Category.objects.filter(slug="roots").update(name="新类", name_en="New", slug="new", is_sapling=True)
    Household.objects.update(head_name="王某", consent_on=None)
    Lot.objects.update(price_fen=999, unit="kg", unit_size=1000, grade="二级")
    lot.village.name = "改名村"
    lot.village.save()
    assert told() == before
    order.refresh_from_db()
    assert order.total_fen == 1200


def test_a_household_that_did_not_consent_is_not_named() -> None:
    order = an_order(lots=[a_lot(household=a_household(head_name="李国庆"))])
    assert order.lines.get().household_name == ""


@pytest.mark.parametrize(
    ("kind", "channel"), [("canteen", "canteen"), ("nursery", "green"), ("enterprise", "online")]
)
def test_a_units_order_goes_by_its_channel(kind: str, channel: str) -> None:
    buyer = a_person(Role.CANTEEN)
    unit = an_organisation(buyer, kind=BuyerOrganisation.Kind(kind))
    order = an_order(PayBy.ON_ACCOUNT, buyer=buyer, organisation=unit)
    assert (order.channel, order.buyer_kind, order.organisation) == (channel, kind, unit)


@pytest.mark.parametrize("pay_by", [PayBy.ON_ACCOUNT, PayBy.ON_DELIVERY])
def test_nobody_buys_for_a_unit_that_is_not_theirs(pay_by: PayBy) -> None:
    theirs = an_organisation(a_person(Role.CANTEEN))
    mine = a_person(Role.CANTEEN)
    an_organisation(mine)
    with pytest.raises(PermissionDenied):
        an_order(pay_by, buyer=mine, organisation=theirs)
    assert not Order.objects.exists()


def test_on_account_is_bought_by_units_that_may_and_by_whom_they_trust_with_it() -> None:
    buyer, resident = a_person(Role.CANTEEN), a_person(Role.CITIZEN)
    with pytest.raises(ValueError, match="unit"):
        an_order(PayBy.ON_ACCOUNT, buyer=buyer)
    without = an_organisation(buyer, on_account=False)
    trusted = an_organisation(resident)
    for who, unit in ((buyer, without), (resident, trusted)):
        with pytest.raises(PermissionDenied):
            an_order(PayBy.ON_ACCOUNT, buyer=who, organisation=unit)
        assert an_order(PayBy.ON_DELIVERY, buyer=who, organisation=unit).organisation == unit


def test_goods_held_by_an_order_that_lapsed_go_to_who_wants_them() -> None:
    lot = a_lot(jin=10)
    lapsed = an_order(PayBy.ONLINE, lots=[lot])
    with pytest.raises(NotAsShown):
        an_order(lots=[lot])
    Order.objects.update(reserved_until=lapsed.placed_at - dt.timedelta(seconds=1))
    order = an_order(PayBy.ON_DELIVERY, lots=[lot])
    lapsed.refresh_from_db()
    assert (lapsed.state, order.state) == (State.EXPIRED, State.CONFIRMED)
    assert counters(lot) == (5_000, 5_000, 0)
    assert_stock_adds_up()


def test_five_lines_cost_at_most_twenty_queries() -> None:
    lots = [a_lot() for _ in range(5)]
    buyer, lines = a_person(Role.CANTEEN), wanted(lots)
    unit = an_organisation(buyer)
    with CaptureQueriesContext(connection) as spent:
        place(buyer, uuid.uuid4(), lines, PayBy.ON_ACCOUNT, DELIVERY, unit)
    assert len(spent) <= 20, "\n".join(query["sql"][:150] for query in spent)
