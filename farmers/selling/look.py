"""What was written, as buyers will see it: told back in the market's own words before it is sent."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from farmers.stock.models import Product
from marketplace.money import line_amount_fen, yuan
from marketplace.quantity import unit_size
from marketplace.templatetags.market import amount, grade_, month_day, name_
from marketplace.templatetags.market import unit as unit_

from .form import ListingForm

# of the usual price: beyond it, a slip of the unit or the point is likely
FAR = 3


class Fact(NamedTuple):
    """One thing that was written, in words; empty where nothing was. `step` is where it is mended, counted from 0."""

    name: str
    label: object
    step: int
    words: str = ""


FACTS = (
    Fact("product", pgettext_lazy("step", "What"), 0),
    Fact("size", gettext_lazy("Grade or size"), 1),
    Fact("amount", gettext_lazy("How much"), 1),
    Fact("when", gettext_lazy("Harvested on"), 1),
    Fact("price", gettext_lazy("Price"), 2),
    Fact("sum", gettext_lazy("If all of it is sold"), 2),
    Fact("note", gettext_lazy("In your words"), 2),
)
# where each section of the page begins, for whoever comes without script
ANCHORS = ("what", "amount", "price")


def looked_over(form: ListingForm) -> dict[str, str]:
    """By name of each of FACTS, what a valid form says; `doubt`: what should be looked at twice."""
    data = form.cleaned_data
    product, unit = data["product"], data["listing_unit"]
    size = unit_size(unit)
    harvested = data["harvested_on"]
    return {
        "product": name_(product),
        "size": grade_(data["grade"]) if data["grade"] else "",
        "amount": amount(data["quantity"], size, unit),
        "when": month_day(harvested) if harvested else "",
        "price": f"¥{yuan(data['price_fen'])} / {unit_(unit)}",
        "sum": f"¥{yuan(line_amount_fen(data['price_fen'], data['quantity'], size))}",
        "note": data["note"],
        "doubt": _doubt(product, data["price_fen"], size),
    }


def _doubt(product: Product, price_fen: int, size: int) -> str:
    """A price that is far from the usual one. `size` in grams or pieces, which `price_fen` is for."""
    usual = product.reference_price_fen
    if not usual or usual / FAR <= price_fen * unit_size(product.unit) / size <= usual * FAR:
        return ""
    return _("The usual price is ¥%(usual)s / %(unit)s. Is yours right?") % {
        "usual": yuan(usual),
        "unit": unit_(product.unit),
    }


def facts_of(words: dict[str, str]) -> list[Fact]:
    return [fact._replace(words=words.get(fact.name, "")) for fact in FACTS]
