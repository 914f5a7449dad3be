"""A bank's file understood: every line of money that came or went, or why the file is refused. Nothing is saved.

One bad row refuses the file: a file that was mended by hand is not the bank's word any more. Where the file tells
balances or totals, all lines have to add up to them, so that none is missing and none was changed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.utils.translation import gettext as _

from marketplace.money import yuan

from . import values
from .columns import LABELS, Field, columns, plain
from .tables import HEADER_WITHIN, FileRefused, Row, read_rows

# a slip of the keyboard or another country's money: the cashier's form takes no more either
LARGEST_FEN = 100_000_000_00
MOST_BAD = 50
_TOTAL = re.compile(
    r"(?:本页|本月|累计|贷方|借方|收入|支出)?(?:合计|总计|小计|累计|总笔数|笔数|共计|共\d+笔).*"
)
_ACCOUNT = re.compile(r"(?:本方|查询|银行|客户)?[账帐卡]\s*号(.*)")
_NUMBER = re.compile(r"\d(?:[\s-]?\d){5,31}")
_ROUNDED = re.compile(r"[\d.]+e\+?\d+")
_NOTHING = re.compile(r"[0\W]*")


@dataclass(frozen=True)
class Line:
    """One movement of money. `fen` is what moved; `identity` tells it from every other of all files."""

    row: int
    day: dt.date
    time: str
    came_in: bool
    fen: int
    balance_fen: int | None = None
    payer: str = ""
    payer_account: str = ""
    words: str = ""
    serial: str = ""
    identity: str = ""

    @property
    def signed_fen(self) -> int:
        return self.fen if self.came_in else -self.fen


class Bad(NamedTuple):
    row: int
    column: str
    text: str
    reason: str


@dataclass
class Reading:
    """`account` is the own account's number, or what was said where the file does not tell; lines the oldest first."""

    account: str = ""
    lines: list[Line] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    # rows that are no movement: totals, notes, lines of nothing, a line told twice
    skipped: list[tuple[int, str]] = field(default_factory=list)
    # before the first line and after the last; unknown without a column of balances
    opening_fen: int | None = None
    closing_fen: int | None = None

    @property
    def in_fen(self) -> int:
        return sum(line.fen for line in self.lines if line.came_in)

    @property
    def out_fen(self) -> int:
        return sum(line.fen for line in self.lines if not line.came_in)


class _Wrong(Exception):
    """This row is bad: the column, what stands there, why."""

    def __init__(self, which: Field | str, text: str, reason: str) -> None:
        super().__init__(reason)
        self.column = str(LABELS.get(which, which)) if isinstance(which, Field) else which
        self.text, self.reason = text[:60], reason


def read(data: bytes, today: dt.date, tail: str = "") -> Reading:
    """Raises FileRefused for what is no bank's file; rows that are wrong are in `bad`.

    `tail` stands for the account where the file does not tell it.
    """
    rows = read_rows(data)
    at = next(n for n, row in enumerate(rows[:HEADER_WITHIN]) if columns(row.cells))
    reader = _Reader(columns(rows[at].cells), rows[at].cells, today)
    reading = Reading(account=_account(rows[:at]))
    totals: list[tuple[int, dict[Field, int]]] = []
    for row in rows[at + 1 :]:
        try:
            if reader.is_header(row):
                reading.skipped.append((row.number, _("the columns' names again")))
            elif (total := reader.total(row)) is not None:
                totals.append((row.number, total))
                reading.skipped.append((row.number, _("a total")))
            elif not reader.has_line(row):
                reading.skipped.append((row.number, _("no line of money")))
            elif (line := reader.line(row)) is None:
                reading.skipped.append((row.number, _("moves nothing")))
            else:
                reading.lines.append(line)
        except _Wrong as wrong:
            reading.bad.append(Bad(row.number, wrong.column, wrong.text, wrong.reason))
    accounts = reader.accounts | ({reading.account} if reading.account else set())
    if len(accounts) > 1:
        raise FileRefused(_("The file holds lines of several accounts. Send each account's file of its own."))
    reading.account = next(iter(accounts), tail)
    if not reading.bad:
        reader.check_direction()
        _check_totals(reading, totals)
        _check_balances(reading)
    if not reading.bad:
        reading.lines = _identified(reading)
    if not reading.lines and not reading.bad:
        raise FileRefused(_("The file holds no line of money."))
    return reading


def _account(rows: list[Row]) -> str:
    """The number that stands above the table, in the cell that says so or the one after it."""
    for row in rows:
        for place, cell in enumerate(row.cells):
            said = _ACCOUNT.match(cell)
            if said and (found := _NUMBER.search(said[1]) or _NUMBER.search(row.cell(place + 1))):
                return re.sub(r"\D", "", found[0])
    return ""


class _Reader:
    """Reads rows below one header."""

    def __init__(self, places: dict[Field, list[int]], heads: list[str], today: dt.date) -> None:
        self.places, self.heads, self.today = places, heads, today
        self.accounts: set[str] = set()
        self.two_columns = Field.CAME_IN in places
        self.told_ways = False
        self.signs = False

    def text(self, row: Row, which: Field) -> str:
        return row.cell(self.places[which][0]) if which in self.places else ""

    def is_header(self, row: Row) -> bool:
        return bool(columns(row.cells))

    def has_line(self, row: Row) -> bool:
        """A day or an amount: a note below the table has neither."""
        money = (Field.CAME_IN, Field.WENT_OUT, Field.AMOUNT)
        if any(_is_money(self.text(row, which)) for which in money):
            return True
        try:
            values.day_and_time(self.text(row, Field.DAY))
        except ValueError:
            return False
        return True

    def total(self, row: Row) -> dict[Field, int] | None:
        """What a row of totals says of a column."""
        first = next(cell for cell in row.cells if cell)
        if not _TOTAL.fullmatch(plain(first)):
            return None
        found = {}
        for which in (Field.CAME_IN, Field.WENT_OUT) if self.two_columns else ():
            try:
                fen = values.fen(self.text(row, which))
            except ValueError:
                continue
            # a total of how many lines there are stands in the same column
            if fen is not None and "笔" not in self.text(row, which):
                found[which] = fen
        return found

    def line(self, row: Row) -> Line | None:
        """None: nothing moved. Raises _Wrong."""
        used = {place for places in self.places.values() for place in places}
        if computed := sorted(row.computed & used):
            head = self.heads[computed[0]]
            raise _Wrong(head, row.cell(computed[0]), _("a formula stands here, not the bank's own figure"))
        day, time = self.day(row)
        signed = self.signed(row)
        if not signed:
            return None
        if abs(signed) > LARGEST_FEN:
            raise _Wrong(_("amount"), yuan(signed), _("more than one transfer can be"))
        if not values.is_yuan(self.text(row, Field.CURRENCY)):
            raise _Wrong(Field.CURRENCY, self.text(row, Field.CURRENCY), _("only yuan are counted here"))
        if own := re.sub(r"\D", "", self.text(row, Field.ACCOUNT)):
            self.accounts.add(own)
        serial = self.text(row, Field.SERIAL)
        if _ROUNDED.fullmatch(serial.lower()):
            reason = _("a spreadsheet has rounded this number: send the file as the bank gave it")
            raise _Wrong(Field.SERIAL, serial, reason)
        return Line(
            row=row.number,
            day=day,
            time=time,
            came_in=signed > 0,
            fen=abs(signed),
            balance_fen=self.money(row, Field.BALANCE),
            payer=self.text(row, Field.PAYER)[:120],
            payer_account=re.sub(r"\W", "", self.text(row, Field.PAYER_ACCOUNT))[:40],
            words=self.words(row),
            serial="" if _NOTHING.fullmatch(serial) else serial[:60],
        )

    def day(self, row: Row) -> tuple[dt.date, str]:
        text = self.text(row, Field.DAY)
        if not text:
            raise _Wrong(Field.DAY, text, _("there is none"))
        try:
            day, time = values.day_and_time(text)
        except ValueError:
            raise _Wrong(Field.DAY, text, _("no day that can be read: write it as 2026-06-03")) from None
        if day > self.today:
            raise _Wrong(Field.DAY, text, _("this day has yet to come"))
        if day.year < 2000:
            raise _Wrong(Field.DAY, text, _("no day that can be read: write it as 2026-06-03"))
        return day, time or values.time(self.text(row, Field.TIME))

    def money(self, row: Row, which: Field) -> int | None:
        text = self.text(row, which)
        try:
            return values.fen(text)
        except ValueError:
            raise _Wrong(which, text, _("no amount that can be read, such as 1,234.50")) from None

    def signed(self, row: Row) -> int:
        """What came in, or below nothing what went out; a reversal on one side counts on the other."""
        if self.two_columns:
            came, went = self.money(row, Field.CAME_IN), self.money(row, Field.WENT_OUT)
            if came is None and went is None:
                raise _Wrong(_("amount"), "", _("there is none"))
            if came and went:
                raise _Wrong(
                    _("amount"), f"{yuan(came)} / {yuan(went)}", _("money came and went in one line")
                )
            return (came or 0) - (went or 0)
        amount, word = self.money(row, Field.AMOUNT), self.text(row, Field.DIRECTION)
        if amount is None:
            raise _Wrong(Field.AMOUNT, "", _("there is none"))
        self.signs |= amount < 0
        if Field.DIRECTION not in self.places:
            return amount
        try:
            way = values.came_in(word)
        except ValueError:
            raise _Wrong(Field.DIRECTION, word, _("says neither that money came nor that it went")) from None
        self.told_ways = True
        # some banks write what went out below nothing besides: the balances tell whether that was meant
        return amount if way else -abs(amount)

    def check_direction(self) -> None:
        if self.two_columns or self.told_ways or self.signs or Field.BALANCE in self.places:
            return
        raise FileRefused(_("Nothing in the file tells what came in from what went out."))

    def words(self, row: Row) -> str:
        said = dict.fromkeys(row.cell(place) for place in self.places.get(Field.WORDS, []))
        return " · ".join(text for text in said if text)[:400]


def _is_money(text: str) -> bool:
    try:
        return values.fen(text) is not None
    except ValueError:
        return any(char.isdigit() for char in text)


def _check_totals(reading: Reading, totals: list[tuple[int, dict[Field, int]]]) -> None:
    """The last row of totals tells of the whole table; pages' own are not looked at."""
    if not totals:
        return
    row, said = totals[-1]
    for which, lines in ((Field.CAME_IN, reading.in_fen), (Field.WENT_OUT, reading.out_fen)):
        if which in said and said[which] != lines:
            reason = _("the lines above come to ¥%(sum)s: one is missing or was changed") % {
                "sum": yuan(lines)
            }
            reading.bad.append(Bad(row, str(LABELS[which]), yuan(said[which]), reason))


def _check_balances(reading: Reading) -> None:
    """Each balance is the one before and what moved since; the newest line stands first or last. Turns lines round."""
    told = [line for line in reading.lines if line.balance_fen is not None]
    if not told:
        if _days_fall(reading.lines):
            reading.lines.reverse()
        return
    upward, downward = _first_break(reading.lines), _first_break(reading.lines[::-1])
    if upward is not None and (downward is None or _days_fall(reading.lines)):
        reading.lines.reverse()
        upward = downward
    if upward is not None:
        line, asked = upward
        reason = _("by the lines before it should be ¥%(sum)s: a line is missing or was changed") % {
            "sum": yuan(asked)
        }
        reading.bad.append(Bad(line.row, str(LABELS[Field.BALANCE]), yuan(line.balance_fen or 0), reason))
        return
    lines = reading.lines
    first = next(n for n, line in enumerate(lines) if line.balance_fen is not None)
    last = max(n for n, line in enumerate(lines) if line.balance_fen is not None)
    before = sum(line.signed_fen for line in lines[: first + 1])
    after = sum(line.signed_fen for line in lines[last + 1 :])
    reading.opening_fen = (lines[first].balance_fen or 0) - before
    reading.closing_fen = (lines[last].balance_fen or 0) + after


def _days_fall(lines: list[Line]) -> bool:
    return bool(lines) and (lines[0].day, lines[0].time) > (lines[-1].day, lines[-1].time)


def _first_break(lines: list[Line]) -> tuple[Line, int] | None:
    """The first line, the oldest first, whose balance is not what it should be, and what that is."""
    asked: int | None = None
    for line in lines:
        if asked is not None:
            asked += line.signed_fen
        if line.balance_fen is not None:
            if asked is not None and asked != line.balance_fen:
                return line, asked
            asked = line.balance_fen
    return None


def _identified(reading: Reading) -> list[Line]:
    """Each line with its identity: the bank's serial number where there is one, else all its facts and which of
    several alike it is. A line told twice is taken once; one serial number for two things that came is bad."""
    alike: Counter[str] = Counter()
    by_serial: dict[str, Line] = {}
    found = []
    for line in reading.lines:
        if line.serial and line.came_in:
            first = by_serial.setdefault(line.serial, line)
            if first is line:
                found.append(replace(line, identity=_key(reading.account, "in", line.serial)))
            elif (first.day, first.fen, first.payer, first.balance_fen) == (
                line.day,
                line.fen,
                line.payer,
                line.balance_fen,
            ):
                reading.skipped.append((line.row, _("the same as row %(row)d") % {"row": first.row}))
            else:
                reason = _("row %(row)d has this number too, for something else") % {"row": first.row}
                reading.bad.append(Bad(line.row, str(LABELS[Field.SERIAL]), line.serial, reason))
            continue
        facts = (
            reading.account, "in" if line.came_in else "out", line.serial, line.day.isoformat(), line.time,
            str(line.fen), str(line.balance_fen), line.payer, line.payer_account, line.words,
        )  # fmt: skip
        key = _key(*facts)
        alike[key] += 1
        found.append(replace(line, identity=_key(key, str(alike[key]))))
    return found


def _key(*parts: str) -> str:
    return "\x1f".join(parts)
