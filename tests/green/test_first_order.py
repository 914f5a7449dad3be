"""A nursery firm sees saplings of marked households first, and orders them with the day on which they are lifted."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from farmers.ledger.kinds import Channel
from farmers.ledger.models import Entry
from farmers.stock.models import Lot
from marketplace.access.models import Role, User
from marketplace.days import today
from shop.buyers.models import BuyerOrganisation, Duty
from shop.green.first import MOST_DAYS, order_first
from shop.orders.accept import accept
from shop.orders.models import Order
from shop.orders.place import NotAsShown
from tests.green.test_first_look import a_marked_household
from tests.makers import (
    a_person,
    an_organisation,
    assert_stock_adds_up,
    at_once,
    counters,
    saplings,
    sent_off,
    signed_in,
)

pytestmark = pytest.mark.django_db
LIST = reverse("green:first")
SOON = dt.timedelta(days=5)


def a_buyer(**facts: Any) -> User:
    user = a_person(Role.NURSERY)
    an_organisation(duties={user: [Duty.Kind.RECEIVER]}, kind=BuyerOrganisation.Kind.NURSERY, **facts)
    return user


@pytest.fixture
def buyer() -> User:
    return a_buyer()


@pytest.fixture
def lot() -> Lot:
    return saplings(household=a_marked_household())


def form(lot: Lot, **changed: Any) -> dict[str, Any]:
    facts = {"quantity": 20, "lifted_on": today() + SOON, "phone": "13900000001"}
    return {"key": uuid.uuid4(), "price_fen": lot.price_fen, **facts, **changed}


def test_from_the_first_look_to_the_ledger(buyer: User, lot: Lot) -> None:
    client, address = signed_in(buyer), reverse("green:one", args=[lot.slug])
    assert address in client.get(LIST).content.decode()
    assert Client().get(reverse("shop:listing")).content.decode().count(lot.slug) == 0
    answer = client.post(address, form(lot))
    order = Order.objects.get()
    assert answer.url == order.get_absolute_url()  # type: ignore[attr-defined]
    assert (order.channel, order.wanted_on, order.pay_by) == (Channel.GREEN, today() + SOON, "on_account")
    sent_off(order)
    line = order.lines.get()
    accept(order.pk, {line.pk: 18}, buyer)
    entry = Entry.objects.get()
    assert (entry.channel, entry.quantity, entry.is_sapling) == ("green", 18, True)
    assert_stock_adds_up()


def test_sent_twice_it_is_one_order(buyer: User, lot: Lot) -> None:
    client, sent = signed_in(buyer), form(lot)
    address = reverse("green:one", args=[lot.slug])
    assert client.post(address, sent).url == client.post(address, sent).url  # type: ignore[attr-defined]
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity", 0),
        ("quantity", 10**9),
        ("quantity", "viele"),
        ("lifted_on", "2020-01-01"),
        ("lifted_on", today() + dt.timedelta(days=MOST_DAYS + 1)),
        ("lifted_on", ""),
        ("phone", "123"),
        ("price_fen", 1),
        ("key", "x"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_ordered(buyer: User, lot: Lot, field: str, value: Any) -> None:
    answer = signed_in(buyer).post(reverse("green:one", args=[lot.slug]), form(lot, **{field: value}))
    assert answer.status_code == 422
    assert not Order.objects.exists()
    assert counters(lot)[1] == 0


def test_nobody_else_comes_before_everybody(lot: Lot) -> None:
    address = reverse("green:one", args=[lot.slug])
    canteen = a_person(Role.CANTEEN)
    an_organisation(canteen)
    firmless = a_person(Role.NURSERY)
    for user in (canteen, firmless, a_person(Role.CITIZEN), a_person(Role.SELLER), a_person(Role.OFFICIAL)):
        client = signed_in(user)
        assert client.get(LIST).status_code == client.get(address).status_code == 403
        assert client.post(address, form(lot)).status_code == 403
        with pytest.raises(PermissionDenied):
            order_first(lot, 1, today(), "13900000001", uuid.uuid4(), user)
    assert Client().get(LIST).status_code == 302
    assert not Order.objects.exists()


def test_what_everybody_may_have_is_in_the_shop_and_not_here(buyer: User) -> None:
    lot = saplings()
    client = signed_in(buyer)
    assert lot.slug not in client.get(LIST).content.decode()
    assert lot.slug in client.get(f"{LIST}?all=1").content.decode()
    address = reverse("green:one", args=[lot.slug])
    shown = client.get(address).content.decode()
    assert lot.get_absolute_url() in shown, "it is ordered in the shop"
    assert 'name="lifted_on"' not in shown
    assert client.post(address, form(lot)).status_code == 404
    assert not Order.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_firms_never_share_the_last_saplings() -> None:
    lot = saplings(household=a_marked_household())
    first, second = a_buyer(), a_buyer()
    most = lot.available * 2 // 3
    came = at_once(
        [
            lambda: order_first(lot, most, today() + SOON, "13900000001", uuid.uuid4(), first),
            lambda: order_first(lot, most, today() + SOON, "13900000001", uuid.uuid4(), second),
        ]
    )
    assert sum(isinstance(each, Order) for each in came) == 1
    assert sum(isinstance(each, NotAsShown) for each in came) == 1
    assert_stock_adds_up()


@pytest.mark.parametrize("lots", [2, 25])
def test_the_list_costs_the_same_for_few_and_for_many(buyer: User, lots: int, query_budget: Any) -> None:
    for _ in range(lots):
        saplings(household=a_marked_household())
    client = signed_in(buyer)
    client.get(LIST)
    with query_budget(8):
        client.get(LIST)
