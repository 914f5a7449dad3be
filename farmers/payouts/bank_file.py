"""The bank's batch file 批量代付: a row for each payout by bank, as Excel and as CSV. Heads as Chinese banks have them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from farmers.registry.reveal import note_looks
from farmers.registry.reveals import Reveal
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.sheets import cell, saved

from .make import NotPaid, locked_run
from .models import Payout, PayoutRun

# a file for a Chinese bank, whatever language the cashier reads the pages in
HEADS = (("批次号", 18), ("序号", 8), ("户名", 14), ("账号", 26), ("金额（元）", 14), ("用途", 24))
# no account is a number
FORMS: dict[type, str] = {str: "@", Decimal: "0.00"}
PURPOSE = "助农货款"
# what a spreadsheet takes for the beginning of a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r")
State = PayoutRun.State


def take_file(run_id: int, by: User) -> list[Payout]:
    """The payouts for the bank of a released run, which is sent from now on. Every account shown is written down.

    May be taken again, the same, until the bank has answered; who took it, and when, the log of files keeps. Raises NotPaid before
    the run is released, once the bank has answered, or when it has none by bank.
    """
    if not may(by, Act.SETTLE):
        raise PermissionDenied
    with transaction.atomic():
        run = locked_run(run_id)
        if run.state == State.DROPPED:
            raise NotPaid(_("This run was thrown away."))
        if run.state == State.DRAFT:
            raise NotPaid(_("Somebody else has to release this run first."))
        payouts = list(run.payouts.filter(way=Payout.Way.BANK).order_by("position"))
        if not payouts:
            raise NotPaid(_("Nobody in this run is paid by bank."))
        # sent once more, it would be paid once more
        if any(payout.state != Payout.State.WAITING for payout in payouts):
            raise NotPaid(_("The bank has answered already: its file is not given out again."))
        if run.state == State.RELEASED:
            run.state, run.sent_at = State.SENT, timezone.now()
            run.save(update_fields=["state", "sent_at"])
    for payout in payouts:
        payout.run = run
    note_looks(
        [payout.household_id for payout in payouts], ["bank_account"], by, Reveal.Why.PAYOUT, run.number
    )
    return payouts


def _row(payout: Payout) -> tuple[str, int, str, str, Decimal, str]:
    number = payout.run.number
    return (
        number,
        payout.position,
        payout.name,
        payout.account,
        Decimal(payout.amount_fen) / 100,
        f"{PURPOSE}{number}",
    )


def workbook(payouts: Sequence[Payout]) -> bytes:
    """Accounts as text, for a spreadsheet shows but fifteen digits of a number; amounts as numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("批量付款")
    for place, (_head, width) in enumerate(HEADS):
        sheet.column_dimensions["ABCDEF"[place]].width = width
    sheet.freeze_panes = "A2"
    sheet.append([cell(sheet, head, FORMS[str], bold=True) for head, _width in HEADS])
    for payout in payouts:
        sheet.append([cell(sheet, value, FORMS.get(type(value), "")) for value in _row(payout)])
    # the same bytes whenever it is taken
    return saved(book, at=payouts[0].run.sent_at)


def csv_text(payouts: Sequence[Payout]) -> bytes:
    """As GB 18030, which banks' programs and a Chinese Excel read without being told."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([head for head, _width in HEADS])
    for payout in payouts:
        writer.writerow([_safe(value) for value in _row(payout)])
    return text.getvalue().encode("gb18030")


def _safe(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
