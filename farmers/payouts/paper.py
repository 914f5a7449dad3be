"""A payout as a paper for a household: what it was paid, for what, with room to sign where it is cash."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.days import shanghai_day
from marketplace.money import yuan
from marketplace.pdf import pdf
from marketplace.templatetags.market import amount, name_, product_name, unit

from .models import Payout

TEMPLATE = "farmers/payouts/typst/payout.typ"


def paper(payout: Payout) -> bytes:
    """In the reader's language. The account is shown by its last four digits."""
    household, run = payout.household, payout.run
    facts = [
        [_("Number"), payout.number],
        [_("Household"), household.head_name],
        [_("Village"), f"{name_(household.village.town)} {name_(household.village)}"],
        [_("State"), str(payout.get_state_display())],
    ]
    if payout.ended_at:
        facts.append([_("Day"), date_format(shanghai_day(payout.ended_at))])
    if payout.account_tail:
        facts.append([_("Account"), f"**** {payout.account_tail}"])
    if payout.receipt:
        facts.append([_("Receipt number"), payout.receipt])
    if payout.reason:
        facts.append([_("Why not paid"), payout.reason])
    lines = payout.lines.select_related("entry")
    return pdf(
        TEMPLATE,
        {
            "title": _("Paid for goods"),
            "number": payout.number,
            "facts": facts,
            "heads": [
                _("Day"),
                _("Goods"),
                _("Quantity"),
                _("Price"),
                pgettext("money", "Amount"),
            ],
            "lines": [
                [
                    f"{line.entry.day:%Y-%m-%d}",
                    " · ".join(filter(None, [product_name(line.entry), line.entry.reason])),
                    amount(line.entry.quantity, line.entry.unit_size, line.entry.unit),
                    f"{yuan(line.entry.price_fen)}/{unit(line.entry.unit)}",
                    yuan(line.amount_fen),
                ]
                for line in lines
            ],
            "total": [_("Total"), f"¥{yuan(payout.amount_fen)}"],
            "signs": [_("Received by"), _("Handed over by"), _("Day")],
        },
        at=payout.ended_at or run.made_at,
    )
