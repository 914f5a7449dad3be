"""Stripe's words to us: each is stored once and applied once, in one transaction, in whatever order they come.

Of an event only what payments need is kept: nothing of the person who paid
(https://docs.stripe.com/api/checkout/sessions/object, https://docs.stripe.com/webhooks).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import stripe
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from shop.orders.models import Order
from shop.orders.transitions import locked

from .. import receive
from ..models import Payment, ProviderEvent
from ..told import payment_moved
from .checkout import CURRENCY

# Stripe's own tolerance: a signature older than that may be somebody's recording
TOLERANCE_SECONDS = 300
KEPT = [
    "id",
    "object",
    "amount",
    "amount_received",
    "amount_refunded",
    "amount_total",
    "charge",
    "client_reference_id",
    "created",
    "currency",
    "expires_at",
    "livemode",
    "mode",
    "payment_intent",
    "payment_status",
    "reason",
    "status",
]
KEPT_METADATA = ("order", "attempt")
_WORD = re.compile(r"^[\w.:\-]+$", re.ASCII)

State = Payment.State
Facts = dict[str, Any]


class NotAuthentic(ValueError):
    """Not a word of Stripe: unsigned, wrongly signed, too old or unreadable. The message says which."""


class Event(NamedTuple):
    id: str
    kind: str
    facts: Facts


def read(body: bytes, signature: str) -> Event:
    """The event that a signed request carries. Raises NotAuthentic."""
    try:
        stripe.WebhookSignature.verify_header(
            body, signature, settings.STRIPE_WEBHOOK_SECRET, TOLERANCE_SECONDS
        )
        event = json.loads(body)
        event_id, kind, about = event["id"], event["type"], event["data"]["object"]
    except stripe.SignatureVerificationError as error:
        raise NotAuthentic(error.user_message or "wrong signature") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotAuthentic("not an event") from error
    if not (isinstance(about, dict) and _is_word(event_id, 120) and _is_word(kind, 80)):
        raise NotAuthentic("not an event")
    return Event(event_id, kind, _kept(about))


@transaction.atomic
def take(event: Event) -> bool:
    """Store and apply an event. False when it was here before, or its twin is just being applied.

    Whatever this raises, nothing is stored, and Stripe will send the event again.
    """
    try:
        with transaction.atomic():
            # a concurrent twin waits here until the first is done, and then finds it
            stored = ProviderEvent.objects.create(
                provider=Payment.Provider.STRIPE, event_id=event.id, kind=event.kind, payload=event.facts
            )
    except IntegrityError:
        return False
    apply = APPLY.get(event.kind)
    stored.outcome = apply(event.facts) if apply else "not used here"
    stored.save(update_fields=["outcome"])
    return True


def _completed(session: Facts) -> str:
    if session.get("payment_status") == "paid":
        return _money_came(session)
    payment, _order = _payment(session)
    if payment is None:
        return "no order of ours"
    if session.get("payment_status") == "unpaid" and payment.state == State.STARTED:
        payment.state = State.PENDING
        payment.save()
    return "the money is on its way"


def _money_came(session: Facts) -> str:
    payment, order = _payment(session, make=True)
    if payment is None or order is None:
        return "no order of ours"
    if payment.paid_at is not None:
        return "counted before"
    amount, currency = session.get("amount_total"), session.get("currency")
    payment.reference = session["id"]
    payment.paid_at = timezone.now()
    if currency == CURRENCY and amount == payment.amount_fen:
        payment.received_fen = amount
        receive.count(payment, order, by=None)
        return str(payment.state)
    payment.state = State.DIFFERS
    payment.received_fen = amount if currency == CURRENCY and isinstance(amount, int) and amount > 0 else None
    payment.note = f"asked {payment.amount_fen} {CURRENCY}, received {amount} {currency}"[:200]
    payment.save()
    payment_moved.enqueue(payment.pk)
    return "amount differs"


def _refused(session: Facts) -> str:
    """The buyer meant to pay, and has to hear that it came to nothing."""
    payment, _order = _payment(session)
    said = _money_did_not_come(session)
    if payment is not None and said == State.FAILED:
        payment_moved.enqueue(payment.pk)
    return said


def _money_did_not_come(session: Facts) -> str:
    payment, _order = _payment(session)
    if payment is None:
        return "no order of ours"
    if payment.state in {State.STARTED, State.PENDING}:
        payment.state = State.FAILED
        payment.save()
    return str(payment.state)


APPLY: dict[str, Callable[[Facts], str]] = {
    "checkout.session.completed": _completed,
    "checkout.session.async_payment_succeeded": _money_came,
    "checkout.session.async_payment_failed": _refused,
    "checkout.session.expired": _money_did_not_come,
}


def _payment(session: Facts, *, make: bool = False) -> tuple[Payment | None, Order | None]:
    """The payment of a session, its order locked. `make`: a row for money of a session we lost sight of.

    A session paid before its id was written down is known by the key we asked with.
    """
    ours = Payment.objects.filter(
        provider=Payment.Provider.STRIPE,
        reference__in=[session.get("id"), session["metadata"].get("attempt")],
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
            order=order,
            provider=Payment.Provider.STRIPE,
            reference=session["id"],
            amount_fen=order.total_fen,
        )
    return payment, order


def _is_word(value: object, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest and bool(_WORD.match(value))


def _kept(about: Facts) -> Facts:
    """What is stored of the object that an event is about: plain values of known names, none of them long."""
    metadata = about.get("metadata")
    return {
        **{name: value for name in KEPT if (value := _plain(about.get(name))) is not None},
        "metadata": {
            name: value
            for name in KEPT_METADATA
            if isinstance(metadata, dict) and (value := _plain(metadata.get(name))) is not None
        },
    }


def _plain(value: object) -> str | int | bool | None:
    if isinstance(value, str):
        return value.replace("\0", "")[:200]
    return value if isinstance(value, int) else None
