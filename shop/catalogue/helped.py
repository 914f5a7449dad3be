"""What buying does for a household, in plain figures of the ledger's year."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Case, Count, F, JSONField, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import JSONObject
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from farmers.ledger.models import HouseholdYear
from farmers.ledger.queries import FEWEST_HOUSEHOLDS, SOMETHING_LEFT
from farmers.stock.models import Lot
from marketplace.quantity import Unit, in_units, unit_size


class Helped(NamedTuple):
    """What was sold this year: by the household alone, or (`households` of them) by its town's."""

    own: bool
    households: int
    grams: int
    saplings: int
    pieces: int
    amount_fen: int

    @property
    def goods(self) -> str:
        return sold_in_words(self)


def with_year(lots: QuerySet[Lot], year: int) -> QuerySet[Lot]:
    """The lots, each with `sold_in_year` for `helped`: a household's with its consent, else its town's sums.

    Both are looked up in the query of the lots itself, by the totals' key.
    """
    cells = HouseholdYear.objects.filter(SOMETHING_LEFT, year=year, town=OuterRef("town")).order_by()
    sums = {name: Sum(name) for name in ("grams", "saplings", "pieces", "amount_fen")}
    own = cells.filter(household=OuterRef("household")).values(
        told=JSONObject(own=True, households=1, **{name: F(name) for name in sums})
    )
    around = cells.values("town").annotate(
        told=JSONObject(own=False, households=Count("household", distinct=True), **sums)
    )
    return lots.annotate(
        sold_in_year=Case(
            When(household__consent_on__isnull=False, then=Subquery(own)),
            default=Subquery(around.values("told")),
            output_field=JSONField(),
        )
    )


def helped(lot: Lot) -> Helped | None:
    """What may be told of the year: None where so few have sold that it would point at one of them.

    A household that agreed to be shown and has sold nothing yet is told as such, with noughts.
    """
    told: dict[str, Any] | None = getattr(lot, "sold_in_year", None)
    if told is None:
        return Helped(True, 1, 0, 0, 0, 0) if lot.household.consent_on else None
    found = Helped(**told)
    return found if bool(found.own) or found.households >= FEWEST_HOUSEHOLDS else None


def sold_in_words(figures: Helped) -> str:
    """`1,240 斤农产品、30 株苗木`, `1,240 jin of produce and 30 saplings`: what there is of each kind."""
    # a sum of kitchens' grams is told in whole jin, unless that would be none
    jin = in_units(figures.grams - figures.grams % unit_size(Unit.JIN) or figures.grams, unit_size(Unit.JIN))
    parts = []
    if figures.grams:
        parts.append(_("%(jin)s jin of produce") % {"jin": jin})
    if figures.saplings:
        parts.append(
            ngettext("%(n)s sapling", "%(n)s saplings", figures.saplings) % {"n": f"{figures.saplings:,}"}
        )
    if figures.pieces:
        parts.append(
            ngettext("%(n)s piece of other goods", "%(n)s pieces of other goods", figures.pieces)
            % {"n": f"{figures.pieces:,}"}
        )
    if len(parts) < 2 or (get_language() or "").startswith("zh"):
        return "、".join(parts)
    return _("%(these)s and %(those)s") % {"these": ", ".join(parts[:-1]), "those": parts[-1]}
