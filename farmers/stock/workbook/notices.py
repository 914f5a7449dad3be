"""What is right and will be loaded, but that a person should look at once more."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from farmers.stock.models import Lot
from marketplace.personal import digest

from .load import loaded_before
from .report import Accepted, Report


def listed_already(report: Report) -> list[str]:
    """What `second_lots` finds, in words."""
    several = len(report.sheets) > 1
    return [
        _("%(sheet)srow %(row)d: %(household)s already has %(product)s listed; this is a second lot.")
        % {
            "sheet": f"{row.sheet} " if several else "",
            "row": row.row,
            "household": row.name,
            "product": row.product.name,
        }
        for row in second_lots(report, loaded_before(report.accepted))
    ]


def second_lots(report: Report, before: set[str]) -> list[Accepted]:
    """Rows not loaded `before` whose household has the same product listed: often a row that was changed.

    Ask before the load, whose lots would be found themselves. One query, however many rows.
    """
    new = [row for row in report.accepted if row.key not in before]
    there = _listed(new)
    return [
        row
        for row in new
        if any(
            # without a phone on either side, the name in its village has to do
            not row.phone or phone in ("", digest(row.phone))
            for phone in there.get((row.town.pk, row.village, row.name, row.product.pk), ())
        )
    ]


def _listed(rows: Sequence[Accepted]) -> dict[tuple[int, str, str, int], list[str]]:
    """By town, village, name and product: the phone fingerprints of households with some of it left."""
    found: dict[tuple[int, str, str, int], list[str]] = {}
    lots = Lot.objects.filter(
        state=Lot.State.LISTED,
        village__name__in={row.village for row in rows},
        town__in={row.town.pk for row in rows},
        product__in={row.product.pk for row in rows},
    ).in_stock()
    facts = lots.values_list(
        "town", "village__name", "household__head_name", "product", "household__phone_digest"
    )
    for town, village, name, product, phone in facts.order_by().distinct():
        found.setdefault((town, village, name, product), []).append(phone)
    return found
