"""Whether a file's balances go on where the account's other lines left off, and those after it go on from its own.

A file tells the days of its lines, not those it was asked for, so a gap of days says nothing: the balances do.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from .models import BankFile, BankLine


class Break(NamedTuple):
    """Of the account's other lines the nearest is of `day`: the balances there and here, which should be one."""

    is_before: bool
    day: dt.date
    there_fen: int
    here_fen: int


def breaks(file: BankFile) -> list[Break]:
    """Where lines are missing, in three or four queries; nothing where the file tells no balances or no account."""
    if file.opening_fen is None or file.closing_fen is None or not file.account_tail:
        return []
    own = BankLine.objects.filter(file__account_tail=file.account_tail, balance_fen__isnull=False)
    own = own.exclude(file=file).only("day", "came_in", "amount_fen", "balance_fen")
    found = []
    # a file may have ended in the middle of a day
    rest = own.filter(day=file.first_on, balance_fen=file.opening_fen)
    before = own.filter(day__lt=file.first_on).order_by("-day", "-pk").first()
    there = before.balance_fen if before else None
    if before and there is not None and there != file.opening_fen and not rest.exists():
        found.append(Break(True, before.day, there, file.opening_fen))
    beginning = [line.opening_fen for line in own.filter(day=file.last_on)]
    after = own.filter(day__gt=file.last_on).order_by("day", "pk").first()
    there = after.opening_fen if after else None
    if after and there is not None and file.closing_fen not in {there, *beginning}:
        found.append(Break(False, after.day, there, file.closing_fen))
    return found
