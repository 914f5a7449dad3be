"""What a Checkout Session says becomes of a payment: applied once each, whatever the order.

Each function says what it did, for the event's row.
"""

from __future__ import annotations

from django.utils import timezone

from shop.orders.models import Order
from shop.orders.transitions import locked

from .. import journal, receive
from ..models import Payment, Provider
from ..told import payment_moved
from . import links
from .client import CURRENCY
from .facts import Facts

State = Payment.State
NOT_OURS = "no order of ours"


def completed(session: Facts) -> str:
    """The buyer is done; the money has come, or comes later."""
    if session.get("payment_status") == "paid":
        return money_came(session)
    payment, _order = _payment(session)
    if payment is None:
        return "the money is on its way" if session.get("payment_link") else NOT_OURS
    if session.get("payment_status") == "unpaid" and payment.state == State.STARTED:
        payment.state = State.PENDING
        payment.save()
    return "the money is on its way"


def money_came(session: Facts) -> str:
    if session.get("payment_link"):
        return links.paid(session)
    payment, order = _payment(session, make=True)
    if payment is None or order is None:
        return NOT_OURS
    if payment.paid_at is not None:
        return "counted before"
    amount, currency = session.get("amount_total"), session.get("currency")
    payment.reference = session["id"]
    payment.intent = session.get("payment_intent") or ""
    payment.paid_at = timezone.now()
    if currency == CURRENCY and amount == payment.amount_fen:
        payment.received_fen = amount
        receive.count(payment, order, by=None)
        return str(payment.state)
    payment.state = State.DIFFERS
    payment.received_fen = amount if currency == CURRENCY and isinstance(amount, int) and amount > 0 else None
    payment.note = f"asked {payment.amount_fen} {CURRENCY}, received {amount} {currency}"[:200]
    payment.save()
    journal.follow(order, at=payment.paid_at)
    payment_moved.enqueue(payment.pk)
    return "amount differs"


def refused(session: Facts) -> str:
    """The buyer meant to pay, and has to hear that it came to nothing."""
    payment, _order = _payment(session)
    said = money_did_not_come(session)
    if payment is not None and said == State.FAILED:
        payment_moved.enqueue(payment.pk)
    return said


def money_did_not_come(session: Facts) -> str:
    payment, _order = _payment(session)
    if payment is None:
        return NOT_OURS
    if payment.state in {State.STARTED, State.PENDING}:
        payment.state = State.FAILED
        payment.save()
    return str(payment.state)


def _payment(session: Facts, *, make: bool = False) -> tuple[Payment | None, Order | None]:
    """The payment of a session, its order locked. `make`: a row for money of a session we lost sight of.

    A session paid before its id was written down is known by the key we asked with.
    """
    ours = Payment.objects.filter(
        provider=Provider.STRIPE, reference__in=[session.get("id"), session["metadata"].get("attempt")]
    )
    order_id = (
        ours.values_list("order", flat=True).first()
        or Order.objects.filter(number=session.get("client_reference_id"))
        .values_list("pk", flat=True)
        .first()
    )
    if order_id is None or not session.get("id"):
        return None, None
    order = locked(order_id)
    payment = ours.first()
    if payment is None and make and order.total_fen:
        payment = Payment(
            order=order, provider=Provider.STRIPE, reference=session["id"], amount_fen=order.total_fen
        )
    return payment, order
