"""Households that sold, and runs that pay them. What is bought is made by `tests.makers`."""

from __future__ import annotations

import io
import uuid
from typing import Any

from openpyxl import load_workbook

from farmers.payouts import bank_file
from farmers.payouts.make import make_run, release
from farmers.payouts.models import Payout, PayoutRun
from farmers.payouts.result_file import read
from farmers.payouts.settle import take_in
from farmers.registry.models import Household
from marketplace.access.models import Role, User
from marketplace.days import today
from shop.orders.models import Order, PayBy
from tests.makers import a_household, a_lot, a_person, accepted, an_order

ACCOUNT = "6217993300148825"


def a_seller(bank: bool = True, **facts: Any) -> Household:
    number = Household.objects.count()
    return a_household(bank_account=f"{ACCOUNT}{number:03}" if bank else "", **facts)


def sold(household: Household, jin: int = 10, price_fen: int = 120) -> Order:
    """Accepted now: ¥12.00 unless told otherwise."""
    lot = a_lot(jin=5_000, household=household, price_fen=price_fen)
    return accepted(an_order(PayBy.ON_DELIVERY, lots=[lot], jin=jin))


def a_cashier() -> User:
    return a_person(Role.CASHIER)


def a_run(by: User | None = None) -> PayoutRun:
    return make_run(today(), by or a_cashier(), uuid.uuid4())


def released(run: PayoutRun) -> PayoutRun:
    return release(run.pk, a_cashier())


def sent(run: PayoutRun | None = None) -> list[Payout]:
    """A run at the bank: its payouts by bank."""
    return bank_file.take_file(released(run or a_run()).pk, a_cashier())


def answer(payouts: list[Payout], **failed: str) -> list[list[str]]:
    """What the bank writes back: all paid but those named by position, as `n2="账号不符"`."""
    rows = [["批次号", "序号", "户名", "账号", "金额", "处理结果", "失败原因"]]
    for payout in payouts:
        why = failed.get(f"n{payout.position}", "")
        tail = payout.account
        fen = payout.amount_fen
        rows.append(
            [
                payout.run.number,
                str(payout.position),
                payout.name,
                f"{tail[:4]}****{tail[-4:]}",
                f"{fen // 100:,}.{fen % 100:02}",
                "失败" if why else "成功",
                why,
            ]
        )
    return rows


def as_csv(rows: list[list[str]], encoding: str = "gb18030") -> bytes:
    return "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode(encoding)


def settled(payouts: list[Payout], **failed: str) -> PayoutRun:
    return take_in(payouts[0].run_id, read(as_csv(answer(payouts, **failed))), a_cashier())


def cells(workbook: bytes) -> list[list[object]]:
    return [list(row) for row in load_workbook(io.BytesIO(workbook)).active.iter_rows(values_only=True)]
