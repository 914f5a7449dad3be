"""Cash that officers take at the door and bring to the cashier.

It is the order's from the moment the officer has it, so that its buyer owes nothing any more; `hand_in` stays empty
until the cashier has counted it, and then names the receipt in the cashier's book.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.access.models import Role, User
from marketplace.access.rules import Act, may
from marketplace.days import shanghai_day
from shop.orders.models import Consignment, Order, PayBy, State

from .journal import follow_hand_in
from .models import DOOR, HandIn, Payment
from .receive import NotTaken, collect_cash
from .told import brought_in, taken_at_door

AT_DOOR = Q(provider=Payment.Provider.CASH, reference__startswith=DOOR)
# goods that are there; before, nobody pays
THERE = Q(state=State.ACCEPTED, accepted_fen__gt=F("paid_fen")) | Q(
    state=State.DELIVERED, total_fen__gt=F("paid_fen")
)


def to_collect(user: User) -> QuerySet[Order]:
    """Orders paid on delivery whose goods are there, and of which this officer brought some; the oldest first."""
    if not may(user, Act.SERVE_VILLAGE):
        return Order.objects.none()
    brought = Consignment.objects.visible_to(user).values("order")
    return Order.objects.filter(THERE, pay_by=PayBy.ON_DELIVERY, pk__in=brought).order_by("placed_at", "pk")


@transaction.atomic
def collect(order_id: int, amount_fen: int, by: User, key: uuid.UUID) -> Payment:
    """Note what the buyer paid at the door; the same key sent twice is one payment.

    Raises PermissionDenied for an order of which they brought nothing, NotTaken for more than is due.
    """
    known = Payment.objects.filter(AT_DOOR, reference=f"{DOOR}{key}", by=by, order=order_id).first()
    if known is not None:
        return known
    brings = Consignment.objects.visible_to(by).filter(order=order_id).exists()
    if not (may(by, Act.SERVE_VILLAGE) and brings):
        raise PermissionDenied
    order = Order.objects.get(pk=order_id)
    if order.pay_by != PayBy.ON_DELIVERY or order.state not in {State.DELIVERED, State.ACCEPTED}:
        raise NotTaken(_("Nothing is paid at the door for this order."))
    taken = collect_cash(order, amount_fen, f"{DOOR}{key}", by)
    taken_at_door.enqueue(shanghai_day(timezone.now()).isoformat())
    return taken


def in_hand() -> QuerySet[Payment]:
    """All that was taken at doors and not handed in yet, the oldest first."""
    taken = Payment.objects.filter(AT_DOOR, hand_in=None).exclude(received_fen=None)
    return taken.order_by("paid_at", "pk")


def bringers() -> QuerySet[User]:
    """Whoever may have something to hand in: officers, and those who took money while they were."""
    took = Payment.objects.filter(AT_DOOR).values("by")
    people = User.objects.filter(Q(role=Role.OFFICER) | Q(pk__in=took))
    return people.annotate(name=Coalesce("officer__name", "username"))


class Brought(NamedTuple):
    """What one officer has in hand."""

    officer: int
    name: str
    payments: int
    fen: int


def by_officer() -> list[Brought]:
    """Who has how much in hand, whoever has had it longest first."""
    rows = (
        in_hand()
        .order_by()
        .values("by")
        .annotate(
            payments=Count("pk"),
            fen=Sum("received_fen"),
            since=Min("paid_at"),
            name=Coalesce("by__officer__name", "by__username"),
        )
        .order_by("since", "by")
    )
    return [Brought(row["by"], row["name"], row["payments"], row["fen"]) for row in rows]


class NotHandedIn(NotTaken):
    """What was counted cannot be taken so. `field`: where the cashier's form says it, if at one field."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def hand_in(
    officer_id: int, payments: Collection[int], amount_fen: int, receipt: str, by: User, key: uuid.UUID
) -> HandIn:
    """The cashier `by` has counted what an officer brought: these payments, `amount_fen` in all.

    The same `key`, sent twice, is one hand-in. Raises PermissionDenied, or NotHandedIn where a payment is not in this
    officer's hand any more, the amount is not what was noted at the doors, or the receipt stands for another hand-in.
    """
    if not may(by, Act.SETTLE):
        raise PermissionDenied
    receipt, wanted = receipt.strip(), set(payments)
    if not receipt:
        raise ValueError("money is handed in with a number in the book")
    if known := _known(key, officer_id, wanted, amount_fen, receipt):
        return known
    theirs = Payment.objects.filter(AT_DOOR, by=officer_id, pk__in=wanted)
    # the books are posted by order: orders are locked first, as everywhere
    orders = Order.objects.filter(pk__in=theirs.values("order")).order_by("pk")
    list(orders.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    # whoever waited for the locks may find it counted
    if known := _known(key, officer_id, wanted, amount_fen, receipt):
        return known
    brought = list(in_hand().filter(by=officer_id, pk__in=wanted).select_related("order"))
    if not brought or len(brought) != len(wanted):
        raise NotHandedIn(_("Some of it was counted in the meantime. Look at the list again."))
    if sum(payment.received_fen or 0 for payment in brought) != amount_fen:
        said = _("That is not what was noted at the doors. Count it again, and look at the list.")
        raise NotHandedIn(said, "amount")
    try:
        with transaction.atomic():
            made = HandIn.objects.create(
                key=key, receipt=receipt, officer_id=officer_id, cashier=by, amount_fen=amount_fen
            )
    except IntegrityError:
        # the form, with other payments, or the receipt was used before, or at this very moment
        said = _("This number stands for another hand-in already.")
        raise NotHandedIn(said, "receipt") from None
    Payment.objects.filter(pk__in=wanted).update(hand_in=made)
    follow_hand_in(made, brought)
    brought_in.enqueue(made.pk)
    return made


def _known(
    key: uuid.UUID, officer_id: int, payments: Collection[int], amount_fen: int, receipt: str
) -> HandIn | None:
    """What this form made before. Raises NotHandedIn where it says something else now."""
    made = HandIn.objects.filter(key=key).first()
    if made is None:
        return None
    same = (made.officer_id, made.amount_fen, made.receipt) == (officer_id, amount_fen, receipt)
    if not same or set(made.payments.values_list("pk", flat=True)) != set(payments):
        raise NotHandedIn(_("This form was used already. Look at the list again."))
    return made
