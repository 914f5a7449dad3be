"""A statement is paid through a payment link: counted once for the unit, whatever becomes of the link."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.test import Client

from marketplace.access.models import Role
from shop.payments import refunds
from shop.payments.books import books
from shop.payments.models import PayLink, Payment, Statement, Transfer
from shop.payments.reconcile import reconcile
from tests.makers import a_person, signed_in
from tests.stripe_standin import StandIn

from .account import a_bookkeeper, a_canteen, at, bought, june, paid, standing
from .shop import deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement(stripe_standin: StandIn) -> Statement:
    """Of two orders in June, ¥24.00 in all."""
    unit, buyer = a_canteen()
    with at(6, 10):
        bought(unit, buyer)
        bought(unit, buyer)
    return june(unit)


def online(client: Client, statement: Statement) -> Any:
    return client.post(f"{statement.get_absolute_url()}online/")


def pays(standin: StandIn, link: PayLink) -> dict[str, Any]:
    return standin.sessions.pay(standin.links.visit(link.reference)["id"])


def test_the_bookkeeper_pays_and_the_statement_is_paid(statement: Statement, stripe_standin: StandIn) -> None:
    keeper = signed_in(a_bookkeeper(statement.organisation))
    assert "24.00" in keeper.get(statement.get_absolute_url()).content.decode()
    url = online(keeper, statement).url
    assert online(keeper, statement).url == url
    link = PayLink.objects.get()
    assert url == link.url == f"{stripe_standin.url}/l/{link.reference}"
    pays(stripe_standin, link)
    for _ in range(2):
        assert deliver(Client(), stripe_standin).status_code == 200
    deliver(Client(), stripe_standin, stripe_standin.post.events[-1] | {"id": "evt_again"})
    assert standing(statement).due_fen == 0
    transfer = Transfer.objects.get()
    assert (transfer.amount_fen, transfer.left_fen, transfer.provider) == (2400, 0, "stripe")
    assert [payment.intent for payment in Payment.objects.all()] == [transfer.intent] * 2
    told = books()
    assert (told.by_provider, told.difference) == ({"Stripe": 2400}, 0)
    assert PayLink.objects.get().state == PayLink.State.PAID
    assert "Nothing" not in online(keeper, statement).url


def test_a_link_takes_one_payment(statement: Statement, stripe_standin: StandIn) -> None:
    online(signed_in(a_bookkeeper(statement.organisation)), statement)
    link = PayLink.objects.get()
    pays(stripe_standin, link)
    with pytest.raises(Exception, match="no longer active"):
        pays(stripe_standin, link)


def test_when_less_is_due_the_old_link_is_closed_and_what_comes_there_is_credit(
    statement: Statement, stripe_standin: StandIn
) -> None:
    keeper = signed_in(a_bookkeeper(statement.organisation))
    online(keeper, statement)
    old = PayLink.objects.get()
    visit = stripe_standin.links.visit(old.reference)
    paid(statement.organisation, 1000)
    online(keeper, statement)
    new = PayLink.objects.get(state=PayLink.State.OPEN)
    assert new.amount_fen == 1400
    with pytest.raises(Exception, match="no longer active"):
        stripe_standin.links.visit(old.reference)
    stripe_standin.sessions.pay(visit["id"])
    deliver(Client(), stripe_standin)
    assert standing(statement).due_fen == 0
    assert Transfer.objects.get(provider="stripe").left_fen == 1000
    assert (books().to_match, books().difference) == (1000, 0)


def test_a_lost_word_of_a_link_is_heard_by_night(statement: Statement, stripe_standin: StandIn) -> None:
    online(signed_in(a_bookkeeper(statement.organisation)), statement)
    pays(stripe_standin, PayLink.objects.get())
    report = reconcile(statement.issued_at)
    assert (len(report.healed), report.listed, report.ours_fen) == (1, [], 2400)
    assert standing(statement).due_fen == 0
    assert reconcile(statement.issued_at).healed == []
    # on account nothing goes back by itself
    assert refunds.send_all() == 0


@pytest.mark.parametrize("sequence", list(itertools.permutations(range(2))), ids=str)
def test_money_on_its_way_is_understood_in_any_order(
    statement: Statement, stripe_standin: StandIn, sequence: tuple[int, ...]
) -> None:
    online(signed_in(a_bookkeeper(statement.organisation)), statement)
    session = stripe_standin.links.visit(PayLink.objects.get().reference)["id"]
    stripe_standin.sessions.delay(session)
    stripe_standin.sessions.settle(session, arrives=True)
    for index in sequence:
        deliver(Client(), stripe_standin, stripe_standin.post.events[index])
    assert standing(statement).due_fen == 0
    assert Transfer.objects.count() == 1


def test_the_cashier_makes_a_link_to_send_and_others_make_none(
    statement: Statement, stripe_standin: StandIn
) -> None:
    cashier = signed_in(Role.CASHIER)
    assert online(cashier, statement).url == f"{statement.get_absolute_url()}#pay"
    assert PayLink.objects.get().url in cashier.get(statement.get_absolute_url()).content.decode()
    assert online(signed_in(Role.OFFICIAL), statement).status_code == 403
    assert online(signed_in(a_person(Role.CANTEEN)), statement).status_code == 404
    other, _buyer = a_canteen()
    assert online(signed_in(a_bookkeeper(other)), statement).status_code == 404


@pytest.mark.parametrize("breakdown", [[0] * 3, [500] * 3, [400]], ids=str)
def test_a_breakdown_is_told_and_can_be_tried_again(
    statement: Statement, stripe_standin: StandIn, breakdown: list[int]
) -> None:
    keeper = signed_in(a_bookkeeper(statement.organisation))
    stripe_standin.breakdowns = list(breakdown)
    assert online(keeper, statement).url == statement.get_absolute_url()
    assert online(keeper, statement).url.startswith(stripe_standin.url)


def test_without_a_key_nothing_is_offered(statement: Statement, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    keeper = signed_in(a_bookkeeper(statement.organisation))
    assert "/online/" not in keeper.get(statement.get_absolute_url()).content.decode()
    assert online(keeper, statement).url == statement.get_absolute_url()
    assert not PayLink.objects.exists()
