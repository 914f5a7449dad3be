"""Monthly statements 对账单 of units that buy on account: drawn up from the ledger, issued once, then frozen.

Every ledger entry of the unit's orders on account stands on one statement, and so does all money for them.
An event that is recorded after its month was told stands on the next.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext as _

from farmers.ledger.models import Entry
from marketplace.access.models import User
from marketplace.days import SHANGHAI, month_end, shanghai_day
from shop.buyers.models import BuyerOrganisation, locked_unit
from shop.orders.accept import accept_key
from shop.orders.models import OrderLine, PayBy
from shop.orders.picking import PERSONAL

from .models import Payment, Refund, Statement, StatementCredit, StatementLine, Transfer
from .months import Event, Month, cut
from .told import statement_issued
from .transfers import settle

# how many keys are asked for at once
AT_ONCE = 2_000

Row = StatementLine | StatementCredit
Moment = Callable[[dt.date], dt.datetime]


class CannotIssue(Exception):
    """The month is not over. The message is for the person."""


def issue_all(month: dt.date, by: User | None = None) -> list[Statement]:
    """Issue the statements of a month (its first day), and of months before it that were left out, for all units.

    Twice, or by two at once, issues each once. Each unit is a transaction. Raises CannotIssue before the
    month is over in Shanghai.
    """
    units = BuyerOrganisation.objects.filter(orders__pay_by=PayBy.ON_ACCOUNT).distinct().order_by("pk")
    return [made for pk in units.values_list("pk", flat=True) for made in issue(pk, month, by)]


@transaction.atomic
def issue(unit_id: int, month: dt.date, by: User | None = None) -> list[Statement]:
    """The same for one unit. Credit that it has is then used for what the new statements ask for."""
    if month_end(month) >= shanghai_day(timezone.now()):
        raise CannotIssue(_("This month is not over yet."))
    unit = locked_unit(unit_id)
    now = timezone.now()
    made = write(unit, draw_up(unit, month), lambda period: now, by)
    if made:
        settle(unit, by)
    return made


def draw_up(unit: BuyerOrganisation, month: dt.date) -> list[Month[Row]]:
    """What there is to say of a locked unit's months up to this one."""
    before = Statement.objects.filter(organisation=unit).order_by("-period").first()
    if before and before.period >= month:
        return []
    last = month_end(month)
    events = [*_goods(unit, last), *_money(unit, last)]
    return cut(events, before.closing_fen if before else 0, before.period if before else None, month)


def write(
    unit: BuyerOrganisation, months: Sequence[Month[Row]], issued_at: Moment, by: User | None
) -> list[Statement]:
    """Save them, each with the moment that it counts as issued at."""
    made = Statement.objects.bulk_create(
        Statement(
            number=f"ZD{month.period:%Y%m}-{unit.pk:04}",
            organisation=unit,
            period=month.period,
            opening_fen=month.opening_fen,
            accepted_fen=month.accepted_fen,
            returned_fen=month.returned_fen,
            paid_fen=month.paid_fen,
            closing_fen=month.closing_fen,
            line_count=sum(not event.is_money for event in month.events),
            credit_count=sum(event.is_money for event in month.events),
            due_on=shanghai_day(issued_at(month.period)) + dt.timedelta(days=settings.STATEMENT_DUE_DAYS),
            issued_at=issued_at(month.period),
            issued_by=by,
        )
        for month in months
    )
    lines: list[StatementLine] = []
    credits: list[StatementCredit] = []
    for statement, month in zip(made, months, strict=True):
        for event in month.events:
            row = event.what
            row.statement = statement
            if isinstance(row, StatementLine):
                lines.append(row)
            else:
                credits.append(row)
    _number(lines)
    _number(credits)
    StatementLine.objects.bulk_create(lines, batch_size=500)
    StatementCredit.objects.bulk_create(credits, batch_size=500)
    for statement in made:
        statement_issued.enqueue(statement.pk)
    return made


def _number(rows: Sequence[Row]) -> None:
    """Each row's place on its statement, from one."""
    for _statement, own in groupby(rows, key=lambda row: row.statement.number):
        for position, row in enumerate(own, start=1):
            row.position = position


# --- goods: the ledger's entries ---------------------------------------------------------------


def _goods(unit: BuyerOrganisation, last: dt.date) -> Iterator[Event[Row]]:
    """The unit's entries that stand on no statement yet, as lines."""
    told = StatementLine.objects.filter(order_line=OuterRef("pk"), quantity__gt=0)
    lines = {
        accept_key(line.pk): line
        for line in OrderLine.objects.filter(
            Q(returned_quantity__gt=0) | ~Exists(told),
            order__organisation=unit,
            order__pay_by=PayBy.ON_ACCOUNT,
            accepted_quantity__gt=0,
        )
        .select_related("consignment")
        .annotate(told=Exists(told))
    }
    sales = [key for key, line in lines.items() if not line.told]
    backs = [key for key, line in lines.items() if line.returned_quantity]
    of_sale: dict[int, str] = {}
    found = list(_entries("key__in", sales, last))
    for some in _parts(backs):
        of_sale |= dict(Entry.objects.filter(key__in=some).values_list("pk", "key"))
    found += _entries("reverses__in", list(of_sale), last)
    for entry in sorted(found, key=lambda entry: (entry.day, entry.pk)):
        line = lines[of_sale[entry.reverses_id] if entry.reverses_id else entry.key]
        yield Event(entry.day, entry.amount_fen, False, _line(entry, line))


def _entries(lookup: str, values: Sequence[str] | Sequence[int], last: dt.date) -> Iterator[Entry]:
    told = StatementLine.objects.filter(entry=OuterRef("pk"))
    for some in _parts(values):
        yield from Entry.objects.filter(~Exists(told), day__lte=last, **{lookup: some})


def _parts(values: Sequence[str] | Sequence[int]) -> Iterator[Sequence[str] | Sequence[int]]:
    for first in range(0, len(values), AT_ONCE):
        yield values[first : first + AT_ONCE]


def _line(entry: Entry, line: OrderLine) -> StatementLine:
    """An unsaved copy, with the names that the order was sold under."""
    return StatementLine(
        entry=entry,
        order_line=line,
        order_id=line.order_id,
        order_number=entry.order_number,
        day=entry.day,
        product_name=entry.product_name,
        product_name_en=entry.product_name_en,
        household_name=line.household_name,
        village_name=line.consignment.village_name,
        village_name_en=line.consignment.village_name_en,
        town_name=line.consignment.town_name,
        town_name_en=line.consignment.town_name_en,
        quantity=entry.quantity,
        unit=entry.unit,
        unit_size=entry.unit_size,
        price_fen=entry.price_fen,
        amount_fen=entry.amount_fen,
        reason=entry.reason,
    )


# --- money -------------------------------------------------------------------------------------


def _money(unit: BuyerOrganisation, last: dt.date) -> Iterator[Event[Row]]:
    """Transfers, single payments and refunds on the unit's account that stand on no statement yet."""
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time.min, SHANGHAI)
    for transfer in Transfer.objects.filter(_untold("transfer"), organisation=unit, came_on__lte=last):
        row = StatementCredit(transfer=transfer, reference=transfer.reference)
        yield _credit(row, transfer.came_on, transfer.amount_fen)
    for payment in (
        single_payments(unit).filter(_untold("payment"), paid_at__lt=end).order_by("paid_at", "pk")
    ):
        row = StatementCredit(payment=payment, reference=payment.reference, order_number=payment.order.number)
        yield _credit(row, shanghai_day(payment.paid_at or payment.started_at), payment.received_fen or 0)
    for refund in refunds(unit).filter(_untold("refund"), at__lt=end).order_by("at", "pk"):
        row = StatementCredit(refund=refund, reference=refund.reference, order_number=refund.order.number)
        yield _credit(row, shanghai_day(refund.at), -refund.amount_fen)


def money_untold(unit: BuyerOrganisation) -> list[StatementCredit]:
    """Unsaved: what came in or went back and stands on no statement yet."""
    events = _money(unit, shanghai_day(timezone.now()))
    return [event.what for event in events if isinstance(event.what, StatementCredit)]


def single_payments(unit: BuyerOrganisation) -> QuerySet[Payment]:
    """Money counted for one of its orders on account, other than by a transfer for many."""
    return (
        Payment.objects.filter(
            order__organisation=unit,
            order__pay_by=PayBy.ON_ACCOUNT,
            transfer=None,
            state__in=[Payment.State.PAID, Payment.State.TO_REFUND],
        )
        .exclude(provider=Payment.Provider.SET_OFF)
        .select_related("order")
        .defer(*(f"order__{field}" for field in PERSONAL))
    )


def refunds(unit: BuyerOrganisation) -> QuerySet[Refund]:
    return (
        Refund.objects.filter(
            order__organisation=unit, order__pay_by=PayBy.ON_ACCOUNT, state=Refund.State.SUCCEEDED
        )
        .exclude(provider=Payment.Provider.SET_OFF)
        .select_related("order")
        .defer(*(f"order__{field}" for field in PERSONAL))
    )


def _untold(kind: str) -> Combinable:
    return ~Exists(StatementCredit.objects.filter(**{kind: OuterRef("pk")}))


def _credit(row: StatementCredit, day: dt.date, fen: int) -> Event[Row]:
    row.day, row.amount_fen = day, fen
    return Event(day, fen, True, row)
