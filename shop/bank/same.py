"""A line that came before in another form of file: without the account's number, or without the bank's serial numbers.

An identity cannot see that, for it is made of what the file tells. Same day, way and amount, and what both forms tell
must agree: the serial number or the balance; where they share neither, payer and words.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence

from marketplace.personal import digest

from .models import BankLine
from .read import Line
from .values import folded, name_key


def known_otherwise(lines: Sequence[Line], all_lines: Sequence[Line], tail: str) -> dict[str, BankLine]:
    """Of `lines`, which no file had under this identity: those that one had in another form, by identity.

    `all_lines` are the file's, each of which is at most one line that is here; `tail`, the last digits of its account,
    may be empty. In one query.
    """
    if not lines:
        return {}
    own = {digest(line.identity) for line in all_lines}
    days = [line.day for line in lines]
    there: dict[tuple[dt.date, bool, int], list[BankLine]] = defaultdict(list)
    told = ("identity", "row", "day", "came_in", "amount_fen", "balance_fen", "payer_key", "words", "serial")
    stored = BankLine.objects.filter(day__range=(min(days), max(days))).select_related("file")
    for one in stored.only(*told, "file__name", "file__account_tail"):
        if one.identity not in own and (not tail or one.file.account_tail in {"", tail}):
            there[one.day, one.came_in, one.amount_fen].append(one)
    found: dict[str, BankLine] = {}
    # all that is certain first, so that a line without a number takes no other's place
    for alike in (_in_number, _in_words):
        for line in lines:
            if line.identity not in found and (same := _first(line, there, alike)):
                found[line.identity] = same
    return found


def _first(
    line: Line,
    there: dict[tuple[dt.date, bool, int], list[BankLine]],
    alike: Callable[[Line, BankLine], bool],
) -> BankLine | None:
    """Takes it away: two lines alike are never one that came before."""
    near = there.get((line.day, line.came_in, line.fen), [])
    for one in near:
        if not _apart(line, one) and alike(line, one):
            near.remove(one)
            return one
    return None


def _apart(line: Line, one: BankLine) -> bool:
    """Something that both tell differs."""
    numbers = bool(line.serial and one.serial) and line.serial != one.serial
    told = line.balance_fen is not None and one.balance_fen is not None
    return numbers or (told and line.balance_fen != one.balance_fen)


def _in_number(line: Line, one: BankLine) -> bool:
    same_balance = line.balance_fen is not None and line.balance_fen == one.balance_fen
    return (bool(line.serial) and line.serial == one.serial) or same_balance


def _in_words(line: Line, one: BankLine) -> bool:
    same_payer = digest(name_key(line.payer)) == one.payer_key
    return same_payer and folded(line.words) == folded(one.words)
