"""The one table of what people are told. A room adds its kinds here and calls `tell`.

A name between %( and )s is a fact of the notice; `name_en` beside it is its English twin. What leaves the site, by
text message or e-mail, may be read by others: it names goods, places, sums and numbers, never a person, and nothing
that somebody wrote freely.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from .models import Group, Notice


class Kind(NamedTuple):
    group: Group
    text: str | Promise
    # what leaves the site of it, where `text` is for the inbox alone
    outside: str | Promise = ""


KINDS: dict[str, Kind] = {
    "back": Kind(Group.GOODS, _("%(product)s is on sale again, from %(town)s.")),
    # orders, to the buyer
    "confirmed": Kind(Group.ORDERS, _("Order %(number)s is confirmed. The village gets the goods ready.")),
    "dispatched": Kind(Group.ORDERS, _("The goods of order %(number)s have left the village.")),
    "delivered": Kind(
        Group.ORDERS, _("The goods of order %(number)s are there. Look at them and accept them.")
    ),
    "cancelled": Kind(Group.ORDERS, _("Order %(number)s was called off.")),
    "lapsed": Kind(Group.ORDERS, _("Order %(number)s was let go: its time was over.")),
    # orders, to household and officer
    "bought": Kind(Group.ORDERS, _("Sold: %(goods)s. Order %(number)s, to be brought %(day)s.")),
    "collect": Kind(Group.ORDERS, _("To collect for order %(number)s: %(goods)s, %(day)s.")),
    "not_needed": Kind(Group.ORDERS, _("Order %(number)s was called off. Nothing of it is to be brought.")),
    "line_not_needed": Kind(
        Group.ORDERS, _("Not needed any more: %(goods)s of order %(number)s. Do not bring it, please.")
    ),
    "accepted": Kind(Group.MONEY, _("Accepted: %(goods)s. ¥%(amount)s is yours.")),
    "returned": Kind(
        Group.MONEY, _("Given back: %(goods)s, order %(number)s. That is ¥%(amount)s less for you.")
    ),
    # money, to who pays
    "paid": Kind(Group.MONEY, _("¥%(amount)s has come in for order %(number)s.")),
    "paid_too_much": Kind(
        Group.MONEY, _("¥%(amount)s came in for order %(number)s that it does not need. You get it back.")
    ),
    "payment_failed": Kind(
        Group.MONEY,
        _("The payment for order %(number)s did not go through. Try again, or pay when the goods come."),
    ),
    "refunded": Kind(Group.MONEY, _("¥%(amount)s for order %(number)s went back to you.")),
    "transfer": Kind(Group.MONEY, _("Your unit's bank transfer of ¥%(amount)s has come in.")),
    "overdue": Kind(
        Group.MONEY, _("Of the statement of %(month)s ¥%(amount)s is not paid yet. It was due on %(day)s.")
    ),
    # money, to cashiers, and to the officer who brought it
    "to_match": Kind(
        Group.MONEY, _("What came in for order %(number)s is not what was asked for. Look at it.")
    ),
    "refund_failed": Kind(
        Group.MONEY,
        _("¥%(amount)s for order %(number)s could not be given back. Look at why, and give it back anew."),
    ),
    "left_over": Kind(Group.MONEY, _("¥%(amount)s of a bank transfer found no order. Look at it.")),
    "door_cash": Kind(Group.MONEY, _("Officers took cash at doors on %(day)s. It will be brought to you.")),
    "handed_in": Kind(Group.MONEY, _("¥%(amount)s taken at doors was handed in.")),
    "counted": Kind(Group.MONEY, _("The ¥%(amount)s you brought was counted, and is right.")),
    # bulk requests and statements
    "to_approve": Kind(Group.ORDERS, _("Request %(number)s, ¥%(amount)s, waits for your approval.")),
    "approved": Kind(Group.ORDERS, _("Request %(number)s is approved.")),
    "request_back": Kind(Group.ORDERS, _("Request %(number)s came back to you.")),
    "request_lapsed": Kind(
        Group.ORDERS, _("Nobody approved request %(number)s in time. It may be sent again.")
    ),
    "statement": Kind(Group.MONEY, _("The statement of %(month)s is there: ¥%(amount)s.")),
    "disputed": Kind(Group.MONEY, _("A line of statement %(number)s is disputed.")),
    # payouts
    "paid_out": Kind(Group.MONEY, _("¥%(amount)s was paid to your account ending in %(tail)s.")),
    "paid_cash": Kind(Group.MONEY, _("¥%(amount)s was paid to you in cash.")),
    "not_paid": Kind(
        Group.MONEY,
        _("¥%(amount)s could not be paid to you: %(why)s. It is paid the next time."),
        outside=_("¥%(amount)s could not be paid to you yet. The reason is on your page."),
    ),
    "household_not_paid": Kind(
        Group.MONEY,
        _("A household in %(village)s could not be paid ¥%(amount)s: %(why)s."),
        outside=_("A household in %(village)s could not be paid ¥%(amount)s. The reason is on your page."),
    ),
    "dispute_answered": Kind(Group.MONEY, _("What you disputed on statement %(number)s is answered.")),
    # complaints
    "complaint": Kind(Group.OTHER, _("There is a complaint about order %(number)s.")),
    "answered": Kind(Group.OTHER, _("Your complaint about order %(number)s is answered.")),
    "complained_of": Kind(
        Group.OTHER, _("Somebody complained about %(goods)s, order %(number)s. The city looks into it.")
    ),
    "ruled": Kind(Group.OTHER, _("The complaint about %(goods)s, order %(number)s, is answered.")),
    "closed": Kind(Group.OTHER, _("The complaint about %(goods)s, order %(number)s, is closed.")),
    # talks over saplings, and lifting days
    "talk_ask": Kind(Group.ORDERS, _("%(firm)s would like to look at your %(product)s on %(day)s.")),
    "talk_day": Kind(Group.ORDERS, _("Come and look at the %(product)s in %(place)s on %(day)s.")),
    "talk_hold": Kind(Group.ORDERS, _("%(firm)s has reserved %(count)s of your %(product)s until %(day)s.")),
    "talk_offer": Kind(
        Group.ORDERS, _("An offer for %(product)s: %(count)s at ¥%(price)s, lifted on %(day)s. Look at it.")
    ),
    "talk_agreed": Kind(Group.ORDERS, _("Your offer for %(product)s is accepted: order %(number)s.")),
    "talk_over": Kind(Group.ORDERS, _("The talk with %(firm)s over %(product)s is over.")),
    "talk_unheld": Kind(
        Group.ORDERS, _("The reservation of %(product)s is over: %(count)s are for sale again.")
    ),
    "day_asked": Kind(
        Group.ORDERS, _("May the plants of order %(number)s be lifted on %(day)s? Answer, please.")
    ),
    "day_agreed": Kind(Group.ORDERS, _("The plants of order %(number)s are lifted on %(day)s: agreed.")),
    "day_refused": Kind(
        Group.ORDERS, _("The plants of order %(number)s are not lifted on %(day)s: the day stays.")
    ),
    # goods
    "to_check": Kind(Group.GOODS, _("Look at these goods: %(goods)s, %(village)s.")),
    "on_sale": Kind(Group.GOODS, _("Your %(product)s is on sale.")),
    "sent_back": Kind(
        Group.GOODS,
        _("Your %(product)s came back: %(why)s"),
        outside=_("The officer sent your %(product)s back. The reason is on your page."),
    ),
    "spoils": Kind(Group.GOODS, _("Your %(product)s is good until %(day)s, and some is unsold.")),
    "spoiling": Kind(Group.GOODS, _("About to spoil in your villages: %(count)s lots.")),
    # watching over households
    "warnings": Kind(Group.OTHER, _("New warnings about households of your villages: %(count)s.")),
    "problem_overdue": Kind(Group.OTHER, _("Problem %(number)s is overdue: it was to be closed by %(day)s.")),
    "clearance": Kind(Group.GOODS, _("About to spoil, and you asked for it lately: %(products)s.")),
}


def said(notice: Notice) -> str:
    """The notice as the inbox has it, in the language of now."""
    kind = KINDS.get(notice.kind)
    return _filled(kind.text, notice) if kind else ""


def said_outside(notice: Notice) -> str:
    """The notice as it leaves the site."""
    kind = KINDS.get(notice.kind)
    return _filled(kind.outside or kind.text, notice) if kind else ""


def _filled(text: str | Promise, notice: Notice) -> str:
    # a fact that an older notice lacks is no reason to show nobody anything
    return str(text) % _Facts(_in_language(notice.facts))


class _Facts(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "–"


def _in_language(facts: Mapping[str, Any]) -> dict[str, Any]:
    if not (get_language() or "").startswith("en"):
        return dict(facts)
    return {name: facts.get(f"{name}_en") or value for name, value in facts.items()}


def in_both(name: str, say: Callable[[], str]) -> dict[str, str]:
    """A fact that is words, in both languages: `in_both("day", lambda: month_day(day))`."""
    with override(settings.LANGUAGE_CODE):
        chinese = say()
    with override("en"):
        return {name: chinese, f"{name}_en": say()}
