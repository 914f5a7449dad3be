"""What every room's templates share: money, quantity and names as people read them, and icons."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from marketplace import context, grades, money
from marketplace import quantity as quantities
from marketplace.days import shanghai_day
from marketplace.days import today as this_day
from marketplace.drawn import drawn_once
from marketplace.quantity import Measure, Unit

register = template.Library()

JIN = quantities.unit_size(Unit.JIN)
# only English needs them, so they are no matter for the catalogue of translations
ENGLISH_PLURALS: dict[str, str] = {
    Unit.TONNE: "tonnes",
    Unit.ZHU: "plants",
    Unit.KE: "trees",
    Unit.PEN: "pots",
    Unit.GE: "pieces",
    Unit.XIANG: "boxes",
}


@register.filter
def yuan(fen: int | None) -> str:
    """1234567 fen as `12,345.67`; the template puts ¥ before it."""
    return money.yuan(fen or 0)


@register.filter
def in_units(quantity: int | None, size: int) -> str:
    """Grams or pieces as a plain number of units of `size`: `{{ lot.available|in_units:lot.unit_size }}`."""
    return quantities.in_units(quantity or 0, size)


@register.filter
def jin(grams: int | None) -> str:
    """Grams as whole jin, rounded down, for figures that speak of many tonnes: `1,234`."""
    return f"{(grams or 0) // JIN:,}"


@register.filter
def unit(word: str) -> str:
    """The unit's name in the reader's language: `斤`, `jin`."""
    return str(Unit(word).label)


@register.simple_tag
def amount(quantity: int | None, size: int, word: str) -> str:
    """A quantity with its unit, as one says it: `320 斤`, `320 jin`, `3 trees`."""
    many = (quantity or 0) != size and (get_language() or "").startswith("en")
    return f"{in_units(quantity, size)} {ENGLISH_PLURALS.get(word, unit(word)) if many else unit(word)}"


@register.simple_tag
def per_other_unit(lot: Any) -> str:
    """The price per kilogram of goods sold by the jin and the other way round, in yuan; empty for pieces."""
    other = {Unit.JIN: Unit.KG, Unit.KG: Unit.JIN, Unit.TONNE: Unit.JIN}.get(lot.unit)
    if other is None:
        return ""
    fen = money.line_amount_fen(lot.price_fen, quantities.unit_size(other), lot.unit_size)
    return f"¥{money.yuan(fen)} / {unit(other)}"


def in_language(chinese: str, english: str) -> str:
    """The English name for a reader of English, where there is one."""
    return english if english and (get_language() or "").startswith("en") else chinese


@register.filter(name="name")
def name_(thing: Any) -> str:
    """The name in the reader's language: `name_en` for English where there is one."""
    return in_language(str(thing.name), getattr(thing, "name_en", "")) if thing is not None else ""


@register.filter
def product_name(line: Any) -> str:
    """The product's name that an order line or ledger entry keeps, in the reader's language."""
    return in_language(line.product_name, line.product_name_en)


@register.filter
def of(known: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping has for a key, or nothing: `{{ wrong|of:lot.pk }}`."""
    return known.get(key, "")


@register.filter(name="grade")
def grade_(written: str) -> str:
    """A grade or size in the reader's language, as far as its words are known."""
    return grades.in_english(written) if (get_language() or "").startswith("en") else written


@register.filter
def is_weight(measure: str) -> bool:
    return measure == Measure.GRAM


@register.simple_tag
def days_since(day: Any, today: Any) -> str:
    """`3 天前`, `today`: how long ago a day was."""
    days = (today - day).days
    if days == 0:
        return _("today")
    return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}


@register.filter
def month_day(day: dt.date | dt.datetime | None) -> str:
    """`4月18日`, `18 April`, with the year when it is another one."""
    if day is None:
        return ""
    if isinstance(day, dt.datetime):
        day = shanghai_day(day)
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == this_day().year else "DATE_FORMAT")


@register.filter
def freshness(lot: Any) -> str:
    """`3 天前采收`, `harvested 3 days ago`; by its month when it is long ago; empty when nobody said."""
    if lot.harvested_on is None:
        return ""
    days = (this_day() - lot.harvested_on).days
    if days > 60:
        return _("harvested in %(month)s") % {"month": date_format(lot.harvested_on, "YEAR_MONTH_FORMAT")}
    if days < 0:
        return _("to be harvested on %(day)s") % {"day": month_day(lot.harvested_on)}
    if days == 0:
        return _("harvested today")
    return ngettext("harvested %(days)d day ago", "harvested %(days)d days ago", days) % {"days": days}


@register.filter
def days_left(lot: Any) -> int | None:
    """How many days the goods stay good, when it is three or fewer and so worth saying."""
    left = (lot.good_until - this_day()).days if lot.good_until else None
    return left if left is not None and left <= 3 else None


@register.simple_tag(takes_context=True)
def page_address(context: dict[str, Any], param: str, number: int) -> str:
    """The address of another page of the list that `param` names; every other list stays where it is."""
    asked = context["request"].GET.copy()
    asked[param] = str(number)
    return f"?{asked.urlencode()}"


@register.filter
def picture(stem: str) -> str:
    """The address of a product's drawing."""
    return static(f"products/{stem}.svg")


@register.filter
def dialled(number: str) -> str:
    """A telephone number as a `tel:` link wants it."""
    return "".join(c for c in number if c in "+0123456789")


@register.simple_tag
def site_info() -> dict[str, Any]:
    """Menu, hotline, address and licence for the frame; usually without a query."""
    return context.site_info()


@register.simple_block_tag
def sentences(content: str) -> SafeString:
    """Sentences joined as the language has it: in Chinese nothing stands between a full stop and the next one."""
    joined = " ".join(content.split())
    return SafeString(re.sub("(?<=[。！？；]) ", "", joined))


@register.simple_tag
@drawn_once(200)
def icon(name: str) -> SafeString:
    """An icon of the sprite, for the eye alone: words stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )
