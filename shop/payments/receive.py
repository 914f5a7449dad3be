"""Money that came in, or went back, counted once: with its order, its proof and whoever took or gave it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.access.models import User
from marketplace.days import SHANGHAI, shanghai_day
from shop.orders.models import Order
from shop.orders.pay import Outcome, record_payment, record_payments, record_refund, record_return
from shop.orders.signals import charge_fell
from shop.orders.transitions import locked

from . import journal
from .models import Payment, Provider, Refund, Transfer
from .told import payment_moved, refund_failed, refund_made

R = TypeVar("R", Payment, Refund)
MORE_WENT_BACK = "more went back than was paid here: look into it"


class NotTaken(Exception):
    """This money cannot be recorded so. The message is for the cashier; nothing was saved."""


def count(payment: Payment, order: Order, *, by: User | None) -> None:
    """Count a payment's money for its locked order; what comes too late, or on top, is marked to go back.

    The payment has `received_fen`, and has not been counted before: the caller, who holds the lock, looked.
    """
    assert payment.received_fen is not None  # noqa: S101
    nothing_due = not order.due_fen
    # what differed is in the books since it came
    at = None if payment.state == Payment.State.DIFFERS else payment.paid_at
    outcome = record_payment(
        order.pk, payment.received_fen, by=by, why=payment.reference, going_back_fen=on_its_way_back(order)
    )
    goes_back = outcome == Outcome.TOO_LATE or (outcome == Outcome.COUNTED and nothing_due)
    payment.state = Payment.State.TO_REFUND if goes_back else Payment.State.PAID
    payment.save()
    charge_fell.send(sender=Order, order=Order.objects.get(pk=order.pk), at=at)
    payment_moved.enqueue(payment.pk)


@transaction.atomic
def collect_cash(
    order: Order,
    amount_fen: int,
    receipt: str,
    by: User | None,
    *,
    provider: Provider = Provider.CASH,
    transfer: Transfer | None = None,
    came_on: dt.date | None = None,
) -> Payment:
    """Record cash, or (part of) a transfer, handed in for an order. The same receipt sent twice is one payment.

    `came_on`: the bank's day, where its money came before it was recorded. Raises NotTaken when the receipt stands
    for something else already, or for more than is due.
    """
    receipt = receipt.strip()
    if not receipt:
        raise ValueError("money that is handed in has a receipt's number")
    order = locked(order.pk)
    if known := _known(Payment, order, amount_fen, receipt, provider):
        return known
    if not 0 < amount_fen <= order.due_fen:
        raise NotTaken(_("Record no more than is still due for this order."))
    try:
        with transaction.atomic():
            payment = Payment.objects.create(
                order=order,
                provider=provider,
                reference=receipt,
                amount_fen=amount_fen,
                by=by,
                transfer=transfer,
            )
    except IntegrityError:
        # the same receipt came in for another order at this very moment
        raise _taken(receipt) from None
    payment.received_fen = amount_fen
    payment.paid_at = timezone.now()
    if came_on and came_on < shanghai_day(payment.paid_at):
        payment.paid_at = dt.datetime.combine(came_on, dt.time(12), SHANGHAI)
    count(payment, order, by=by)
    return payment


class Share(NamedTuple):
    """A part of a unit's transfer for one of its orders."""

    order: Order
    fen: int
    reference: str
    transfer: Transfer


def collect_shares(shares: Sequence[Share], by: User | None) -> None:
    """Record what transfers pay of accepted orders, all in a few queries. The caller holds the orders' locks.

    Raises NotTaken when a share's reference stands for something else already.
    """
    now = timezone.now()
    payments = [
        Payment(
            order=share.order,
            provider=share.transfer.provider,
            reference=share.reference,
            intent=share.transfer.intent,
            transfer=share.transfer,
            state=Payment.State.PAID,
            amount_fen=share.fen,
            received_fen=share.fen,
            by=by,
            started_at=now,
            paid_at=now,
        )
        for share in shares
    ]
    try:
        with transaction.atomic():
            Payment.objects.bulk_create(payments)
    except IntegrityError:
        raise _taken(shares[0].reference) from None
    record_payments([(share.order, share.fen) for share in shares], by=by)
    journal.follow_all(sorted({share.order.pk for share in shares}), by)


@transaction.atomic
def give_back(order: Order, amount_fen: int, receipt: str, by: User | None, *, provider: Provider) -> Refund:
    """Record money that went back to the buyer. The same receipt sent twice is one refund.

    Raises NotTaken when the receipt stands for something else already, or for more than was paid too much.
    """
    receipt = receipt.strip()
    if not receipt:
        raise ValueError("a refund needs its proof")
    order = locked(order.pk)
    if known := _known(Refund, order, amount_fen, receipt, provider):
        return known
    if not 0 < amount_fen <= order.overpaid_fen - on_its_way_back(order):
        raise NotTaken(_("Give back no more than was paid too much for this order."))
    try:
        with transaction.atomic():
            refund = Refund.objects.create(
                order=order,
                provider=provider,
                reference=receipt,
                amount_fen=amount_fen,
                by=by,
                at=timezone.now(),
            )
    except IntegrityError:
        raise _taken(receipt) from None
    record_refund(order.pk, amount_fen)
    journal.follow(order, by, refund.at)
    if provider != Provider.SET_OFF:
        refund_made.enqueue(refund.pk)
    return refund


def on_its_way_back(order: Order) -> int:
    """What a provider was asked to give back of an order's money, and has not answered yet. In fen."""
    asked = Refund.objects.filter(order=order, state=Refund.State.ASKED)
    return int(asked.aggregate(fen=Sum("amount_fen", default=0))["fen"])


def went_back(refund: Refund, order: Order) -> None:
    """Count a refund that was asked for: the provider has given it. The caller holds the order's lock, and looked.

    The money is gone whatever became of the order meanwhile (its bank took it, somebody gave it elsewhere), so an
    order may be left paid for less than it costs. What was not paid here cannot be counted: reconciling lists it.
    """
    fen = min(refund.amount_fen, order.paid_fen)
    if not fen:
        did_not_go_back(refund, MORE_WENT_BACK)
        return
    refund.state, refund.at, refund.amount_fen = Refund.State.SUCCEEDED, timezone.now(), fen
    refund.save()
    record_refund(order.pk, fen, asked=False)
    journal.follow(order, at=refund.at)
    refund_made.enqueue(refund.pk)


def did_not_go_back(refund: Refund, why: str) -> None:
    """The provider could not give it. The money is still here, and the cashier sees why. Under the order's lock."""
    refund.state, refund.note = Refund.State.FAILED, why[:200]
    refund.save()
    refund_failed.enqueue(refund.pk)


def came_again(refund: Refund, order: Order, why: str) -> None:
    """Money that was counted as gone back is here again: the bank returned it. Once. Under the order's lock."""
    fen = refund.amount_fen
    known = Payment.objects.filter(provider=refund.provider, reference=refund.reference)
    if refund.payment is None or known.exists():
        return
    now = timezone.now()
    Payment.objects.create(
        order=order,
        provider=refund.provider,
        reference=refund.reference,
        intent=refund.payment.intent,
        state=Payment.State.PAID,
        amount_fen=fen,
        received_fen=fen,
        note=why[:200],
        started_at=now,
        paid_at=now,
    )
    refund.note = why[:200] or "came again"
    refund.save(update_fields=["reference", "note"])
    record_return(order.pk, fen)
    journal.follow(order, at=now)
    if refund.kind != Refund.Kind.DISPUTED:
        refund_failed.enqueue(refund.pk)


def _known(table: type[R], order: Order, amount_fen: int, receipt: str, provider: Provider) -> R | None:
    """What was recorded on this receipt before. Raises NotTaken when that was something else."""
    known = table._default_manager.filter(provider=provider, reference=receipt).first()
    if known and (known.order_id, known.amount_fen) != (order.pk, amount_fen):
        raise _taken(receipt)
    return known


def _taken(receipt: str) -> NotTaken:
    return NotTaken(
        _("Receipt %(receipt)s is recorded already, for another order or amount.") % {"receipt": receipt}
    )


@transaction.atomic
def count_difference(payment_id: int, by: User) -> Payment:
    """Count money of an unexpected amount for its order after all. Twice is once.

    Raises NotTaken when it came in another currency, which has to be settled by hand.
    """
    payment = Payment.objects.get(pk=payment_id)
    order = locked(payment.order_id)
    payment.refresh_from_db()
    if payment.state in {Payment.State.PAID, Payment.State.TO_REFUND}:
        return payment
    if payment.state != Payment.State.DIFFERS or not payment.received_fen:
        raise NotTaken(_("Only money that came in yuan can be counted for an order."))
    payment.by = by
    count(payment, order, by=by)
    return payment
