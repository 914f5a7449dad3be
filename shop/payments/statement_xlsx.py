"""A statement as the workbook a bookkeeper works with: real numbers and days, heads as Chinese books have them."""

from __future__ import annotations

from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from marketplace.days import shanghai_day
from marketplace.quantity import UNITS, Unit
from marketplace.sheets import cell, saved

from .models import Statement, StatementLine, Tick
from .standing import standings
from .statement_page import tick_of

MONEY, QUANTITY, DAY = "#,##0.00", "#,##0.###", "yyyy-mm-dd"
# a document in Chinese, whatever language its reader has chosen for the pages: it is filed with the unit's books
LINE_HEADS = (
    ("序号", 6), ("日期", 12), ("订单号", 21), ("摘要", 10), ("品名", 16), ("品名（英文）", 20), ("农户", 10), ("产地", 20),
    ("单位", 7), ("数量", 11), ("单价（元）", 12), ("金额（元）", 14), ("核对", 10), ("备注", 34),
)  # fmt: skip
CREDIT_HEADS = ("序号", "日期", "凭证号", "订单号", "金额（元）")
TICKED = {Tick.State.AGREED.value: "相符", Tick.State.DISPUTED.value: "有异议"}


def workbook(statement: Statement) -> bytes:
    """Three sheets: the sums, every line, every payment."""
    book = Workbook(write_only=True)
    _sums(book.create_sheet("对账单"), statement)
    _lines(book.create_sheet("明细"), statement)
    _credits(book.create_sheet("收款"), statement)
    return saved(book)


def _yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100


def _heads(sheet: Worksheet, heads: tuple[str, ...]) -> None:
    cells = [cell(sheet, head, bold=True) for head in heads]
    for head in cells:
        head.alignment = Alignment(horizontal="center")
    sheet.append(cells)


def _sums(sheet: Worksheet, statement: Statement) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 34
    standing = standings([statement])[statement.pk]
    sheet.append([cell(sheet, "对账单", bold=True)])
    for head, value, form in (
        ("编号", statement.number, ""),
        ("采购单位", statement.organisation.name, ""),
        ("账期", f"{statement.period:%Y}年{statement.period.month}月", ""),
        ("期初余额（元）", _yuan(statement.opening_fen), MONEY),
        ("本期验收（元）", _yuan(statement.accepted_fen), MONEY),
        ("本期退货（元）", _yuan(-statement.returned_fen), MONEY),
        ("本期收款（元）", _yuan(-statement.paid_fen), MONEY),
        ("期末余额（元）", _yuan(statement.closing_fen), MONEY),
        ("付款期限", statement.due_on, DAY),
        ("出单日期", shanghai_day(statement.issued_at), DAY),
        ("尚未付清（元）", _yuan(standing.due_fen), MONEY),
    ):
        sheet.append([cell(sheet, head, bold=True), cell(sheet, value, form)])


def _lines(sheet: Worksheet, statement: Statement) -> None:
    for number, (_head, width) in enumerate(LINE_HEADS):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    sheet.freeze_panes = "A2"
    _heads(sheet, tuple(head for head, _width in LINE_HEADS))
    for line in statement.lines.select_related("tick"):
        sheet.append(_line(sheet, line))
    total = [None] * len(LINE_HEADS)
    sheet.append(
        [
            cell(sheet, "合计", bold=True),
            *total[1:11],
            cell(sheet, _yuan(statement.accepted_fen - statement.returned_fen), MONEY, bold=True),
        ]
    )


def _line(sheet: Worksheet, line: StatementLine) -> list[WriteOnlyCell]:
    tick = tick_of(line)
    remarks = [
        line.reason,
        tick.words if tick else "",
        f"答复：{tick.answer}" if tick and tick.answer else "",
    ]
    return [
        cell(sheet, line.position),
        cell(sheet, line.day, DAY),
        cell(sheet, line.order_number),
        cell(sheet, "退货" if line.is_return else "验收"),
        cell(sheet, line.product_name),
        cell(sheet, line.product_name_en),
        cell(sheet, line.household_name),
        cell(sheet, f"{line.town_name}{line.village_name}"),
        cell(sheet, UNITS[Unit(line.unit)].words[0]),
        cell(sheet, Decimal(line.quantity) / line.unit_size, QUANTITY),
        cell(sheet, _yuan(line.price_fen), MONEY),
        cell(sheet, _yuan(line.amount_fen), MONEY),
        cell(sheet, TICKED[tick.state] if tick else ""),
        cell(sheet, "；".join(filter(None, remarks))),
    ]


def _credits(sheet: Worksheet, statement: Statement) -> None:
    for letter, width in zip("ABCDE", (6, 12, 34, 21, 14), strict=True):
        sheet.column_dimensions[letter].width = width
    _heads(sheet, CREDIT_HEADS)
    for credit in statement.credits.all():
        sheet.append(
            [
                cell(sheet, credit.position),
                cell(sheet, credit.day, DAY),
                cell(sheet, credit.reference),
                cell(sheet, credit.order_number),
                cell(sheet, _yuan(credit.amount_fen), MONEY),
            ]
        )
    sheet.append(
        [
            cell(sheet, "合计", bold=True),
            None,
            None,
            None,
            cell(sheet, _yuan(statement.paid_fen), MONEY, bold=True),
        ]
    )
