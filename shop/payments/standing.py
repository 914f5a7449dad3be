"""What is still to pay of a statement, and since when: money is counted for the oldest debt first. In fen."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from django.db.models import BigIntegerField, Exists, ExpressionWrapper, F, OuterRef, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.days import shanghai_day
from shop.buyers.models import BuyerOrganisation
from shop.orders.models import Order, OrderLine, PayBy

from .models import Statement, StatementLine, Transfer


class Paid(StrEnum):
    PAID = "paid"
    DUE = "due"
    OVERDUE = "overdue"

    @property
    def label(self) -> str:
        return str({Paid.PAID: _("paid"), Paid.DUE: _("to be paid"), Paid.OVERDUE: _("overdue")}[self])


class Standing(NamedTuple):
    """`due_fen`: of the closing balance, what no money or return has covered since."""

    due_fen: int
    state: Paid
    days_over: int = 0


# what a line cost when it was accepted: the same sum as money.line_amount_fen
_LINE_FEN = ExpressionWrapper(
    (2 * F("price_fen") * F("accepted_quantity") + F("unit_size")) / (2 * F("unit_size")),
    output_field=BigIntegerField(),
)


def standings(statements: Iterable[Statement]) -> dict[int, Standing]:
    """Each statement's standing by its id, in four queries for however many.

    A unit's balance now, less all that it accepted after a statement, is what is left of that statement.
    """
    asked = list(statements)
    units = {statement.organisation_id for statement in asked}
    if not units:
        return {}
    balance = balances(units)
    later = _accepted_untold(units)
    told = Statement.objects.filter(organisation__in=units).order_by("-period")
    due: dict[int, int] = {}
    for pk, unit, accepted_fen in told.values_list("pk", "organisation", "accepted_fen"):
        due[pk] = max(balance[unit] - later[unit], 0)
        later[unit] += accepted_fen
    day = shanghai_day(timezone.now())
    return {statement.pk: _standing(due[statement.pk], statement.due_on, day) for statement in asked}


def _standing(due_fen: int, due_on: dt.date, day: dt.date) -> Standing:
    if not due_fen:
        return Standing(0, Paid.PAID)
    if due_on < day:
        return Standing(due_fen, Paid.OVERDUE, (day - due_on).days)
    return Standing(due_fen, Paid.DUE)


def balances(units: Iterable[int]) -> dict[int, int]:
    """What each unit owes on its account now: accepted and kept, less all its money."""
    account: dict[int, int] = defaultdict(int)
    orders = Order.objects.filter(organisation__in=units, pay_by=PayBy.ON_ACCOUNT).order_by()
    for unit, fen in orders.values_list("organisation").annotate(owed=Sum(F("accepted_fen") - F("paid_fen"))):
        account[unit] += fen
    credit = Transfer.objects.filter(organisation__in=units, left_fen__gt=0).order_by()
    for unit, fen in credit.values_list("organisation").annotate(left=Sum("left_fen")):
        account[unit] -= fen
    return account


def _accepted_untold(units: Iterable[int]) -> dict[int, int]:
    """What each unit accepted and no statement tells of yet."""
    told = StatementLine.objects.filter(order_line=OuterRef("pk"), quantity__gt=0)
    lines = OrderLine.objects.filter(
        ~Exists(told),
        order__organisation__in=units,
        order__pay_by=PayBy.ON_ACCOUNT,
        accepted_quantity__gt=0,
    ).order_by()
    sums: dict[int, int] = defaultdict(int)
    sums.update(lines.values_list("order__organisation").annotate(fen=Sum(_LINE_FEN)))
    return sums


def overdue(unit: BuyerOrganisation | None = None) -> list[tuple[Statement, Standing]]:
    """For each unit that is late (or this one), its newest statement past its day, the largest debt first."""
    day = shanghai_day(timezone.now())
    past = Statement.objects.filter(due_on__lt=day)
    if unit:
        past = past.filter(organisation=unit)
    newer = Statement.objects.filter(
        organisation=OuterRef("organisation"), period__gt=OuterRef("period"), due_on__lt=day
    )
    late = list(past.filter(~Exists(newer)).select_related("organisation").defer("organisation__phone"))
    found = standings(late)
    rows = [(statement, found[statement.pk]) for statement in late if found[statement.pk].due_fen]
    return sorted(rows, key=lambda row: (-row[1].due_fen, row[0].number))
