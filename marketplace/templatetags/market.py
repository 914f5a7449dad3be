"""What every room's templates share: money, quantity and names as people read them, and icons."""

from __future__ import annotations

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext

from marketplace import money
from marketplace import quantity as quantities
from marketplace.quantity import Measure, Unit

register = template.Library()

JIN = quantities.unit_size(Unit.JIN)


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
    """A quantity with its unit, as one says it: `320 斤`, `320 jin`."""
    return f"{in_units(quantity, size)} {unit(word)}"


@register.simple_tag
def per_other_unit(lot: Any) -> str:
    """The price per kilogram of goods sold by the jin and the other way round, in yuan; empty for pieces."""
    other = {Unit.JIN: Unit.KG, Unit.KG: Unit.JIN, Unit.TONNE: Unit.JIN}.get(lot.unit)
    if other is None:
        return ""
    fen = money.line_amount_fen(lot.price_fen, quantities.unit_size(other), lot.unit_size)
    return f"¥{money.yuan(fen)} / {unit(other)}"


@register.filter(name="name")
def name_(thing: Any) -> str:
    """The name in the reader's language: `name_en` for English where there is one."""
    if thing is None:
        return ""
    english = getattr(thing, "name_en", "")
    return english if english and (get_language() or "").startswith("en") else str(thing.name)


@register.filter
def product_name(line: Any) -> str:
    """The product's name that an order line or ledger entry keeps, in the reader's language."""
    english: str = line.product_name_en
    return english if english and (get_language() or "").startswith("en") else str(line.product_name)


@register.filter
def is_weight(measure: str) -> bool:
    return measure == Measure.GRAM


@register.simple_tag
def days_since(day: Any, today: Any) -> str:
    """`3 天前`, `today`: how long ago a day was."""
    days = (today - day).days
    return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite, for the eye alone: words stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )
