"""What the bank tells of the open month and the days after it, as files that the cashier takes in: most of it is
matched by itself, some of it never will be."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from random import Random

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import TruncDate

from farmers.ledger.accounts import Account
from farmers.ledger.postings import balances
from farmers.payouts.make import due_sums
from farmers.payouts.models import Payout
from marketplace.days import SHANGHAI, month_end, shanghai_day
from marketplace.money import yuan
from shop.bank.guess import Asked, read_statements
from shop.bank.models import BankFile
from shop.payments.models import HandIn, Payment, Provider, Refund, Statement
from shop.payments.months import month_after, month_before, month_of

from .bank import OPENING_FEN, STRANGER, TAIL, Came
from .payouts import PUT_IN_FEN
from .people import City
from .statements import LATE_UNIT
from .write import Written

FOLDER = "demo-bank"
ACCOUNT = f"622848123456789{TAIL}"
HEAD = (
    "交易日期",
    "借方发生额（支取）",
    "贷方发生额(收入)",
    "余额",
    "对方户名",
    "对方账号",
    "摘要",
    "附言",
    "交易流水号",
)
# an office that pays for units of its own, under its own name
BUREAU = "定州市示例财务核算中心"
FEE_FEN, INTEREST_FEN, SHORT_FEN, OVER_FEN = 15_00, 12_34, 3_00, 200_00
# every so many of the buyers who pay one order by bank write no number of ours
NO_NUMBER = 12


def write_bank_files(city: City, written: Sequence[Written]) -> list[str]:
    """Below var/demo-bank/, a file for each month; returns where they are."""
    folder = settings.VAR_DIR / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for name, data in bank_files(city, written).items():
        (folder / name).write_bytes(data)
        names.append(str(folder / name))
    return names


def bank_files(city: City, written: Sequence[Written]) -> dict[str, bytes]:
    """By name, in GB 18030 as banks give them, from the balance that the files before left off with."""
    newest = BankFile.objects.order_by("-last_on").first()
    balance = newest.closing_fen if newest and newest.closing_fen is not None else OPENING_FEN
    told = [came for came in movements(city, written) if came.day <= city.day]
    told.sort(key=lambda came: (came.day, came.serial))
    files = {}
    for first, own in itertools.groupby(told, key=lambda came: month_of(came.day)):
        rows: list[Sequence[str]] = [
            ["账户交易明细"],
            [f"账号：{ACCOUNT}", "户名：定州助农集市（示例）"],
            HEAD,
        ]
        for came in own:
            balance += came.fen
            out, into = ("", yuan(came.fen)) if came.fen > 0 else (yuan(-came.fen), "")
            payer = f"6217000000{came.tail}" if came.tail else ""
            rows.append(
                [f"{came.day}", out, into, yuan(balance), came.payer, payer, "转账", came.words, came.serial]
            )
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        files[f"账户明细{first:%Y%m}.csv"] = text.getvalue().encode("gb18030")
    return files


def movements(city: City, written: Sequence[Written]) -> Iterator[Came]:
    """All of them, numbered as the bank does: by day."""
    assert city.open_month  # noqa: S101
    numbers: dict[dt.date, int] = defaultdict(int)
    every = [
        *_units(city),
        *_orders(written),
        *_paid_out(city.open_month),
        *_settled(city.open_month),
        *_cash(city.open_month),
        *_besides(city, city.open_month),
    ]
    for came in sorted(every, key=lambda came: came.day):
        numbers[came.day] += 1
        yield came._replace(serial=f"{came.day:%Y%m%d}{numbers[came.day]:05}")


def _units(city: City) -> Iterator[Came]:
    """Statements are paid on the tenth of the month after the next; units that are new here pay sooner.

    Of those some do it in a way that no program is sure of.
    """
    first = city.open_month
    assert first  # noqa: S101
    before, after, rng = month_before(first), month_after(first), Random("dingzhou: units pay")
    pays_on = {month_before(before): first, before: after}
    asked = Asked()
    read_statements(asked)
    statements = Statement.objects.select_related("organisation").in_bulk(field_name="number")
    old = {slug for slug in city.units if not slug.startswith("more-")}
    slugs = {unit.pk: slug for slug, unit in city.units.items()}
    payments: list[tuple[dt.date, int, Statement]] = []
    for unit, owed in asked.owed.items():
        for one in owed if slugs[unit] != LATE_UNIT else ():
            statement = statements[one.number]
            if slugs[unit] not in old:
                payments.append((after + dt.timedelta(days=3 + rng.randrange(18)), one.own_fen, statement))
            elif statement.period in pays_on:
                day = pays_on[statement.period] + dt.timedelta(days=8 + rng.randrange(5))
                payments.append((day, one.own_fen, statement))
    payments.sort(key=lambda each: (each[0], each[2].number))
    together: list[tuple[dt.date, int, Statement]] = []
    for n, (day, fen, statement) in enumerate(payments, start=1):
        name, words = statement.organisation.name, f"货款{statement.number}"
        match n % 10:
            case 2:
                yield Came(day, fen, name, "食堂货款", "")
            case 4:
                yield Came(day, fen - SHORT_FEN, name, words, "")
            case 5:
                # no number of ours is as short
                yield Came(day, fen, BUREAU, f"货款ZD{statement.number[4:]}", "")
            case 7 | 8:
                together.append((day, fen, statement))
                if len(together) == 2:
                    words = "货款" + " ".join(each.number for _day, _fen, each in together)
                    yield Came(day, sum(each for _day, each, _s in together), BUREAU, words, "")
                    together.clear()
            case 9:
                yield Came(day, fen + OVER_FEN, name, words, "")
            case _:
                yield Came(day, fen, name, words, "")
    for day, fen, statement in together:
        yield Came(day, fen, BUREAU, f"货款{statement.number}", "")
    # somebody's second thought: the same once more
    for day, fen, statement in payments[:1]:
        yield Came(
            day + dt.timedelta(days=1), fen, statement.organisation.name, f"货款{statement.number}", ""
        )


def _orders(written: Sequence[Written]) -> Iterator[Came]:
    paying = [each for each in written if each.plan.by_bank_on]
    for n, each in enumerate(paying, start=1):
        assert each.plan.by_bank_on  # noqa: S101
        words = f"菜款{each.order.number}" if n % NO_NUMBER else "买菜"
        yield Came(each.plan.by_bank_on, each.order.accepted_fen, each.order.recipient, words, "")


def _paid_out(first: dt.date) -> Iterator[Came]:
    """The month's payouts to households went out one by one."""
    paid = Payout.objects.filter(way=Payout.Way.BANK, state=Payout.State.PAID).select_related("run")
    for payout in paid.order_by("pk"):
        if payout.ended_at and shanghai_day(payout.ended_at) >= first:
            day = shanghai_day(payout.ended_at)
            words = f"助农货款{payout.run.number}"
            yield Came(day, -payout.amount_fen, payout.name, words, "", tail=payout.account_tail)


def _settled(first: dt.date) -> Iterator[Came]:
    """Each Monday the payment service pays out what came up to the Sunday, less what it gave back."""
    by_day: dict[dt.date, int] = defaultdict(int)
    payments = Payment.objects.filter(provider=Provider.STRIPE).exclude(received_fen=None)
    refunds = Refund.objects.filter(provider=Provider.STRIPE, state=Refund.State.SUCCEEDED)
    for rows, sign in (
        (payments.annotate(day=TruncDate("paid_at", tzinfo=SHANGHAI)).values_list("day").annotate(Sum("received_fen")), 1),
        (refunds.annotate(day=TruncDate("at", tzinfo=SHANGHAI)).values_list("day").annotate(Sum("amount_fen")), -1),
    ):  # fmt: skip
        for day, fen in rows.order_by():
            by_day[day] += sign * fen
    monday = first + dt.timedelta(days=-first.weekday() % 7 or 7)
    told = 0
    while monday <= month_end(first) + dt.timedelta(days=7):
        fen = sum(fen for day, fen in by_day.items() if first <= day < monday) - told
        if fen > 0:
            told += fen
            yield Came(monday, fen, "Stripe Payments", "结算款", "")
        monday += dt.timedelta(days=7)


def _cash(first: dt.date) -> Iterator[Came]:
    """What officers handed in is taken to the bank the day after."""
    counted = HandIn.objects.filter(at__date__gte=first).order_by("at", "pk")
    days: dict[dt.date, int] = defaultdict(int)
    for hand_in in counted:
        if first <= shanghai_day(hand_in.at) <= month_end(first):
            days[shanghai_day(hand_in.at)] += hand_in.amount_fen
    for day, fen in days.items():
        yield Came(day + dt.timedelta(days=1), fen, "", "现金解款", "")


def _besides(city: City, first: dt.date) -> Iterator[Came]:
    """The city puts in what the month's households are paid with; interest, fees, and money that nobody knows."""
    last = month_end(first)
    due = sum(fen for fen in due_sums(last).values() if fen > 0)
    missing = due - balances()[Account.BANK]
    if missing > 0:
        fen = -(-missing // PUT_IN_FEN) * PUT_IN_FEN
        yield Came(first + dt.timedelta(days=1), fen, "定州市财政局（示例）", "助农周转金", "")
    yield Came(first + dt.timedelta(days=20), INTEREST_FEN, "", "结息", "")
    yield Came(first + dt.timedelta(days=22), 386_00, STRANGER, "菜款", "")
    for month in (first, month_after(first)):
        yield Came(month + dt.timedelta(days=25), -FEE_FEN, "", "手续费", "")
