"""What a bank sends back 代付结果: read row by row, as CSV or Excel, in whatever order its columns stand. No database.

A row is known by the run's number, its place in it, the last digits of the account and the amount. What cannot be
read to the fen and the letter is refused, with the row it stands in.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from django.utils.translation import gettext as _

from farmers.stock.workbook.parts import WorkbookError
from farmers.stock.workbook.sheets import Kind, read_sheets
from farmers.stock.workbook.words import fold

MAX_BYTES = 5_000_000
MAX_ROWS = 20_000
# how far down its heads may stand, beneath a title
HEADS_WITHIN = 20
LONGEST_REASON = 1_000

HEADS: dict[str, tuple[str, ...]] = {
    "run": ("批次号", "批次", "批次编号", "批号", "业务编号", "用途", "附言", "摘要"),
    "position": ("序号", "明细序号", "编号", "行号", "笔号"),
    "account": ("账号", "收款账号", "收款人账号", "卡号", "账户", "帐号", "收款帐号"),
    "amount": ("金额", "金额(元)", "交易金额", "交易金额(元)", "付款金额", "付款金额(元)", "发生额"),
    "result": ("处理结果", "结果", "状态", "处理状态", "交易状态", "付款状态", "交易结果"),
    "reason": ("失败原因", "原因", "备注", "错误信息", "返回信息", "处理信息", "失败信息"),
}
NEEDED = ("run", "position", "account", "amount", "result")
PAID = frozenset({"成功", "交易成功", "处理成功", "付款成功", "支付成功", "已入账", "入账成功", "success"})
FAILED = ("失败", "交易失败", "处理失败", "付款失败", "支付失败", "入账失败", "退票", "退回", "拒绝", "fail")
TOTALS = ("合计", "总计", "小计", "total")
_RUN = re.compile(r"FK[0-9]{8}-[0-9]{1,4}")
_TAIL = re.compile(r"[0-9Xx]{4}$")
# an account's number, but for its end
_ACCOUNT = re.compile(r"[0-9][0-9 *-]{6,}[0-9*](?=[0-9]{4})")
_AMOUNT = re.compile(r"[0-9]+(\.[0-9]{1,2}0*)?")


class BadFile(Exception):
    """The file is not taken in. The message names the row and what is wrong with it; nothing was changed."""


class Row(NamedTuple):
    """One payout's fate. `line` is where it stands in the file."""

    line: int
    run: str
    position: int
    tail: str
    fen: int
    paid: bool
    reason: str


def read(data: bytes) -> list[Row]:
    """The rows of a result file. Raises BadFile."""
    if len(data) > MAX_BYTES:
        raise BadFile(_("The file is larger than 5 MB: it cannot be the bank's answer to one run."))
    table = list(_workbook(data) if data[:2] == b"PK" else _csv(data))
    at, columns = _heads(table)
    return list(_rows(table[at + 1 :], columns))


def _workbook(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Of each sheet its rows; an account that a spreadsheet turned into a number is seen by its kind."""
    try:
        sheets = read_sheets(io.BytesIO(data))
    except WorkbookError as error:
        raise BadFile(str(error)) from error
    for sheet in sheets[:1]:
        for number in sorted(sheet.rows):
            row = sheet.rows[number]
            cells = [""] * max(row, default=0)
            for place, cell in row.items():
                text = cell.text
                if cell.kind == Kind.NUMBER and isinstance(cell.raw, float) and abs(cell.raw) >= 1e15:
                    text = "E"  # its last digits are lost
                elif cell.kind == Kind.NUMBER:
                    text = str(cell.raw)
                cells[place - 1] = text
            yield number, cells


def _csv(data: bytes) -> Iterator[tuple[int, list[str]]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadFile(_("This is neither a CSV file nor an Excel workbook (.xlsx)."))
    if "\0" in text:
        raise BadFile(_("This is neither a CSV file nor an Excel workbook (.xlsx)."))
    sample = text[:2000]
    delimiter = max(",\t|;", key=sample.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if reader.line_num > MAX_ROWS:
                raise BadFile(_("The file has more rows than a run can have."))
            yield reader.line_num, cells
    except csv.Error as error:
        raise BadFile(_("Row %(row)d cannot be read.") % {"row": reader.line_num}) from error


def _word(text: str) -> str:
    return "".join(fold(text).split()).strip("'\"")


def _heads(table: Sequence[tuple[int, list[str]]]) -> tuple[int, dict[str, int]]:
    """Which row has the heads, and in which column each thing stands."""
    for at, (_line, cells) in enumerate(table[:HEADS_WITHIN]):
        words = [_word(cell) for cell in cells]
        columns: dict[str, int] = {}
        for name, known in HEADS.items():
            # the first of its words that is there: a file may have both a batch number and a purpose
            found = next((words.index(fold(head)) for head in known if fold(head) in words), None)
            if found is not None:
                columns[name] = found
        if all(name in columns for name in NEEDED):
            return at, columns
    raise BadFile(
        _("There is no row with the heads %(heads)s.")
        % {"heads": "、".join(HEADS[name][0] for name in NEEDED)}
    )


def _rows(table: Sequence[tuple[int, list[str]]], columns: dict[str, int]) -> Iterator[Row]:
    for line, cells in table:
        words = [_word(cell) for cell in cells]
        if not any(words):
            continue
        first = next(word for word in words if word)
        if first.lower().startswith(TOTALS):
            continue

        def of(name: str, words: list[str] = words) -> str:
            place = columns.get(name)
            return words[place] if place is not None and place < len(words) else ""

        yield _row(line, of("run"), of("position"), of("account"), of("amount"), of("result"), of("reason"))


def _row(line: int, run: str, position: str, account: str, amount: str, result: str, reason: str) -> Row:
    number = _RUN.search(run.upper())
    if number is None:
        raise _bad(line, _("it has no run's number (as FK20260401-1)"))
    if not (position.isascii() and position.isdigit() and len(position) <= 6):
        raise _bad(line, _("its number in the run cannot be read"))
    tail = _TAIL.search(account)
    if tail is None or len(account) > 40:
        raise _bad(line, _("the last four digits of its account cannot be read; the column must be text"))
    lowered = result.lower()
    paid = lowered in PAID
    if not paid and not lowered.startswith(FAILED):
        raise _bad(line, _("“%(word)s” is neither paid nor failed") % {"word": result[:20]})
    why = "" if paid else without_accounts(reason or result)[:200]
    return Row(line, number[0], int(position), tail[0].upper(), _fen(line, amount), paid, why)


def without_accounts(words: str) -> str:
    """A reason, whoever wrote it: households and officers read it, and no whole account is among what it says."""
    return _ACCOUNT.sub("****", words[:LONGEST_REASON])


def _fen(line: int, text: str) -> int:
    plain = text.removeprefix("¥").removeprefix("￥").removesuffix("元").replace(",", "")
    if not _AMOUNT.fullmatch(plain) or len(plain) > 20:
        raise _bad(line, _("its amount “%(text)s” cannot be read") % {"text": text[:20]})
    try:
        fen = Decimal(plain) * 100
    except InvalidOperation:
        raise _bad(line, _("its amount “%(text)s” cannot be read") % {"text": text[:20]}) from None
    return int(fen)


def _bad(line: int, what: str) -> BadFile:
    return BadFile(_("Row %(row)d: %(what)s. Nothing was taken in.") % {"row": line, "what": what})
