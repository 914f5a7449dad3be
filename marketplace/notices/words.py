"""The one table of what people are told. A room adds its kinds here and calls `tell`.

A name between %( and )s is a fact of the notice; `name_en` beside it is its English twin.
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
    "accepted": Kind(Group.MONEY, _("Accepted: %(goods)s. ¥%(amount)s is yours.")),
    # bulk requests and statements
    "to_approve": Kind(Group.ORDERS, _("Request %(number)s, ¥%(amount)s, waits for your approval.")),
    "approved": Kind(Group.ORDERS, _("Request %(number)s is approved.")),
    "request_back": Kind(Group.ORDERS, _("Request %(number)s came back to you.")),
    "request_lapsed": Kind(
        Group.ORDERS, _("Nobody approved request %(number)s in time. It may be sent again.")
    ),
    "statement": Kind(Group.MONEY, _("The statement of %(month)s is there: ¥%(amount)s.")),
    "disputed": Kind(Group.MONEY, _("A line of statement %(number)s is disputed.")),
    # complaints
    "complaint": Kind(Group.OTHER, _("There is a complaint about order %(number)s.")),
    "answered": Kind(Group.OTHER, _("Your complaint about order %(number)s is answered.")),
    # goods
    "to_check": Kind(Group.GOODS, _("Look at these goods: %(goods)s, %(village)s.")),
    "on_sale": Kind(Group.GOODS, _("Your %(product)s is on sale.")),
    "sent_back": Kind(Group.GOODS, _("Your %(product)s came back: %(why)s")),
    "spoils": Kind(Group.GOODS, _("Your %(product)s is good until %(day)s, and some is unsold.")),
    "spoiling": Kind(Group.GOODS, _("About to spoil in your villages: %(count)s lots.")),
    "clearance": Kind(Group.GOODS, _("About to spoil, and you asked for it lately: %(products)s.")),
}


def said(notice: Notice) -> str:
    """The notice in the reader's language."""
    kind = KINDS.get(notice.kind)
    if kind is None:
        return ""
    facts = _in_language(notice.facts)
    # a fact that an older notice lacks is no reason to show nobody anything
    return str(kind.text) % _Facts(facts)


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
