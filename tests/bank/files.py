"""Bank files as banks here give them, made of plain facts."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, NamedTuple

from openpyxl import Workbook

from marketplace.access.models import Role, User
from marketplace.money import yuan
from shop.bank.models import BankFile, BankLine
from shop.bank.receive import receive, take_in
from tests.makers import a_person

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
ACCOUNT = "6228481234567890123"


class Came(NamedTuple):
    """A movement: fen above nothing came in."""

    fen: int
    words: str = ""
    payer: str = "定州某某公司"
    serial: str = ""
    day: str = "2026-07-05"


def rows(movements: Sequence[Came], opening: int = 100_000_00, head: Sequence[str] = HEAD) -> list[list[str]]:
    """With the account above, balances that are right, and a serial number for each line that has none."""
    table = [["账户交易明细"], ["账号：" + ACCOUNT, "户名：定州助农集市"], list(head)]
    balance = opening
    for number, one in enumerate(movements, start=1):
        balance += one.fen
        came, went = (yuan(one.fen), "") if one.fen > 0 else ("", yuan(-one.fen))
        serial = one.serial or f"S{one.day.replace('-', '')}{number:04}"
        table.append(
            [
                one.day,
                went,
                came,
                yuan(balance),
                one.payer,
                "13050161" + f"{number:08}",
                "转账",
                one.words,
                serial,
            ]
        )
    return table


def as_csv(table: Sequence[Sequence[Any]], encoding: str = "gb18030", between: str = ",") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=between).writerows(table)
    return out.getvalue().encode(encoding)


def as_xlsx(table: Sequence[Sequence[Any]]) -> bytes:
    book = Workbook()
    for row in table:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_file(*movements: Came, by: User | None = None, opening: int = 100_000_00) -> BankFile:
    """Taken in; nothing of it is matched yet."""
    by = by or a_person(Role.CASHIER)
    return take_in(receive("七月.csv", as_csv(rows(movements, opening)), by).pk, by)


def a_line(*movements: Came, by: User | None = None) -> BankLine:
    return a_file(*movements, by=by).lines.get()
