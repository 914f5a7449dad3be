"""What Stripe has and we have not, and the reverse: heard after all, or listed to the fen."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO
from typing import Any

import pytest
import stripe
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.orders.cancel import cancel, release_lapsed
from shop.orders.models import Order, PayBy, State
from shop.payments import refunds
from shop.payments.models import Payment, Refund
from shop.payments.reconcile import Report, net_fen, reconcile
from shop.payments.stripe.gateway import Stripe
from tests.stripe_standin import StandIn

from .shop import a_lot, an_order, deliver, sent_to_pay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.002)


def compared(**how: Any) -> Report:
    return reconcile(timezone.now() - dt.timedelta(days=1), **how)


def state_of(order: Order) -> tuple[str, int]:
    order.refresh_from_db()
    return order.state, order.paid_fen


def test_where_both_agree_nothing_is_said(client: Client, stripe_standin: StandIn) -> None:
    stripe_standin.sessions.pay(sent_to_pay(an_order()).reference)
    deliver(client, stripe_standin)
    sent_to_pay(an_order())
    report = compared()
    assert (report.healed, report.listed, report.theirs_fen, report.ours_fen) == ([], [], 2500, 2500)
    assert report.ok


def test_money_whose_event_was_lost_is_heard_of(stripe_standin: StandIn) -> None:
    order, late, gone = an_order(), an_order(), an_order()
    stripe_standin.sessions.pay(sent_to_pay(order).reference)
    stripe_standin.sessions.delay(sent_to_pay(late).reference)
    stripe_standin.sessions.expire(sent_to_pay(gone).reference)
    seen = compared(heal=False)
    assert sorted((each.order, each.fen) for each in seen.listed) == sorted(
        [(order.number, 2500), (late.number, 0), (gone.number, 0)]
    )
    assert state_of(order) == (State.AWAITING_PAYMENT, 0)
    report = compared()
    assert (len(report.healed), report.listed, report.ours_fen) == (3, [], 2500)
    assert state_of(order) == (State.CONFIRMED, 2500)
    assert list(Payment.objects.order_by("pk").values_list("state", flat=True)) == [
        "paid",
        "pending",
        "failed",
    ]
    assert compared().healed == []


def test_money_of_a_session_we_never_wrote_down_is_found(stripe_standin: StandIn) -> None:
    order = an_order()
    payment = sent_to_pay(order)
    Payment.objects.filter(pk=payment.pk).update(reference=f"checkout-{order.number}-1", url="")
    stripe_standin.sessions.pay(payment.reference)
    assert len(compared().healed) == 1
    assert state_of(order) == (State.CONFIRMED, 2500)


def test_what_is_heard_too_late_goes_back_at_once(stripe_standin: StandIn) -> None:
    lot = a_lot(jin=10)
    order = an_order(lots=[lot])
    payment = sent_to_pay(order)
    Order.objects.filter(pk=order.pk).update(reserved_until=timezone.now() - dt.timedelta(seconds=1))
    release_lapsed(timezone.now())
    an_order(PayBy.ON_DELIVERY, lots=[lot])
    stripe_standin.sessions.pay(payment.reference)
    report = compared()
    assert report.sent == 1
    assert state_of(order) == (State.EXPIRED, 0)
    assert compared().ok


def test_refunds_that_were_lost_are_heard_of(client: Client, stripe_standin: StandIn) -> None:
    orders = [an_order() for _ in range(3)]
    for order in orders:
        stripe_standin.sessions.pay(sent_to_pay(order).reference, method="wechat_pay")
        deliver(client, stripe_standin)
    # one of ours arrives, one of ours comes back, one was made in the dashboard
    for order in orders[:2]:
        cancel(order.pk, order.buyer, "")
    refunds.send_all()
    first, second = Refund.objects.order_by("pk")
    stripe_standin.money.settle_refund(first.reference, arrives=True)
    stripe_standin.money.settle_refund(second.reference, arrives=True)
    deliver(client, stripe_standin)
    stripe_standin.money.settle_refund(second.reference, arrives=False)
    intent = Payment.objects.get(order=orders[2]).intent
    made = stripe_standin.money.refund({"payment_intent": intent, "amount": "500"})
    stripe_standin.money.settle_refund(made["id"], arrives=True)
    report = compared()
    assert len(report.healed) == 3
    assert [state_of(order)[1] for order in orders] == [0, 2500, 2000]
    # what no program can put right: a refund that came back, an order whose money was given away
    assert sorted((each.what, each.order, each.fen) for each in report.listed) == sorted(
        [("refund", orders[1].number, 0), ("order", orders[2].number, 0)]
    )
    assert report.theirs_fen == report.ours_fen == net_fen(Payment.Provider.STRIPE) == 4500


def test_money_of_nobody_here_and_money_nobody_there_has_is_listed(stripe_standin: StandIn) -> None:
    price = {"currency": "cny", "unit_amount": "900", "product_data": {"name": "another shop's"}}
    foreign = stripe_standin.sessions.create(
        {
            "mode": "payment",
            "line_items": [{"quantity": "1", "price_data": price}],
            "success_url": "https://other.example/",
            "client_reference_id": "DZ000000-AAAAAAAA",
        }
    )
    stripe_standin.sessions.pay(foreign["id"])
    order = an_order()
    Payment.objects.create(
        order=order,
        provider=Payment.Provider.STRIPE,
        reference="cs_invented",
        state=Payment.State.PAID,
        amount_fen=2500,
        received_fen=2500,
        paid_at=timezone.now(),
    )
    Order.objects.filter(pk=order.pk).update(paid_fen=2500)
    report = compared()
    assert sorted((each.reference, each.fen) for each in report.listed) == sorted(
        [(foreign["id"], 900), ("cs_invented", -2500)]
    )
    assert report.theirs_fen - report.ours_fen == sum(each.fen for each in report.listed)


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_is_heard_of(client: Client, stripe_standin: StandIn, won: bool) -> None:
    order = an_order()
    stripe_standin.sessions.pay(sent_to_pay(order).reference)
    deliver(client, stripe_standin)
    dispute = stripe_standin.money.dispute(Payment.objects.get().intent)
    compared()
    assert state_of(order) == (State.CONFIRMED, 0)
    stripe_standin.money.close_dispute(dispute["id"], won=won)
    report = compared()
    assert state_of(order) == (State.CONFIRMED, 2500 if won else 0)
    assert report.ok == won
    assert report.theirs_fen == report.ours_fen


def test_many_pages_are_read(stripe_standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.payments.stripe.listing.LONGEST_PAGE", 2)
    for _ in range(5):
        stripe_standin.sessions.pay(sent_to_pay(an_order()).reference)
    assert len(compared().healed) == 5


def test_the_command_tells_and_its_code_says_whether_to_look(stripe_standin: StandIn) -> None:
    stripe_standin.sessions.pay(sent_to_pay(an_order()).reference)
    with pytest.raises(SystemExit):
        call_command("reconcile_payments", "--dry-run", stdout=StringIO())
    out = StringIO()
    call_command("reconcile_payments", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["ok"], len(told["healed"]), told["listed"], told["books_fen"]) == (True, 1, [], 0)
    out = StringIO()
    call_command("reconcile_payments", stdout=out)
    assert "to look at: 0" in out.getvalue()


def test_when_stripe_cannot_be_asked_nothing_is_claimed(stripe_standin: StandIn) -> None:
    stripe_standin.breakdowns = [500] * 9
    with pytest.raises(CommandError, match="could not be asked"):
        call_command("reconcile_payments", stdout=StringIO())


def test_one_that_cannot_be_heard_stays_listed_and_hides_no_other(
    client: Client, stripe_standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [an_order(), an_order()]
    for order in orders:
        stripe_standin.sessions.pay(sent_to_pay(order).reference)
    deliver(client, stripe_standin)
    intent = Payment.objects.get(order=orders[1]).intent
    stripe_standin.money.refund({"payment_intent": intent, "amount": "500"})
    dispute = stripe_standin.money.dispute(intent)

    def broken(facts: Any) -> str:
        raise ValueError("nobody thought of this")

    monkeypatch.setattr("shop.payments.stripe.refunds.told", broken)
    report = compared()
    assert state_of(orders[0]) == (State.CONFIRMED, 2500)
    assert dispute["id"] in {each.reference for each in report.healed + report.listed}
    assert [each.fen for each in report.listed if each.what == "refund"] == [-500]


def test_what_comes_while_stripe_is_asked_is_no_difference(
    client: Client, stripe_standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = Stripe.listing

    def meanwhile(self: Stripe, since: dt.datetime) -> Any:
        yield from listing(self, since)
        order = an_order()
        stripe_standin.sessions.pay(sent_to_pay(order).reference)
        deliver(client, stripe_standin)
        cancel(order.pk, order.buyer, "")
        refunds.send_all()
        assert state_of(order) == (State.CANCELLED, 0)

    monkeypatch.setattr(Stripe, "listing", meanwhile)
    assert compared().listed == []


def test_refunds_that_failed_and_were_settled_by_hand_cost_nothing_more(
    client: Client, stripe_standin: StandIn, django_assert_max_num_queries: Any
) -> None:
    with CaptureQueriesContext(connection) as none:
        compared()
    order = an_order()
    payment = Payment.objects.create(order=order, provider="stripe", reference="cs_1", amount_fen=2500)
    old = timezone.now() - dt.timedelta(days=40)
    for number in range(10):
        Refund.objects.create(
            order=order,
            payment=payment,
            provider="stripe",
            reference=f"re_{number}",
            state="failed",
            amount_fen=1,
            note="expired card",
            asked_at=old,
        )
    with django_assert_max_num_queries(len(none)):
        compared()
