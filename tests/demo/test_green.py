"""The demo's green channel: talks at each stage, by the accounts that people sign in with."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.access.models import User
from marketplace.days import today
from shop.basket.models import BasketLine
from shop.green.models import DayChange, Paper, Side, State, Step, Talk
from shop.orders.models import Order, OrderLine
from tests.demo_city import City
from tests.makers import assert_stock_adds_up

pytestmark = pytest.mark.django_db


def test_talks_stand_at_every_stage_that_people_meet(used_city: City) -> None:
    states = set(Talk.objects.values_list("state", flat=True))
    assert {State.ASKED, State.OFFERED, State.AGREED, State.WITHDRAWN} <= states
    offers = Talk.objects.filter(state=State.OFFERED)
    assert {talk.offer.side for talk in offers.select_related("offer") if talk.offer} == {
        Side.FIRM,
        Side.HOUSEHOLD,
    }
    assert Talk.objects.filter(held__gt=0).count() == 2
    assert DayChange.objects.get().state == "waiting"
    assert Paper.objects.exists()
    assert_stock_adds_up()


def test_the_accounts_find_what_waits_for_them(used_city: City) -> None:
    for name, address in (
        ("nursery", "green:talks"),
        ("seller", "green:seller_talks"),
        ("officer", "green:officer_talks"),
    ):
        client = Client()
        client.force_login(User.objects.get(username=name))
        shown = client.get(reverse(address)).content.decode()
        assert "badge-urgent" in shown, name


def test_what_is_for_firms_alone_is_in_nobody_s_basket_nor_order_but_theirs(used_city: City) -> None:
    early = {"lot__public_on__gt": today()}
    assert not BasketLine.objects.filter(**early).exists()
    assert not OrderLine.objects.filter(**early).exclude(order__channel="green").exists()


def test_nothing_was_said_after_the_demo_s_own_moment(used_city: City) -> None:
    assert not Step.objects.filter(at__gt=used_city.now).exists()
    assert not Order.objects.filter(placed_at__gt=used_city.now).exists()
