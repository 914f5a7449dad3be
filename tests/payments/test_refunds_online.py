"""Money that goes back through Stripe: once, by itself, and understood in whatever order we hear of it."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
import stripe
from django.test import Client
from django.utils import timezone

from marketplace.access.models import Role
from shop.orders.call_off import call_off_line
from shop.orders.cancel import cancel, release_lapsed
from shop.orders.models import Order, PayBy, State
from shop.payments import refunds
from shop.payments.books import books
from shop.payments.models import Dispute, Payment, ProviderEvent, Refund
from shop.payments.receive import NotTaken, give_back
from shop.payments.reconcile import reconcile
from shop.payments.stripe import refunds as stripe_refunds
from tests.makers import signed_in
from tests.stripe_standin import StandIn

from .shop import a_lot, a_person, accepted, an_order, deliver, sent_to_pay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.002)


def paid(client: Client, standin: StandIn, order: Order | None = None, method: str = "card") -> Order:
    order = order or an_order()
    standin.sessions.pay(sent_to_pay(order).reference, method=method)
    deliver(client, standin)
    order.refresh_from_db()
    return order


def called_off(client: Client, standin: StandIn, method: str = "card") -> Order:
    order = paid(client, standin, method=method)
    cancel(order.pk, order.buyer, "")
    return order


def later() -> dt.datetime:
    return timezone.now() + refunds.PATIENCE * 2


def paid_fen(order: Order) -> int:
    order.refresh_from_db()
    return order.paid_fen


def assert_adds_up(standin: StandIn) -> None:
    """What Stripe says came in and went out is what the books say, to the fen."""
    told = books()
    assert told.difference == 0
    assert told.received - told.given_back == sum(
        charge["amount"] - charge["amount_refunded"] for charge in standin.money.charges()
    )


def test_what_was_paid_for_an_order_called_off_goes_back_by_itself(
    client: Client, stripe_standin: StandIn
) -> None:
    order = called_off(client, stripe_standin)
    assert refunds.send_all() == 1
    refund = Refund.objects.get()
    [given] = stripe_standin.money.refunds()
    assert (given["amount"], given["metadata"]["order"]) == (2500, order.number)
    assert (refund.state, refund.reference, refund.amount_fen) == (Refund.State.SUCCEEDED, given["id"], 2500)
    assert paid_fen(order) == 0
    assert refunds.send_all(later()) == 0
    assert_adds_up(stripe_standin)


def test_a_step_of_the_order_leaves_word_for_the_worker(client: Client, stripe_standin: StandIn) -> None:
    from django_tasks_db.models import DBTaskResult

    def left() -> int:
        path = refunds.give_back_what_is_over.module_path
        return DBTaskResult.objects.filter(task_path=path).count()

    order = paid(client, stripe_standin)
    assert left() == 0
    accepted(order, short_jin=1)
    assert left() == 1
    assert refunds.give_back_what_is_over.call(order.pk) == 1
    assert paid_fen(order) == order.accepted_fen == 2380
    assert refunds.give_back_what_is_over.call(order.pk) == 0
    assert_adds_up(stripe_standin)


def test_paid_too_late_and_the_goods_are_gone_goes_back(client: Client, stripe_standin: StandIn) -> None:
    lot = a_lot(jin=10)
    order = an_order(lots=[lot])
    payment = sent_to_pay(order)
    Order.objects.filter(pk=order.pk).update(reserved_until=timezone.now() - dt.timedelta(seconds=1))
    release_lapsed(timezone.now())
    an_order(PayBy.ON_DELIVERY, lots=[lot])
    stripe_standin.sessions.pay(payment.reference)
    deliver(client, stripe_standin)
    refunds.send_all()
    assert paid_fen(order) == 0
    assert order.state == State.EXPIRED
    assert [refund["amount"] for refund in stripe_standin.money.refunds()] == [1200]
    assert_adds_up(stripe_standin)


def test_of_two_payments_the_one_too_many_goes_back(client: Client, stripe_standin: StandIn) -> None:
    order = an_order()
    first = sent_to_pay(order)
    Payment.objects.filter(pk=first.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    second = sent_to_pay(order)
    for payment in (second, first):
        stripe_standin.sessions.pay(payment.reference)
        deliver(client, stripe_standin)
    refunds.send_all()
    assert Refund.objects.get().payment == first
    assert paid_fen(order) == 2500
    assert order.state == State.CONFIRMED
    assert_adds_up(stripe_standin)


@pytest.mark.parametrize("breakdown", [[0] * 3, [500] * 3, [429]], ids=str)
def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_key(
    client: Client, stripe_standin: StandIn, breakdown: list[int]
) -> None:
    order = called_off(client, stripe_standin)
    stripe_standin.breakdowns = list(breakdown)
    refunds.send_all()
    assert Refund.objects.get().state == Refund.State.ASKED
    assert paid_fen(order) == 2500
    refunds.send_all(later())
    assert Refund.objects.get().state == Refund.State.SUCCEEDED
    keys = {
        asked[3]["Idempotency-Key"] for asked in stripe_standin.asked if asked[:2] == ("POST", "/v1/refunds")
    }
    assert len(keys) == len(stripe_standin.money.refunds()) == 1
    assert_adds_up(stripe_standin)


def test_a_refund_given_before_a_crash_is_found_even_when_stripe_has_forgotten_the_key(
    client: Client, stripe_standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = called_off(client, stripe_standin)
    with monkeypatch.context() as patched:
        patched.setattr(stripe_refunds, "told", lambda facts: None)
        refunds.send_all()
    assert Refund.objects.get().state == Refund.State.ASKED
    stripe_standin.idempotency.forget()
    refunds.send_all(later())
    assert len(stripe_standin.money.refunds()) == 1
    assert paid_fen(order) == 0
    assert_adds_up(stripe_standin)


def test_a_refund_on_its_way_is_counted_when_it_arrives(client: Client, stripe_standin: StandIn) -> None:
    order = called_off(client, stripe_standin, method="wechat_pay")
    refunds.send_all()
    refund = Refund.objects.get()
    assert (refund.state, paid_fen(order)) == (Refund.State.ASKED, 2500)
    # nobody gives it by hand meanwhile, or asks for it again
    with pytest.raises(NotTaken):
        give_back(order, 2500, "R-1", a_person(Role.CASHIER), provider=Payment.Provider.CASH)
    assert refunds.ask(order.pk, by=None) == []
    for _ in range(2):
        refunds.send_all(later())
    assert [given["amount"] for given in stripe_standin.money.refunds()] == [2500]
    refund.refresh_from_db()
    assert (refund.state, refund.note) == (Refund.State.ASKED, "")
    stripe_standin.money.settle_refund(refund.reference, arrives=True)
    for event in stripe_standin.post.events[-2:]:
        deliver(client, stripe_standin, event)
    refund.refresh_from_db()
    assert (refund.state, paid_fen(order)) == (Refund.State.SUCCEEDED, 0)
    assert_adds_up(stripe_standin)


def test_a_part_on_its_way_is_asked_after_and_never_given_twice(
    client: Client, stripe_standin: StandIn
) -> None:
    order = paid(client, stripe_standin, method="wechat_pay")
    accepted(order, short_jin=1)
    for _ in range(3):
        refunds.send_all(later())
    [given] = stripe_standin.money.refunds()
    stripe_standin.money.settle_refund(given["id"], arrives=True)
    # its word was lost, and is heard when we ask again
    refunds.send_all(later())
    assert Refund.objects.get().state == Refund.State.SUCCEEDED
    assert paid_fen(order) == order.accepted_fen == 2380
    assert_adds_up(stripe_standin)


# a fourth of them, in which each word still comes before and after each other
ORDERS = list(itertools.permutations(range(5)))[::4]


@pytest.mark.parametrize("sequence", ORDERS, ids=str)
def test_a_refund_is_understood_in_any_order(
    client: Client, stripe_standin: StandIn, sequence: tuple[int, ...]
) -> None:
    """Paid, called off, given back, told: whichever word of it comes first."""
    order = an_order()
    stripe_standin.sessions.pay(sent_to_pay(order).reference, method="wechat_pay")
    intent = stripe_standin.money.charges()[0]["payment_intent"]
    given = stripe_standin.money.refund({"payment_intent": intent, "amount": "1000"})
    stripe_standin.money.settle_refund(given["id"], arrives=True)
    events = stripe_standin.post.events
    assert len(events) == 5
    for index in sequence:
        assert deliver(client, stripe_standin, events[index]).status_code == 200
    assert paid_fen(order) == 1500
    assert order.state == State.CONFIRMED
    refund = Refund.objects.get()
    assert (refund.kind, refund.state) == (Refund.Kind.ELSEWHERE, Refund.State.SUCCEEDED)
    assert not ProviderEvent.objects.exclude(waits_for="").exists()
    assert_adds_up(stripe_standin)


@pytest.mark.parametrize("told_first", [True, False])
def test_a_refund_that_fails_leaves_the_money_to_the_cashier(
    client: Client, stripe_standin: StandIn, told_first: bool
) -> None:
    """Also after it was told as given: then the money came in again."""
    order = called_off(client, stripe_standin, method="card" if told_first else "wechat_pay")
    refunds.send_all()
    refund = Refund.objects.get()
    assert (refund.state == Refund.State.SUCCEEDED) == told_first
    stripe_standin.money.settle_refund(refund.reference, arrives=False)
    for event in [*stripe_standin.post.events[-2:], stripe_standin.post.events[-1] | {"id": "evt_again"}]:
        deliver(client, stripe_standin, event)
    assert paid_fen(order) == order.overpaid_fen == 2500
    assert books().overpaid == 2500
    assert_adds_up(stripe_standin)
    # by itself nobody tries again; the cashier may
    assert refunds.send_all(later()) == 0
    refunds.send(refunds.ask(order.pk, by=a_person(Role.CASHIER)))
    stripe_standin.post.events.clear()
    for given in stripe_standin.money.refunds():
        if given["status"] == "pending":
            stripe_standin.money.settle_refund(given["id"], arrives=True)
            deliver(client, stripe_standin)
    assert paid_fen(order) == 0
    assert_adds_up(stripe_standin)


def test_stripes_refusal_is_kept_for_the_cashier(client: Client, stripe_standin: StandIn) -> None:
    order = called_off(client, stripe_standin)
    Payment.objects.update(intent="pi_of_nobody")
    refunds.send_all()
    refund = Refund.objects.get()
    assert (refund.state, refund.note) == (Refund.State.FAILED, "resource_missing")
    assert paid_fen(order) == 2500
    assert refunds.send_all(later()) == 0


def test_no_more_goes_back_than_was_paid_too_much(client: Client, stripe_standin: StandIn) -> None:
    order, cashier = paid(client, stripe_standin), a_person(Role.CASHIER)
    for fen in (1, 2500, 2501, 0, -1):
        with pytest.raises(NotTaken):
            refunds.ask(order.pk, by=cashier, fen=fen)
    cancel(order.pk, order.buyer, "")
    with pytest.raises(NotTaken):
        refunds.ask(order.pk, by=cashier, fen=2501)
    refunds.send(refunds.ask(order.pk, by=cashier, fen=1000))
    with pytest.raises(NotTaken):
        refunds.ask(order.pk, by=cashier, fen=1501)
    refunds.send(refunds.ask(order.pk, by=cashier, fen=1500))
    assert paid_fen(order) == 0
    assert_adds_up(stripe_standin)


def test_what_came_by_hand_does_not_go_back_through_stripe(client: Client, stripe_standin: StandIn) -> None:
    order = accepted(an_order(PayBy.ON_DELIVERY))
    from shop.payments.receive import collect_cash

    cashier = a_person(Role.CASHIER)
    collect_cash(order, 2500, "R-1", cashier)
    from shop.orders.accept import give_back as take_goods_back

    line = order.lines.first()
    assert line is not None
    take_goods_back(line.pk, line.quantity, returned_before=0, sound=True, reason="发芽", by=cashier)
    assert refunds.send_all() == 0
    with pytest.raises(NotTaken):
        refunds.ask(order.pk, by=cashier)
    assert not stripe_standin.money.refunds()


@pytest.mark.parametrize("sequence", list(itertools.permutations(range(3))), ids=str)
@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_is_counted_once_in_any_order(
    client: Client, stripe_standin: StandIn, sequence: tuple[int, ...], won: bool
) -> None:
    order = paid(client, stripe_standin)
    payment = Payment.objects.get()
    dispute = stripe_standin.money.dispute(payment.intent)
    stripe_standin.money.close_dispute(dispute["id"], won=won)
    events = stripe_standin.post.events[-4:] if won else stripe_standin.post.events[-3:]
    # of a dispute won: taken, closed, put back
    events = events[-3:]
    for index in sequence:
        for _ in range(2):
            deliver(client, stripe_standin, events[index])
    assert paid_fen(order) == (2500 if won else 0)
    told = Dispute.objects.get()
    assert (told.status, told.withdrawn, told.reinstated) == ("won" if won else "lost", True, won)
    assert books().difference == 0
    assert refunds.send_all(later()) == 0


def test_what_the_bank_asks_back_is_not_given_back_besides(client: Client, stripe_standin: StandIn) -> None:
    order = paid(client, stripe_standin)
    stripe_standin.money.dispute(Payment.objects.get().intent)
    deliver(client, stripe_standin, stripe_standin.post.events[-2])
    cancel(order.pk, order.buyer, "")
    assert refunds.send_all() == 0
    assert not stripe_standin.money.refunds()


def test_nothing_of_the_person_is_kept_of_a_refund(client: Client, stripe_standin: StandIn) -> None:
    called_off(client, stripe_standin)
    refunds.send_all()
    for event in stripe_standin.post.events:
        deliver(client, stripe_standin, event)
    kept: Any = list(ProviderEvent.objects.values_list("payload", flat=True))
    assert "Wang" not in str(kept)
    assert "13800138000" not in str(kept)


def test_the_cashier_gives_a_part_back_by_the_way_it_came(client: Client, stripe_standin: StandIn) -> None:
    order = called_off(client, stripe_standin)
    cashier = signed_in(Role.CASHIER)
    address = f"/cashier/orders/{order.number}/refund-online/"
    assert address in cashier.get("/cashier/").content.decode()
    for amount, left in (("10", 1500), ("15.01", 1500), ("x", 1500), ("", 1500), ("15", 0)):
        assert cashier.post(address, {"amount": amount}).url == "/cashier/"
        assert paid_fen(order) == left
    assert [refund["amount"] for refund in stripe_standin.money.refunds()] == [1000, 1500]
    assert signed_in(order.buyer).get(order.get_absolute_url()).content.decode().count("¥15.00") == 1
    assert signed_in(order.buyer).post(address, {"amount": "1"}).status_code == 403


def test_a_line_called_off_gives_its_money_back(client: Client, stripe_standin: StandIn) -> None:
    order = paid(client, stripe_standin)
    line = order.lines.order_by("pk")[0]
    call_off_line(line.pk, restock=True, reason="烂了", by=a_person(Role.OFFICIAL))
    refunds.send_all()
    assert paid_fen(order) == order.charge_fen == 1300
    assert_adds_up(stripe_standin)


def test_a_refund_given_elsewhere_while_ours_is_on_its_way_is_counted_besides(
    client: Client, stripe_standin: StandIn
) -> None:
    order = paid(client, stripe_standin, method="wechat_pay")
    call_off_line(order.lines.order_by("pk")[0].pk, restock=True, reason="烂了", by=a_person(Role.OFFICIAL))
    refunds.send_all()
    ours = Refund.objects.get()
    intent = Payment.objects.get().intent
    other = stripe_standin.money.refund({"payment_intent": intent, "amount": "1200"})
    for reference in (other["id"], ours.reference):
        stripe_standin.money.settle_refund(reference, arrives=True)
        assert deliver(client, stripe_standin).status_code == 200
    assert paid_fen(order) == 100
    assert order.due_fen == 1200
    assert_adds_up(stripe_standin)


def test_a_refund_that_arrives_after_the_bank_took_the_money_is_listed_and_stops_nothing(
    client: Client, stripe_standin: StandIn
) -> None:
    order = called_off(client, stripe_standin, method="wechat_pay")
    refunds.send_all()
    refund = Refund.objects.get()
    stripe_standin.money.dispute(refund.payment.intent if refund.payment else "")
    for event in stripe_standin.post.events[-2:]:
        deliver(client, stripe_standin, event)
    assert paid_fen(order) == 0
    stripe_standin.money.settle_refund(refund.reference, arrives=True)
    assert deliver(client, stripe_standin).status_code == 200
    refund.refresh_from_db()
    assert (refund.state, paid_fen(order)) == (Refund.State.FAILED, 0)
    report = reconcile(timezone.now() - dt.timedelta(days=1))
    assert [(each.what, each.fen) for each in report.listed] == [("refund", -2500)]
    assert report.theirs_fen - report.ours_fen == -2500
    assert books().difference == 0


def test_a_part_given_back_by_a_form_sent_twice_goes_back_once(
    client: Client, stripe_standin: StandIn
) -> None:
    order = called_off(client, stripe_standin)
    cashier = signed_in(Role.CASHIER)
    assert 'name="spare" value="2500"' in cashier.get("/cashier/").content.decode()
    address = f"/cashier/orders/{order.number}/refund-online/"
    for _ in range(2):
        assert cashier.post(address, {"amount": "10", "spare": "2500"}).status_code == 302
    assert cashier.post(address, {"amount": "1", "spare": "x"}).status_code == 302
    assert paid_fen(order) == 1500
    assert [refund["amount"] for refund in stripe_standin.money.refunds()] == [1000]
