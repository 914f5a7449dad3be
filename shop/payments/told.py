"""Who is told of money: whoever pays, that it came, failed, goes back or is owed; cashiers, of what waits for them.

Each verb leaves its task in its own transaction; what is told is read when the worker comes to it.
"""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from marketplace.access.models import Role, User
from marketplace.days import shanghai_day
from marketplace.money import yuan
from marketplace.notices.models import Notice
from marketplace.notices.tell import tell
from marketplace.notices.words import in_both
from marketplace.templatetags.market import month_day
from shop.buyers.models import Duty
from shop.orders.models import Order, PayBy

from .models import HandIn, Payment, Refund, Statement, StatementLine, Tick, Transfer
from .standing import Paid, standings

Provider, State = Payment.Provider, Payment.State
# a unit that is late is reminded once in so many days
REMINDED_EVERY = 7


def _cashiers() -> QuerySet[User, int]:
    return User.objects.filter(role=Role.CASHIER).order_by("pk").values_list("pk", flat=True)


def _keepers(unit_id: int) -> list[int]:
    """Those of a unit who keep its accounts."""
    keepers = Duty.objects.filter(kind=Duty.Kind.BOOKKEEPER, member__organisation=unit_id)
    return list(keepers.order_by("pk").values_list("member__user", flat=True))


def _payers(order: Order) -> list[int]:
    """Who is told of an order's money: on account the unit's bookkeepers, else whoever ordered."""
    keepers = (
        _keepers(order.organisation_id) if order.organisation_id and order.pay_by == PayBy.ON_ACCOUNT else []
    )
    return keepers or [order.buyer_id]


# --- an order's money ----------------------------------------------------------------------------


@task(backend="notices")
def payment_moved(payment_id: int) -> int:
    """It was counted, came in another amount, or did not come."""
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    order, key = payment.order, f"payment:{payment.pk}:{payment.state}"
    link, facts = order.get_absolute_url(), {"number": order.number}
    if payment.state == State.DIFFERS:
        return tell(_cashiers(), "to_match", facts, f"{reverse('cashier')}#match", key)
    if payment.state == State.FAILED:
        return tell(_payers(order), "payment_failed", facts, link, key)
    # a unit hears of its transfer as a whole, and nothing of what is moved between its orders
    if payment.transfer_id or payment.provider == Provider.SET_OFF or not payment.received_fen:
        return 0
    kind = "paid_too_much" if payment.state == State.TO_REFUND else "paid"
    return tell(_payers(order), kind, facts | {"amount": yuan(payment.received_fen)}, link, key)


@task(backend="notices")
def refund_made(refund_id: int) -> int:
    refund = Refund.objects.select_related("order").get(pk=refund_id)
    order = refund.order
    facts = {"number": order.number, "amount": yuan(refund.amount_fen)}
    return tell(_payers(order), "refunded", facts, order.get_absolute_url(), f"refund:{refund.pk}")


@task(backend="notices")
def refund_failed(refund_id: int) -> int:
    """Cashiers hear that money waits for their hands, where some of it is still to go back."""
    refund = Refund.objects.select_related("order").get(pk=refund_id)
    if not refund.order.overpaid_fen:
        return 0
    facts = {"number": refund.order.number, "amount": yuan(refund.amount_fen)}
    link = f"{reverse('cashier')}#back"
    return tell(_cashiers(), "refund_failed", facts, link, f"refund-failed:{refund.pk}")


@task(backend="notices")
def transfer_came(transfer_id: int) -> int:
    """The unit's bookkeepers hear that it came; cashiers, when some of it found no order."""
    transfer = Transfer.objects.get(pk=transfer_id)
    facts, key = {"amount": yuan(transfer.amount_fen)}, f"transfer:{transfer.pk}"
    told = tell(_keepers(transfer.organisation_id), "transfer", facts, reverse("statements"), key)
    if transfer.left_fen:
        left = {"amount": yuan(transfer.left_fen)}
        told += tell(_cashiers(), "left_over", left, f"{reverse('cashier')}#match", key)
    return told


# --- cash from the door --------------------------------------------------------------------------


@task(backend="notices")
def taken_at_door(day: str) -> int:
    """Cashiers hear of it once a day, however many doors there were."""
    taken_on = dt.date.fromisoformat(day)
    facts = in_both("day", partial(month_day, taken_on))
    return tell(_cashiers(), "door_cash", facts, reverse("cashier"), f"doors:{day}")


@task(backend="notices")
def brought_in(hand_in_id: int) -> int:
    """The officer hears that it was counted, and so do the cashiers who did not count it."""
    hand_in = HandIn.objects.get(pk=hand_in_id)
    facts, key = {"amount": yuan(hand_in.amount_fen)}, f"hand-in:{hand_in.pk}"
    told = tell([hand_in.officer_id], "counted", facts, f"{reverse('officer_cash')}#handed-in", key)
    others = _cashiers().exclude(pk__in=[hand_in.cashier_id, hand_in.officer_id])
    return told + tell(others, "handed_in", facts, f"{reverse('cashier')}#brought", key)


# --- statements ----------------------------------------------------------------------------------


@task(backend="notices")
def statement_issued(statement_id: int) -> int:
    statement = Statement.objects.get(pk=statement_id)
    facts = {"month": f"{statement.period:%Y-%m}", "amount": yuan(statement.closing_fen)}
    people = _keepers(statement.organisation_id)
    return tell(people, "statement", facts, statement.get_absolute_url(), f"statement:{statement.pk}")


@task(backend="notices")
def statement_overdue(statement_id: int) -> int:
    """The unit's bookkeepers, unless they were reminded of the unit's debt within a week."""
    statement = Statement.objects.get(pk=statement_id)
    standing = standings([statement])[statement.pk]
    if standing.state != Paid.OVERDUE:
        return 0
    day, unit = shanghai_day(timezone.now()), statement.organisation_id
    lately = [f"overdue:{unit}:{day - dt.timedelta(days=ago)}" for ago in range(REMINDED_EVERY)]
    keepers = _keepers(unit)
    reminded = set(Notice.objects.filter(user__in=keepers, key__in=lately).values_list("user", flat=True))
    facts = {"month": f"{statement.period:%Y-%m}", "amount": yuan(standing.due_fen)}
    facts |= in_both("day", partial(month_day, statement.due_on))
    people = [pk for pk in keepers if pk not in reminded]
    return tell(people, "overdue", facts, statement.get_absolute_url(), lately[0])


@task(backend="notices")
def line_disputed(line_id: int) -> int:
    statement = StatementLine.objects.select_related("statement").get(pk=line_id).statement
    facts = {"number": statement.number}
    return tell(_cashiers(), "disputed", facts, statement.get_absolute_url(), f"dispute:{line_id}")


@task(backend="notices")
def dispute_answered(tick_id: int) -> int:
    tick = Tick.objects.select_related("line__statement").get(pk=tick_id)
    statement = tick.line.statement
    facts, link = {"number": statement.number}, statement.get_absolute_url()
    return tell([tick.by_id], "dispute_answered", facts, link, f"answer:{tick.pk}")
