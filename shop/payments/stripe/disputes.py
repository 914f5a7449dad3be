"""A buyer's bank takes money back, and perhaps returns it. https://docs.stripe.com/disputes

What is taken is counted as gone back, what is returned as come again, once each and in this order, however we hear.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from shop.orders.models import Order
from shop.orders.transitions import locked

from .. import receive
from ..models import Dispute, Provider, Refund
from .facts import Facts, fen
from .refunds import payment_of

# the last words: what is told after them was overtaken
FINAL = frozenset({"won", "lost", "warning_closed", "prevented"})


def opened(facts: Facts) -> str | None:
    return _told(facts)


def withdrawn(facts: Facts) -> str | None:
    return _told(facts, withdrawn=True)


def reinstated(facts: Facts) -> str | None:
    return _told(facts, withdrawn=True, reinstated=True)


def closed(facts: Facts) -> str | None:
    """Lost: the money is gone, whether or not we heard of it being taken."""
    return _told(facts, withdrawn=facts.get("status") == "lost")


@transaction.atomic
def _told(facts: Facts, *, withdrawn: bool = False, reinstated: bool = False) -> str | None:
    payment = payment_of(facts)
    if payment is None:
        return None
    amount = fen(facts, "amount")
    if not amount or not facts.get("id"):
        return "not in yuan: settle it with the payment service"
    order = locked(payment.order_id)
    dispute = Dispute.objects.filter(reference=facts["id"]).first() or Dispute(
        reference=facts["id"], payment=payment, amount_fen=amount
    )
    status = str(facts.get("status") or "")[:40]
    if dispute.status not in FINAL:
        dispute.status, dispute.reason = status, str(facts.get("reason") or "")[:60]
        if status in FINAL:
            dispute.closed_at = timezone.now()
    if withdrawn and not dispute.withdrawn:
        dispute.withdrawn = True
        _take(dispute, order)
    if reinstated and not dispute.reinstated:
        dispute.reinstated = True
        _bring_back(dispute, order)
    dispute.save()
    return status or "open"


def _take(dispute: Dispute, order: Order) -> None:
    fen = min(dispute.amount_fen, order.paid_fen)
    if not fen:
        return
    refund = Refund.objects.create(
        order=order,
        payment=dispute.payment,
        provider=Provider.STRIPE,
        reference=dispute.reference,
        state=Refund.State.ASKED,
        kind=Refund.Kind.DISPUTED,
        amount_fen=fen,
    )
    receive.went_back(refund, order)


def _bring_back(dispute: Dispute, order: Order) -> None:
    refund = Refund.objects.filter(provider=Provider.STRIPE, reference=dispute.reference).first()
    if refund is not None:
        receive.came_again(refund, order, "dispute won")
