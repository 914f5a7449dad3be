"""Money that goes back through Stripe: asked for with a key of its own, and understood in whatever order we hear of it.

Stripe keeps a key for a day at least (https://docs.stripe.com/api/idempotent_requests), so whoever asks again
first looks whether it was given. A refund that was told as given may still fail, for days: then the money came in
again.
"""

from __future__ import annotations

import logging

import stripe
from django.db import transaction
from django.db.models import F
from stripe.params import RefundCreateParams, RefundListParams

from shop.orders.models import Order
from shop.orders.transitions import locked

from .. import receive
from ..models import Payment, Provider, Refund
from ..providers import CannotPay
from .client import client
from .facts import Facts, fen, kept

logger = logging.getLogger(__name__)

State = Refund.State
LONGEST_PAGE = 100
# how the keys begin that we ask with; what bears another name is known to Stripe already
KEY = "refund-"


def send(refund: Refund) -> None:
    """Ask Stripe for a refund that is written down. What is not answered now is asked again by `send_refunds`.

    Hold no lock. Safe to do twice, and by two at once.
    """
    if refund.state != State.ASKED or refund.payment is None:
        return
    again = refund.tries > 0
    Refund.objects.filter(pk=refund.pk).update(tries=F("tries") + 1)
    try:
        if refund.reference.startswith(KEY):
            intent = _intent_of(refund.payment)
            given = _given_before(refund, intent) if again else None
            if given is None:
                given = client().v1.refunds.create(
                    _params(refund, intent), options={"idempotency_key": refund.reference}
                )
        else:
            # Stripe has it, and has said so: how far is it?
            given = client().v1.refunds.retrieve(refund.reference)
    except CannotPay:
        return
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.IdempotencyError) as error:
        # whether it was given is unknown: the next try asks with the same key
        logger.warning("Stripe did not answer for refund %s: %s", refund.pk, type(error).__name__)
    except stripe.StripeError as error:
        if error.http_status is None or error.http_status >= 500:
            logger.warning("Stripe broke down over refund %s: %s", refund.pk, error.http_status)
            return
        logger.error("Stripe refused refund %s: %s", refund.pk, error.code)
        _refused(refund.pk, error.code or type(error).__name__)
    else:
        told(kept(given.to_dict()))


def _params(refund: Refund, intent: str) -> RefundCreateParams:
    return {
        "payment_intent": intent,
        "amount": refund.amount_fen,
        "reason": "requested_by_customer",
        "metadata": {"order": refund.order.number, "refund": refund.reference},
    }


def _intent_of(payment: Payment) -> str:
    """What Stripe calls the money: told with it, and asked for where it was counted before we kept it."""
    if not payment.intent:
        session = client().v1.checkout.sessions.retrieve(payment.reference)
        intent = session.payment_intent
        payment.intent = intent if isinstance(intent, str) else intent.id if intent else ""
        payment.save(update_fields=["intent"])
    return payment.intent


def _given_before(refund: Refund, intent: str) -> stripe.Refund | None:
    params: RefundListParams = {"payment_intent": intent, "limit": LONGEST_PAGE}
    listed = client().v1.refunds.list(params)
    for one in listed.auto_paging_iter():
        if kept(one.to_dict())["metadata"].get("refund") == refund.reference:
            return one
    return None


@transaction.atomic
def _refused(refund_id: int, why: str) -> None:
    refund = Refund.objects.get(pk=refund_id)
    locked(refund.order_id)
    refund.refresh_from_db()
    if refund.state == State.ASKED:
        receive.did_not_go_back(refund, why)


@transaction.atomic
def told(facts: Facts) -> str | None:
    """Stripe says where a refund stands. None: of money that we know nothing of yet."""
    names = [facts.get("id"), facts["metadata"].get("refund")]
    ours = Refund.objects.filter(provider=Provider.STRIPE, reference__in=[name for name in names if name])
    payment = None
    order_id = ours.values_list("order", flat=True).first()
    if order_id is None:
        payment = payment_of(facts)
        if payment is None:
            return None
        order_id = payment.order_id
    order = locked(order_id)
    refund = ours.first() or _made_elsewhere(facts, order, payment)
    if refund is None:
        return receive.MORE_WENT_BACK
    status = facts.get("status")
    refund.reference = facts["id"]
    if status == "succeeded" and refund.state == State.ASKED:
        receive.went_back(refund, order)
    elif status in {"failed", "canceled"} and refund.state == State.ASKED:
        receive.did_not_go_back(refund, str(facts.get("failure_reason") or status))
    elif status in {"failed", "canceled"} and refund.state == State.SUCCEEDED:
        receive.came_again(refund, order, str(facts.get("failure_reason") or status))
    else:
        refund.save(update_fields=["reference"])
    return str(refund.state)


def payment_of(facts: Facts) -> Payment | None:
    intent = facts.get("payment_intent")
    if not intent:
        return None
    return Payment.objects.filter(provider=Provider.STRIPE, intent=intent).order_by("pk").first()


def _made_elsewhere(facts: Facts, order: Order, payment: Payment | None) -> Refund | None:
    """A row for what was given back in Stripe's own dashboard."""
    amount = min(fen(facts, "amount"), order.paid_fen)
    if not amount or payment is None:
        return None
    return Refund.objects.create(
        order=order,
        payment=payment,
        provider=Provider.STRIPE,
        reference=facts["id"],
        state=State.ASKED,
        kind=Refund.Kind.ELSEWHERE,
        amount_fen=amount,
    )


def charge_told(charge: Facts) -> str | None:
    """How much of a charge went back in all. Which refunds these are, `refund.*` says; this alone changes nothing."""
    payment = payment_of(charge)
    if payment is None:
        return None
    known = sum(
        refund.amount_fen
        for refund in Refund.objects.filter(payment__intent=payment.intent)
        .exclude(state=State.FAILED)
        .exclude(kind=Refund.Kind.DISPUTED)
    )
    return "known" if known == fen(charge, "amount_refunded") else "a refund that we have not heard of yet"
