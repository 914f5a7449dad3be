"""A unit's bank transfers, shared out over its orders, the oldest first; what is over stays as its credit.

Each share is a payment of its order like any other, so that orders and books agree to the fen.
Every verb here locks the unit first.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.access.models import User
from marketplace.days import shanghai_day
from shop.buyers.models import BuyerOrganisation, locked_unit
from shop.orders.models import Order, PayBy, State
from shop.orders.transitions import locked, locked_all

from . import books
from .journal import follow_transfer
from .models import Payment, Refund, StatementLine, Transfer
from .receive import NotTaken, Share, collect_cash, collect_shares, count, give_back, on_its_way_back
from .told import transfer_came

Provider = Payment.Provider
# orders locked and paid in one go
AT_ONCE = 200


@transaction.atomic
def record_transfer(
    unit_id: int, amount_fen: int, came_on: dt.date, reference: str, *, key: uuid.UUID, by: User
) -> Transfer:
    """Record a bank transfer and share it out over what the unit's statements ask for. The same `key` is one transfer.

    Raises NotTaken when the key or reference stands for something else already, or the day has yet to come.
    """
    reference = reference.strip()
    if amount_fen <= 0 or not reference:
        raise ValueError("a transfer is more than nothing, and has a reference")
    if came_on > shanghai_day(timezone.now()):
        raise NotTaken(_("This day has yet to come."))
    unit = locked_unit(unit_id)
    if known := Transfer.objects.filter(key=key).first():
        facts = (known.organisation_id, known.amount_fen, known.came_on, known.reference)
        if facts != (unit.pk, amount_fen, came_on, reference):
            raise NotTaken(_("This form was sent before, with other facts. Open the page anew, please."))
        return known
    try:
        with transaction.atomic():
            transfer = Transfer.objects.create(
                organisation=unit,
                key=key,
                reference=reference,
                amount_fen=amount_fen,
                left_fen=amount_fen,
                came_on=came_on,
                by=by,
            )
    except IntegrityError:
        raise NotTaken(
            _("Reference %(reference)s is recorded already, for another transfer.") % {"reference": reference}
        ) from None
    follow_transfer(transfer)
    settle(unit, by)
    transfer.refresh_from_db(fields=["left_fen"])
    transfer_came.enqueue(transfer.pk)
    return transfer


@transaction.atomic
def transfer_by_link(unit_id: int, amount_fen: int, reference: str, *, intent: str) -> bool:
    """The same for what a unit paid through a payment link, as its provider tells us. False: it was here before."""
    unit = locked_unit(unit_id)
    if Transfer.objects.filter(reference=reference).exists():
        return False
    transfer = Transfer.objects.create(
        organisation=unit,
        key=uuid.uuid4(),
        provider=Provider.STRIPE,
        reference=reference,
        intent=intent,
        amount_fen=amount_fen,
        left_fen=amount_fen,
        came_on=shanghai_day(timezone.now()),
    )
    follow_transfer(transfer)
    settle(unit, None)
    transfer_came.enqueue(transfer.pk)
    return True


def settle(unit: BuyerOrganisation, by: User | None, *, billed_only: bool = True) -> int:
    """Use all credit of a locked unit for its accepted orders that are due: what was paid too much, then transfers.

    Of these, orders that stand on a statement, unless told otherwise. Returns the fen that found their order.
    """
    due = on_account(unit).filter(accepted_fen__gt=F("paid_fen")).order_by("placed_at", "pk")
    if billed_only:
        due = due.filter(Exists(StatementLine.objects.filter(order=OuterRef("pk"))))
    waiting = list(due.values_list("pk", flat=True))
    if not waiting:
        return 0
    overpaid = list(books.to_give_back().filter(organisation=unit, pay_by=PayBy.ON_ACCOUNT))
    used = 0
    for pk in waiting:
        while overpaid and (wants := _wants(locked(pk))):
            moved = _set_off(overpaid[0].pk, pk, wants, by)
            if moved < wants:
                overpaid.pop(0)
            used += moved
    return used + _share_out(unit, waiting, by)


def on_account(unit: BuyerOrganisation) -> QuerySet[Order]:
    return Order.objects.filter(organisation=unit, pay_by=PayBy.ON_ACCOUNT)


def _wants(order: Order) -> int:
    """What a locked order asks for what was accepted of it; the rest of a part delivery is not asked for yet."""
    return max(order.accepted_fen - order.paid_fen, 0)


def _set_off(source_id: int, order_id: int, wants: int, by: User | None) -> int:
    """Count what was paid too much for one order for another: given back there and paid here, under one number."""
    source = locked(source_id)
    fen = min(source.overpaid_fen - on_its_way_back(source), wants)
    if fen:
        before = Refund.objects.filter(order=source, provider=Provider.SET_OFF).count()
        reference = f"{source.number}/{before + 1}"
        give_back(source, fen, reference, by, provider=Provider.SET_OFF)
        collect_cash(locked(order_id), fen, reference, by, provider=Provider.SET_OFF)
    return fen


def _share_out(unit: BuyerOrganisation, waiting: Sequence[int], by: User | None) -> int:
    """Pay these orders, in this order, from the unit's transfers, the oldest first: in a few queries for many."""
    credit = list(
        Transfer.objects.filter(organisation=unit, left_fen__gt=0)
        .annotate(shared=Count("payments"))
        .order_by("came_on", "pk")
    )
    numbers = {transfer.pk: transfer.shared for transfer in credit}
    used = 0
    for some in (waiting[first : first + AT_ONCE] for first in range(0, len(waiting), AT_ONCE)):
        if not credit:
            break
        orders = {order.pk: order for order in locked_all(some)}
        shares, paying = [], list(credit)
        for order in (orders[pk] for pk in some):
            wants = _wants(order)
            while wants and credit:
                transfer = credit[0]
                numbers[transfer.pk] += 1
                fen = min(transfer.left_fen, wants)
                shares.append(Share(order, fen, f"{transfer.reference}/{numbers[transfer.pk]}", transfer))
                transfer.left_fen -= fen
                wants -= fen
                if not transfer.left_fen:
                    credit.pop(0)
        if shares:
            collect_shares(shares, by)
            Transfer.objects.bulk_update(paying, ["left_fen"])
            used += sum(share.fen for share in shares)
    return used


def _next_reference(transfer: Transfer) -> str:
    return f"{transfer.reference}/{transfer.payments.count() + 1}"


def _take(transfer: Transfer, payment: Payment) -> None:
    payment.transfer, payment.intent = transfer, transfer.intent
    payment.save(update_fields=["transfer", "intent"])
    transfer.left_fen -= payment.amount_fen
    transfer.save(update_fields=["left_fen"])


@transaction.atomic
def use_credit(transfer_id: int, by: User) -> int:
    """Use a unit's credit for everything that it has accepted, told on a statement or not. Twice is once."""
    transfer = Transfer.objects.get(pk=transfer_id)
    return settle(locked_unit(transfer.organisation_id), by, billed_only=False)


@transaction.atomic
def send_back(transfer_id: int, by: User) -> Transfer:
    """Put what is left of a transfer on a paid order of the unit, as paid too much, to be given back there.

    Twice is once. Raises NotTaken while the unit has no accepted order that is wholly paid.
    """
    unit = locked_unit(Transfer.objects.get(pk=transfer_id).organisation_id)
    transfer = Transfer.objects.get(pk=transfer_id)
    if not transfer.left_fen:
        return transfer
    paid = on_account(unit).filter(state=State.ACCEPTED, accepted_fen__lte=F("paid_fen"))
    newest = paid.order_by("-placed_at", "-pk").values_list("pk", flat=True).first()
    if newest is None:
        raise NotTaken(_("Use the credit first: this unit has no order that is paid."))
    order = locked(newest)
    payment = Payment(
        order=order,
        provider=Provider(transfer.provider),
        reference=_next_reference(transfer),
        amount_fen=transfer.left_fen,
        received_fen=transfer.left_fen,
        by=by,
        transfer=transfer,
    )
    payment.paid_at = payment.started_at
    count(payment, order, by=by)
    _take(transfer, payment)
    return transfer
