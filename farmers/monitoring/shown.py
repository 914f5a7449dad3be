"""A warning's evidence in words: what was found that day, and the entries and lots it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from farmers.ledger.models import Entry
from marketplace.money import yuan
from marketplace.templatetags.market import amount, in_language

from .models import RuleKind, Warning


class Fact(NamedTuple):
    label: str
    value: str


class StuckLot(NamedTuple):
    lot_id: int
    product: str
    quantity: str
    worth_fen: int
    since: dt.date
    spoiled: bool


def summary(warning: Warning) -> str:
    """One line: enough to know whom to visit first."""
    return _SUMMARIES[warning.kind](warning.evidence)


def facts(warning: Warning) -> list[Fact]:
    """The figures one by one, then what the rule asked for that day."""
    return [
        *_FACTS[warning.kind](warning.evidence),
        Fact(_("day of the finding"), _day(warning.evidence["day"])),
    ]


def stuck_lots(warning: Warning) -> list[StuckLot]:
    return [
        StuckLot(
            lot["lot_id"],
            in_language(lot["product"], lot["product_en"]),
            amount(lot["quantity"], lot["unit_size"], lot["unit"]),
            lot["worth_fen"],
            dt.date.fromisoformat(lot["since"]),
            lot["spoiled"],
        )
        for lot in warning.evidence.get("lots", ())
    ]


def entries(warning: Warning) -> list[Entry]:
    """The ledger's entries it rests on, as far as their keys are kept: entries never change. One query, or none."""
    keys = warning.evidence.get("entries", ())
    found = (
        Entry.objects.filter(pk__in=keys, household=warning.household_id) if keys else Entry.objects.none()
    )
    return list(found.order_by("-day", "-pk"))


def _day(written: str) -> str:
    return str(date_format(dt.date.fromisoformat(written), "DATE_FORMAT"))


def _span(written: list[str]) -> str:
    first, last = (dt.date.fromisoformat(day) for day in written)
    return f"{date_format(first, 'YEAR_MONTH_FORMAT')} – {date_format(last, 'YEAR_MONTH_FORMAT')}"


def _income_in_short(told: dict[str, Any]) -> str:
    return _("¥%(income)s per head and year, line ¥%(line)s") % {
        "income": yuan(told["per_head_fen"]),
        "line": yuan(told["line_fen"]),
    }


def _income(told: dict[str, Any]) -> list[Fact]:
    return [
        Fact(pgettext("period", "months"), _span(told["span"])),
        Fact(_("sales here"), f"¥{yuan(told['sales_fen'])}"),
        Fact(_("other income less costs"), f"¥{yuan(told['other_fen'])}"),
        Fact(_("people"), str(told["people"])),
        Fact(_("per head, brought to a year"), f"¥{yuan(told['per_head_fen'])}"),
        Fact(_("yearly line"), f"¥{yuan(told['line_fen'])} ({told['line_year']})"),
        Fact(_("source of the line"), told["line_source"]),
        Fact(_("warns under"), _("%(percent)s%% of the line") % {"percent": told["rule"]["percent"]}),
    ]


def _fall_in_short(told: dict[str, Any]) -> str:
    return _("¥%(now)s against ¥%(before)s last year: %(percent)s%% less") % {
        "now": yuan(told["now_fen"]),
        "before": yuan(told["before_fen"]),
        "percent": told["less_percent"],
    }


def _fall(told: dict[str, Any]) -> list[Fact]:
    return [
        Fact(_span(told["span"]), f"¥{yuan(told['now_fen'])}"),
        Fact(_span(told["span_before"]), f"¥{yuan(told['before_fen'])}"),
        Fact(_("less by"), f"{told['less_percent']}%"),
        Fact(_("warns from"), _("%(percent)s%% less") % {"percent": told["rule"]["percent"]}),
    ]


def _unsold_in_short(told: dict[str, Any]) -> str:
    count = len(told["lots"])
    words = ngettext(
        "%(count)d lot nobody bought, worth ¥%(worth)s",
        "%(count)d lots nobody bought, worth ¥%(worth)s",
        count,
    )
    return words % {"count": count, "worth": yuan(told["worth_fen"])}


def _unsold(told: dict[str, Any]) -> list[Fact]:
    return [
        Fact(_("lots nobody bought"), str(len(told["lots"]))),
        Fact(_("worth"), f"¥{yuan(told['worth_fen'])}"),
        Fact(_("warns from"), f"¥{yuan(told['rule']['least_fen'])}"),
    ]


def _silent_in_short(told: dict[str, Any]) -> str:
    if told["last_sale"]:
        return _("%(days)d days without a sale, the last on %(day)s") % {
            "days": told["days"],
            "day": _day(told["last_sale"]),
        }
    return _("nothing sold in the %(days)d days since it first listed goods") % {"days": told["days"]}


def _silent(told: dict[str, Any]) -> list[Fact]:
    last = _day(told["last_sale"]) if told["last_sale"] else _("none yet")
    found = [Fact(_("last sale"), last), Fact(_("days without a sale"), str(told["days"]))]
    if told["first_listed"]:
        found.append(Fact(_("first listed something"), _day(told["first_listed"])))
    return [*found, Fact(_("warns from"), _("%(days)s days") % {"days": told["rule"]["days"]})]


_SUMMARIES: dict[str, Callable[[dict[str, Any]], str]] = {
    RuleKind.INCOME: _income_in_short,
    RuleKind.FALL: _fall_in_short,
    RuleKind.UNSOLD: _unsold_in_short,
    RuleKind.SILENT: _silent_in_short,
}
_FACTS: dict[str, Callable[[dict[str, Any]], list[Fact]]] = {
    RuleKind.INCOME: _income,
    RuleKind.FALL: _fall,
    RuleKind.UNSOLD: _unsold,
    RuleKind.SILENT: _silent,
}
