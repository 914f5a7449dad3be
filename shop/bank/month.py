"""Everything that closes a month: what is still open of it, goods and money that add up to the fen, and the closing.

What is open counts whatever is older too: nothing slips out of sight because its month is past. Amounts in fen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Greatest, Least
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from farmers.ledger.models import Entry
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.days import SHANGHAI, month_end, shanghai_day
from shop.buyers.models import BuyerOrganisation
from shop.orders.models import Order, PayBy, State
from shop.payments import books, door, period
from shop.payments.models import Payment, Provider, Refund, Statement, StatementLine, Tick, Transfer
from shop.payments.receive import NotTaken
from shop.payments.standing import standings

from .models import BankFile, BankLine, ClosedMonth
from .paid_out import paid_out

MOST_LISTED = 20


class Row(NamedTuple):
    """One of those that are open: its number, whose it is (a unit, or a person by name), and where it stands."""

    number: str
    unit: BuyerOrganisation | None
    person: str
    url: str
    fen: int


class Item(NamedTuple):
    """One thing to bring to nothing. `stops`: a difference, with which no month is closed; `rows`: the first of them,
    where no page lists just these."""

    key: str
    label: str
    hint: str
    number: int
    fen: int
    url: str
    stops: bool = False
    rows: Sequence[Row] = ()

    @property
    def is_done(self) -> bool:
        return not self.number and not self.fen


class Goods(NamedTuple):
    """Orders with goods accepted in the month, by how they are paid: `worth_fen` is paid or due."""

    label: str
    orders: int
    worth_fen: int
    paid_fen: int
    due_fen: int
    over_fen: int


class Money(NamedTuple):
    """What came and went back in the month by one way."""

    label: str
    number: int
    came_fen: int
    back_fen: int

    @property
    def kept_fen(self) -> int:
        return self.came_fen - self.back_fen


@dataclass(frozen=True)
class Month:
    """`sold` and `taken_back` are the ledger's for the month; `bank` says where the bank's lines of the month stand."""

    first: dt.date
    is_over: bool
    items: list[Item]
    goods: list[Goods]
    money: list[Money]
    sold_fen: int
    taken_back_fen: int
    bank: dict[str, tuple[int, int]]
    by_hand: list[Transfer]
    # of what went out: what no run of payouts tells of
    out_else: list[BankLine]
    closed: ClosedMonth | None

    @property
    def open(self) -> list[Item]:
        return [item for item in self.items if not item.is_done]

    @property
    def stopped(self) -> bool:
        return any(item.stops for item in self.open)

    @property
    def goods_sum(self) -> Goods:
        rows = self.goods
        return Goods(
            "",
            sum(row.orders for row in rows),
            sum(row.worth_fen for row in rows),
            sum(row.paid_fen for row in rows),
            sum(row.due_fen for row in rows),
            sum(row.over_fen for row in rows),
        )

    @property
    def money_sum(self) -> Money:
        rows = self.money
        numbers = sum(row.number for row in rows)
        return Money("", numbers, sum(row.came_fen for row in rows), sum(row.back_fen for row in rows))


def month(first: dt.date) -> Month:
    """In a number of queries that does not grow with the orders."""
    last = month_end(first)
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time.min, SHANGHAI)
    entries = Entry.objects.filter(day__range=(first, last))
    sums = entries.aggregate(
        sold=Sum("amount_fen", filter=Q(kind=Entry.Kind.SALE), default=0),
        back=Sum("amount_fen", filter=Q(kind=Entry.Kind.REVERSAL), default=0),
    )
    goods, differ = _goods(entries)
    money, adrift = _money(first, last)
    bank, out_else = _bank(first, last)
    by_hand = Transfer.objects.filter(
        provider=Provider.TRANSFER, came_on__range=(first, last), bank_match=None
    ).select_related("organisation")
    return Month(
        first=first,
        is_over=last < shanghai_day(timezone.now()),
        items=[
            *_differences(differ, adrift),
            *_orders(end),
            *_statements(first),
            *_money_open(last, end),
            *_banks(first, last),
        ],
        goods=goods,
        money=money,
        sold_fen=sums["sold"],
        taken_back_fen=-sums["back"],
        bank=bank,
        by_hand=list(by_hand.order_by("came_on", "pk")[:MOST_LISTED]),
        out_else=out_else[:MOST_LISTED],
        closed=ClosedMonth.objects.select_related("by").filter(month=first).first(),
    )


def _goods(entries: QuerySet[Entry]) -> tuple[list[Goods], int]:
    """By payment; and by how much ledger and orders differ, over all that the ledger has of these orders."""
    numbers = entries.filter(kind=Entry.Kind.SALE).values("order_number")
    orders = Order.objects.filter(number__in=numbers)
    rows = {
        row["pay_by"]: row
        for row in orders.order_by()
        .values("pay_by")
        .annotate(
            orders=Count("pk"),
            worth=Sum("accepted_fen"),
            paid=Sum(Least("paid_fen", "accepted_fen")),
            due=Sum(Greatest(F("accepted_fen") - F("paid_fen"), 0)),
            over=Sum(Greatest(F("paid_fen") - F("accepted_fen"), 0)),
        )
    }
    goods = [
        Goods(str(PayBy(way).label), row["orders"], row["worth"], row["paid"], row["due"], row["over"])
        for way in PayBy.values
        if (row := rows.get(way))
    ]
    told = Entry.objects.filter(order_number__in=numbers).aggregate(fen=Sum("amount_fen", default=0))["fen"]
    return goods, told - sum(row.worth_fen for row in goods)


def _differences(differ: int, adrift: int) -> list[Item]:
    stands_nowhere = books.books().difference
    return [
        Item(
            "books", _("Money that stands nowhere"), _("the accounts, against payments, refunds and orders"),
            int(bool(stands_nowhere)), stands_nowhere, reverse("cashier"), stops=True,
        ),
        Item(
            "ledger", _("Ledger and orders differ"), _("goods accepted in the month, with what came back since"),
            int(bool(differ)), differ, reverse("ledger:public"), stops=True,
        ),
        Item(
            "money", _("Accounts and payments differ"), _("what came in and went back in the month"),
            int(bool(adrift)), adrift, reverse("cashier"), stops=True,
        ),
    ]  # fmt: skip


def _item(key: str, label: str, hint: str, row: dict[str, Any], url: str) -> Item:
    return Item(key, label, hint, row["count"], row["fen"] or 0, url)


def _orders(end: dt.datetime) -> list[Item]:
    """Of orders placed before the month's end."""
    before = Order.objects.filter(placed_at__lt=end)
    due = Q(state=State.ACCEPTED, accepted_fen__gt=F("paid_fen"))
    left: Any = F("accepted_fen") - F("paid_fen")
    delivery, online = due & Q(pay_by=PayBy.ON_DELIVERY), due & Q(pay_by=PayBy.ONLINE)
    there = Q(state=State.DELIVERED)
    row = before.filter(due | there).aggregate(
        delivery=Count("pk", filter=delivery),
        delivery_fen=Sum(left, filter=delivery, default=0),
        online=Count("pk", filter=online),
        online_fen=Sum(left, filter=online, default=0),
        there=Count("pk", filter=there),
        there_fen=Sum("total_fen", filter=there, default=0),
    )
    back = (
        books.to_give_back()
        .order_by()
        .filter(placed_at__lt=end)
        .aggregate(count=Count("pk"), fen=Sum("back_fen", default=0))
    )
    cashier = reverse("cashier")
    unweighed = before.filter(there).select_related("organisation").order_by("placed_at", "pk")
    rows = [
        Row(each.number, each.organisation, each.recipient, each.get_absolute_url(), each.total_fen)
        for each in (unweighed[:MOST_LISTED] if row["there"] else ())
    ]
    return [
        Item(
            "collect", _("Orders on delivery, not paid"), _("accepted, money to collect"),
            row["delivery"], row["delivery_fen"], f"{cashier}?way={PayBy.ON_DELIVERY}#collect",
        ),
        Item(
            "online", _("Orders paid online, short of money"), _("accepted, and a bank took money back"),
            row["online"], row["online_fen"], f"{cashier}?way={PayBy.ONLINE}#collect",
        ),
        Item(
            "delivered", _("Delivered, not weighed and accepted"), _("what it costs is not certain yet"),
            row["there"], row["there_fen"], cashier, rows=rows,
        ),
        _item("back", _("Money to give back"), _("paid too much"), back, f"{cashier}#back"),
    ]  # fmt: skip


def _statements(first: dt.date) -> list[Item]:
    last = month_end(first)
    told = Statement.objects.filter(period=first).values("organisation")
    account = Order.objects.filter(pay_by=PayBy.ON_ACCOUNT)
    numbers = Entry.objects.filter(day__range=(first, last), kind=Entry.Kind.SALE).values("order_number")
    untold = (
        account.filter(number__in=numbers)
        .exclude(organisation__in=told)
        .aggregate(count=Count("organisation", distinct=True), fen=Sum("accepted_fen", default=0))
    )
    statements = list(
        Statement.objects.filter(period=first).select_related("organisation").defer("organisation__phone")
    )
    found = standings(statements)
    unpaid = [each for each in statements if found[each.pk].due_fen]
    due = [found[each.pk].due_fen for each in unpaid]
    rows = [
        Row(each.number, each.organisation, "", each.get_absolute_url(), found[each.pk].due_fen)
        for each in sorted(unpaid, key=lambda each: (-found[each.pk].due_fen, each.number))
    ]
    disputed = StatementLine.objects.filter(
        statement__period__lte=first, tick__state=Tick.State.DISPUTED, tick__answer=""
    ).aggregate(count=Count("pk"), fen=Sum("amount_fen", default=0))
    url = reverse("statements")
    return [
        _item("untold", _("Units without the month's statement"), _("they bought on account in it"), untold, url),
        Item("due", _("Statements not paid"), _("with what older ones still ask for"), len(due), sum(due), f"{url}#all", rows=rows[:MOST_LISTED]),
        _item("disputed", _("Disputed lines without an answer"), _("on statements up to this month's"), disputed, f"{url}#disputes"),
    ]  # fmt: skip


def _money_open(last: dt.date, end: dt.datetime) -> list[Item]:
    cashier = reverse("cashier")
    credit = Transfer.objects.filter(left_fen__gt=0, came_on__lte=last).aggregate(
        count=Count("pk"), fen=Sum("left_fen", default=0)
    )
    differs = Payment.objects.filter(state=Payment.State.DIFFERS, started_at__lt=end).aggregate(
        count=Count("pk"), fen=Sum("received_fen", default=0)
    )
    hand = (
        door.in_hand()
        .order_by()
        .filter(paid_at__lt=end)
        .aggregate(count=Count("pk"), fen=Sum("received_fen", default=0))
    )
    asked = Refund.objects.filter(state=Refund.State.ASKED, asked_at__lt=end).aggregate(
        count=Count("pk"), fen=Sum("amount_fen", default=0)
    )
    return [
        _item("hand", _("Cash at the door, not handed in"), _("officers have it"), hand, f"{cashier}#brought"),
        _item("credit", _("Units' money not used"), _("more than their statements ask for"), credit, f"{cashier}#match"),
        _item("differs", _("Online payments of another amount"), _("to count or to give back"), differs, f"{cashier}#match"),
        _item("asked", _("Refunds on their way"), _("the payment service has not answered"), asked, cashier),
    ]  # fmt: skip


def _banks(first: dt.date, last: dt.date) -> list[Item]:
    new = BankLine.objects.filter(state=BankLine.State.NEW, day__lte=last).aggregate(
        count=Count("pk"), fen=Sum("amount_fen", default=0)
    )
    waiting = BankFile.objects.filter(state=BankFile.State.WAITING, first_on__lte=last).aggregate(
        count=Count("pk"), fen=Sum("in_fen", default=0)
    )
    by_hand = Transfer.objects.filter(
        provider=Provider.TRANSFER, came_on__range=(first, last), bank_match=None
    ).aggregate(count=Count("pk"), fen=Sum("amount_fen", default=0))
    home = reverse("bank:home")
    return [
        _item("waiting", _("Bank files not taken in"), _("sent, and looked at only"), waiting, home),
        _item("new", _("Bank lines to match"), _("came in, and nobody said whose it is"), new, reverse("bank:lines")),
        _item("by_hand", _("Transfers that no bank line tells of"), _("recorded by hand; the bank's file proves them"), by_hand, home),
    ]  # fmt: skip


def _bank(first: dt.date, last: dt.date) -> tuple[dict[str, tuple[int, int]], list[BankLine]]:
    """The month's lines by state; `in` is all that came, `paid` what went out to households as their runs say it, and
    `else` the rest of what went out, which is listed."""
    own = BankLine.objects.filter(day__range=(first, last))
    rows = own.order_by().values_list("state").annotate(lines=Count("pk"), fen=Sum("amount_fen"))
    found = {str(state): (0, 0) for state in BankLine.State.values}
    found |= {state: (lines, fen) for state, lines, fen in rows}
    came = [found[state] for state in ("matched", "aside", "new")]
    went = list(own.filter(state=BankLine.State.OUT).order_by("day", "time", "pk"))
    agrees = {pk for pk, told in paid_out(went).items() if told.agrees}
    rest = [line for line in went if line.pk not in agrees]
    rest_fen = sum(line.amount_fen for line in rest)
    found |= {
        "in": (sum(lines for lines, _fen in came), sum(fen for _lines, fen in came)),
        "paid": (len(agrees), found["out"][1] - rest_fen),
        "else": (len(rest), rest_fen),
    }
    return found, rest


def _money(first: dt.date, last: dt.date) -> tuple[list[Money], int]:
    """By the accounts; and by how much payments and refunds say otherwise."""
    sums = period.by_accounts(first, last)
    rows, number = period.by_rows(first, last)
    differ = sum(
        abs(own.came_fen - rows[way].came_fen) + abs(own.back_fen - rows[way].back_fen)
        for way, own in sums.items()
    )
    return [
        Money(str(way.label), number[way], *own) for way, own in sums.items() if any(own) or number[way]
    ], differ


# --- the closing -------------------------------------------------------------------------------


class CannotClose(NotTaken):
    """`at_words`: what is open has to be said in words."""

    def __init__(self, text: str, *, at_words: bool = False) -> None:
        super().__init__(text)
        self.at_words = at_words


@transaction.atomic
def close_month(first: dt.date, words: str, by: User) -> ClosedMonth:
    """Write down that the month is gone through, with its figures. Twice is once.

    Raises CannotClose while it is not over, while the books differ, or while something is open and nobody says why.
    """
    if not may(by, Act.SETTLE):
        raise PermissionDenied
    if known := ClosedMonth.objects.filter(month=first).first():
        return known
    now = month(first)
    if not now.is_over:
        raise CannotClose(_("This month is not over yet."))
    if now.stopped:
        raise CannotClose(_("The books differ. Find that first: nothing can be closed on it."))
    words = words.strip()[:500]
    if now.open and not words:
        raise CannotClose(_("Something is still open. Say why the month is closed with it."), at_words=True)
    figures = {
        "items": {item.key: [item.number, item.fen] for item in now.items},
        "sold_fen": now.sold_fen,
        "taken_back_fen": now.taken_back_fen,
        "came_fen": now.money_sum.came_fen,
        "back_fen": now.money_sum.back_fen,
    }
    try:
        with transaction.atomic():
            return ClosedMonth.objects.create(month=first, figures=figures, words=words, by=by)
    except IntegrityError:
        return ClosedMonth.objects.get(month=first)
