"""A statement as the workbook a bookkeeper works with: real numbers and days, heads as Chinese books have them."""

from __future__ import annotations

import io
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from marketplace.days import shanghai_day
from marketplace.quantity import UNITS, Unit

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
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100


def _cell(sheet: Worksheet, value: object, form: str = "", bold: bool = False) -> WriteOnlyCell:
    # what begins with = would be a formula to whoever opens the file
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str) and cell.data_type == "f":
        cell.data_type = "s"
    if form:
        cell.number_format = form
    if bold:
        cell.font = Font(bold=True)
    return cell


def _heads(sheet: Worksheet, heads: tuple[str, ...]) -> None:
    cells = [_cell(sheet, head, bold=True) for head in heads]
    for cell in cells:
        cell.alignment = Alignment(horizontal="center")
    sheet.append(cells)


def _sums(sheet: Worksheet, statement: Statement) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 34
    standing = standings([statement])[statement.pk]
    sheet.append([_cell(sheet, "对账单", bold=True)])
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
        sheet.append([_cell(sheet, head, bold=True), _cell(sheet, value, form)])


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
            _cell(sheet, "合计", bold=True),
            *total[1:11],
            _cell(sheet, _yuan(statement.accepted_fen - statement.returned_fen), MONEY, bold=True),
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
        _cell(sheet, line.position),
        _cell(sheet, line.day, DAY),
        _cell(sheet, line.order_number),
        _cell(sheet, "退货" if line.is_return else "验收"),
        _cell(sheet, line.product_name),
        _cell(sheet, line.product_name_en),
        _cell(sheet, line.household_name),
        _cell(sheet, f"{line.town_name}{line.village_name}"),
        _cell(sheet, UNITS[Unit(line.unit)].words[0]),
        _cell(sheet, Decimal(line.quantity) / line.unit_size, QUANTITY),
        _cell(sheet, _yuan(line.price_fen), MONEY),
        _cell(sheet, _yuan(line.amount_fen), MONEY),
        _cell(sheet, TICKED[tick.state] if tick else ""),
        _cell(sheet, "；".join(filter(None, remarks))),
    ]


def _credits(sheet: Worksheet, statement: Statement) -> None:
    for letter, width in zip("ABCDE", (6, 12, 34, 21, 14), strict=True):
        sheet.column_dimensions[letter].width = width
    _heads(sheet, CREDIT_HEADS)
    for credit in statement.credits.all():
        sheet.append(
            [
                _cell(sheet, credit.position),
                _cell(sheet, credit.day, DAY),
                _cell(sheet, credit.reference),
                _cell(sheet, credit.order_number),
                _cell(sheet, _yuan(credit.amount_fen), MONEY),
            ]
        )
    sheet.append(
        [
            _cell(sheet, "合计", bold=True),
            None,
            None,
            None,
            _cell(sheet, _yuan(statement.paid_fen), MONEY, bold=True),
        ]
    )
