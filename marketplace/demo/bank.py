"""The bank's files of the demo: a line for each transfer of the past, and this month's, which wait for the cashier."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterator
from typing import NamedTuple

from marketplace.days import month_end
from marketplace.personal import digest
from shop.bank.models import BankFile, BankLine, Match
from shop.bank.values import name_key
from shop.payments.models import Statement, Transfer
from shop.payments.months import month_of
from shop.payments.standing import standings

from .people import City
from .plans import moment
from .statements import LATE_UNIT
from .write import AT_ONCE

TAIL = "0417"
OPENING_FEN = 50_000_00
INTEREST = "存款利息"
STRANGER = "定州市兴达商贸有限公司"
State = BankLine.State


class Came(NamedTuple):
    """What the bank tells of one movement; `transfer`: what it was matched with."""

    day: dt.date
    fen: int
    payer: str
    words: str
    serial: str
    transfer: Transfer | None = None
    aside: str = ""
    # of the payer's account, or the payee's
    tail: str = ""


def send_bank_files(city: City) -> int:
    """A file for each month; returns how many lines wait to be matched."""
    lately = () if city.open_month else _lately(city)
    told = sorted([*_past(city), *lately], key=lambda came: (came.day, came.serial))
    balance, waiting = OPENING_FEN, 0
    for first, own in itertools.groupby(told, key=lambda came: month_of(came.day)):
        movements = list(own)
        file = _file(city, first, movements, balance)
        lines = []
        for row, came in enumerate(movements, start=4):
            balance += came.fen
            lines.append(_line(city, file, row, came, balance))
        saved = BankLine.objects.bulk_create(lines, batch_size=AT_ONCE)
        Match.objects.bulk_create(
            [
                Match(line=line, transfer=came.transfer, amount_fen=came.fen, by_itself=True)
                for line, came in zip(saved, movements, strict=True)
                if came.transfer
            ],
            batch_size=AT_ONCE,
        )
        waiting += sum(line.state == State.NEW for line in saved)
    return waiting


def _past(city: City) -> Iterator[Came]:
    """The units' transfers, and the bank's interest at a quarter's end."""
    transfers = list(Transfer.objects.select_related("organisation").order_by("came_on", "pk"))
    for transfer in transfers:
        words = f"{transfer.organisation.name}货款"
        yield Came(
            transfer.came_on,
            transfer.amount_fen,
            transfer.organisation.name,
            words,
            transfer.reference,
            transfer,
        )
    for first in sorted({month_of(transfer.came_on) for transfer in transfers}):
        day = first.replace(day=21)
        if first.month % 3 == 0 and day < city.day:
            yield Came(day, 1_234 + 7 * first.month, "", "季度结息", f"LX{day:%Y%m%d}", aside=INTEREST)


def _lately(city: City) -> Iterator[Came]:
    """Of the last days: one that is sure, a part of what is due, and one that nobody knows."""
    statements = list(Statement.objects.select_related("organisation").order_by("-period", "organisation"))
    found = standings(statements)
    late = city.units[LATE_UNIT]
    newest = statements[0].period if statements else None
    due = [
        (statement, found[statement.pk].due_fen)
        for statement in statements
        if statement.period == newest and found[statement.pk].due_fen > 100 and statement.organisation != late
    ]
    day = city.day
    if due:
        statement, fen = due[0]
        yield Came(day, fen, statement.organisation.name, f"货款{statement.number}", f"HN{day:%Y%m%d}001")
    if len(due) > 1:
        statement, fen = due[1]
        yield Came(day, fen // 2, statement.organisation.name, "食堂货款", f"HN{day:%Y%m%d}002")
    yield Came(day, 386_00, STRANGER, "菜款", f"HN{day:%Y%m%d}003")


def _file(city: City, first: dt.date, movements: list[Came], opening_fen: int) -> BankFile:
    in_fen = sum(came.fen for came in movements)
    at = min(moment(month_end(first) + dt.timedelta(days=1), 9, 0), city.now)
    return BankFile.objects.create(
        fingerprint=hashlib.sha256(f"dingzhou: {first}".encode()).hexdigest(),
        name=f"账户明细{first:%Y%m}.csv",
        state=BankFile.State.TAKEN,
        account_tail=TAIL,
        first_on=movements[0].day,
        last_on=movements[-1].day,
        line_count=len(movements),
        in_fen=in_fen,
        out_fen=0,
        opening_fen=opening_fen,
        closing_fen=opening_fen + in_fen,
        added=len(movements),
        by=city.users["cashier"],
        at=at,
        taken_by=city.users["cashier"],
        taken_at=at,
    )


def _line(city: City, file: BankFile, row: int, came: Came, balance_fen: int) -> BankLine:
    state = State.MATCHED if came.transfer else State.ASIDE if came.aside else State.NEW
    decided = state != State.NEW
    return BankLine(
        file=file,
        identity=digest(f"dingzhou: {came.serial}"),
        row=row,
        day=came.day,
        came_in=True,
        amount_fen=came.fen,
        balance_fen=balance_fen,
        payer=came.payer,
        payer_key=digest(name_key(came.payer)),
        payer_tail="2801" if came.payer else "",
        words=came.words,
        serial=came.serial,
        state=state,
        reason=came.aside,
        decided_by=city.users["cashier"] if decided else None,
        decided_at=file.at if decided else None,
    )
