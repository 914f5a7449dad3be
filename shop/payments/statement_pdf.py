"""A statement as a paper to stamp and file."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from marketplace.days import shanghai_day
from marketplace.money import yuan
from marketplace.pdf import pdf
from marketplace.templatetags.market import amount, in_language, name_, product_name, unit

from .models import Statement, StatementCredit, StatementLine
from .standing import standings

TEMPLATE = "shop/payments/typst/statement.typ"


def paper(statement: Statement) -> bytes:
    """In the reader's language. The same statement gives the same paper until something is paid."""
    standing = standings([statement])[statement.pk]
    data = {
        "title": _("Monthly statement"),
        "number": statement.number,
        "facts": [
            [_("Number"), statement.number],
            [_("Unit"), name_(statement.organisation)],
            [_("Month"), date_format(statement.period, "YEAR_MONTH_FORMAT")],
            [_("Issued on"), date_format(shanghai_day(statement.issued_at))],
            [_("To be paid by"), date_format(statement.due_on)],
        ],
        "sums": [
            [_("Opening balance"), _money(statement.opening_fen)],
            [_("Accepted"), _money(statement.accepted_fen)],
            [_("Returned"), _money(-statement.returned_fen)],
            [_("Paid"), _money(-statement.paid_fen)],
            [_("Closing balance"), _money(statement.closing_fen)],
            [_("Still to pay"), _money(standing.due_fen)],
        ],
        "heads": [
            _("No."),
            _("Day"),
            _("Order number"),
            _("Goods"),
            _("Quantity"),
            _("Price"),
            pgettext("money", "Amount"),
        ],
        "lines": [_line(line) for line in statement.lines.all()],
        "total": [_("Total"), _money(statement.accepted_fen - statement.returned_fen)],
        "credit_title": _("Payments"),
        "credit_heads": [_("No."), _("Day"), _("Reference"), _("Order number"), pgettext("money", "Amount")],
        "credits": [_credit(credit) for credit in statement.credits.all()],
        "signs": [_("Supplier's seal"), _("Unit's seal"), _("Bookkeeper"), _("Day")],
        "lang": get_language() or "",
    }
    return pdf(TEMPLATE, data, at=statement.issued_at)


def _money(fen: int) -> str:
    return f"{'−' if fen < 0 else ''}¥{yuan(abs(fen))}"


def _line(line: StatementLine) -> list[Any]:
    village = in_language(line.village_name, line.village_name_en)
    goods = [product_name(line), " · ".join(filter(None, [line.household_name, village, line.reason]))]
    return [
        str(line.position),
        f"{line.day:%m-%d}",
        line.order_number,
        goods,
        amount(line.quantity, line.unit_size, line.unit),
        f"{yuan(line.price_fen)}/{unit(line.unit)}",
        yuan(line.amount_fen),
    ]


def _credit(credit: StatementCredit) -> list[str]:
    return [
        str(credit.position),
        f"{credit.day:%m-%d}",
        credit.reference,
        credit.order_number,
        yuan(credit.amount_fen),
    ]
