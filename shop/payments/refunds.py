"""Money that goes back by the way it came: asked for here, sent by its gateway, counted by `receive.py`.

What is paid too much for an order, whatever the cause (called off, short, returned, paid twice or too late), goes
back by itself. On account it does not: there it is set off against what the unit buys next.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from marketplace.access.models import User
from shop.orders.models import Order, PayBy
from shop.orders.transitions import locked

from . import books
from .models import Dispute, Payment, Provider, Refund
from .providers import gateway_of
from .receive import NotTaken, on_its_way_back

logger = logging.getLogger(__name__)

# who sends refunds gives whoever asked for one so long before asking again
PATIENCE = dt.timedelta(minutes=2)
# ways by which money goes back without anybody's hands
BY_ITSELF = [Provider.STRIPE]


def spare_fen(order: Order) -> int:
    """What was paid too much for an order and is not on its way back yet."""
    return max(order.overpaid_fen - on_its_way_back(order), 0)


def left_fen(payment: Payment) -> int:
    """Of a payment, what has not gone back, nor was asked to."""
    gone = payment.refunds.exclude(state=Refund.State.FAILED).aggregate(fen=Sum("amount_fen", default=0))
    return (payment.received_fen or 0) - int(gone["fen"])


def refundable(order: Order) -> QuerySet[Payment]:
    """The order's payments that a gateway can give back, what came too late or on top first, then the newest.

    What a bank is asking back already is not given back a second time.
    """
    disputed = Dispute.objects.filter(payment__intent=OuterRef("intent"), closed_at=None)
    return (
        order.payments.filter(
            ~Exists(disputed), provider__in=BY_ITSELF, state__in=[Payment.State.PAID, Payment.State.TO_REFUND]
        )
        # "to_refund" before "paid"
        .order_by("-state", "-pk")
    )


@transaction.atomic
def ask(
    order_id: int, *, by: User | None, fen: int | None = None, seen_fen: int | None = None
) -> list[Refund]:
    """Write down refunds of what was paid too much for an order (or `fen` of it), to be sent when that is committed.

    `seen_fen`: what the person saw as too much, so that the same form sent twice asks for a part once.
    `by` nobody: by itself, and only where no refund has failed before. Twice asks once: what is on its way is no
    longer spare. Raises NotTaken for more than is spare, or than came by ways that can give back by themselves.
    """
    order = locked(order_id)
    spare = spare_fen(order)
    if by is None and order.pay_by == PayBy.ON_ACCOUNT:
        return []
    if fen is not None and not 0 < fen <= spare:
        raise NotTaken(_("Give back no more than was paid too much for this order."))
    if seen_fen is not None and seen_fen != spare:
        raise NotTaken(_("Money of this order went back meanwhile. Look again, please."))
    wanted, asked = spare if fen is None else fen, []
    payments = refundable(order)
    if by is None:
        failed = Refund.objects.filter(
            ~Q(note=""), payment__intent=OuterRef("intent"), payment__order=OuterRef("order")
        )
        payments = payments.filter(~Exists(failed))
    for payment in payments:
        part = min(wanted, left_fen(payment))
        if part <= 0:
            continue
        asked.append(
            Refund.objects.create(
                order=order,
                payment=payment,
                provider=payment.provider,
                reference=f"refund-{uuid.uuid4()}",
                state=Refund.State.ASKED,
                amount_fen=part,
                by=by,
            )
        )
        wanted -= part
    if wanted and by is not None:
        raise NotTaken(_("Not all of this can go back by the way it came. Give it back by hand."))
    return asked


def send(refunds: list[Refund]) -> None:
    """Have each asked of its provider. Hold no lock. What fails now is sent again by `send_all`."""
    for refund in refunds:
        gateway = gateway_of(refund.provider)
        if gateway is None or not gateway.is_open():
            continue
        try:
            gateway.refund(refund)
        except Exception:
            logger.exception("refund %s was not sent", refund.pk)


@task(backend="notices")
def give_back_what_is_over(order_id: int) -> int:
    """Left behind by whatever made an order cost less, or be paid more."""
    asked = ask(order_id, by=None)
    send(asked)
    return len(asked)


def on_charge_fell(sender: Any, order: Order, **kwargs: Any) -> None:
    if order.overpaid_fen and order.payments.filter(provider__in=BY_ITSELF).exists():
        give_back_what_is_over.enqueue(order.pk)


def send_all(now: dt.datetime | None = None) -> int:
    """Ask for what nobody asked for yet, and send again what was not answered. Returns how many were sent.

    Safe at any moment and by several at once.
    """
    now = now or timezone.now()
    over = books.to_give_back().exclude(pay_by=PayBy.ON_ACCOUNT)
    over = over.filter(
        Exists(Payment.objects.filter(order=OuterRef("pk"), provider__in=BY_ITSELF, received_fen__gt=0))
    )
    sent = [refund for pk in over.values_list("pk", flat=True) for refund in ask(pk, by=None)]
    waiting = Refund.objects.filter(state=Refund.State.ASKED, provider__in=BY_ITSELF)
    old = waiting.filter(asked_at__lt=now - PATIENCE).exclude(pk__in=[refund.pk for refund in sent])
    sent += old.select_related("payment", "order").order_by("pk")
    send(sent)
    return len(sent)
