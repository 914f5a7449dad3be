"""The papers that go with goods, as PDF: picking lists for officers, a delivery note for whoever weighs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from marketplace.pdf import pdf
from marketplace.qr import qr_svg
from marketplace.templatetags.market import grade_, month_day, product_name

from .models import Order, OrderLine
from .picking import Parcel, masked, place_of, said, scanned_address
from .said import said as scale_said
from .templatetags.orders import town_name, village_name


def picking_pdf(parcels: Sequence[Parcel], title: str, day: str, printed_at: dt.datetime) -> bytes:
    """By village: what is fetched from whom, then each consignment with its code to scan."""
    return pdf(
        "shop/orders/typst/picking.typ",
        {
            "title": title,
            "day": day,
            "head": [
                _("Household"),
                _("Goods"),
                _("Quantity"),
                _("Where it goes"),
                _("Order number"),
                _("Quantity sent off"),
            ],
            "consignments": _("Consignments"),
            "villages": [
                {
                    "name": f"{town} · {village}",
                    "rows": _rows(group),
                    "parcels": [_slip(one) for one in group],
                }
                for (town, village), group in by_village(parcels)
            ],
            "foot": _("For the officer alone: it names households."),
        },
        at=printed_at,
    )


def by_village(parcels: Sequence[Parcel]) -> list[tuple[tuple[str, str], list[Parcel]]]:
    """By town and village, in the reader's language; they come in that order already."""

    def key(one: Parcel) -> tuple[str, str]:
        return town_name(one.consignment), village_name(one.consignment)

    return [(place, list(group)) for place, group in groupby(parcels, key)]


def _rows(parcels: Sequence[Parcel]) -> list[list[str]]:
    rows = [
        (pick.household, goods(pick.line), pick.quantity, one.place, one.consignment.order.number)
        for one in parcels
        for pick in one.picks
    ]
    return [list(row) for row in sorted(rows)]


def goods(line: OrderLine) -> str:
    return f"{product_name(line)} {grade_(line.grade)}".strip()


def _slip(one: Parcel) -> dict[str, Any]:
    facts = [one.consignment.order.number]
    if one.gathered_on:
        facts.append(_("Gathered on the morning of %(day)s.") % {"day": month_day(one.gathered_on)})
    return {
        "place": one.place,
        "address": one.address,
        "facts": facts,
        "totals": one.totals,
        "qr": qr_svg(scanned_address(one.consignment)),
    }


def delivery_pdf(order: Order, lines: Sequence[OrderLine], printed_at: dt.datetime) -> bytes:
    """For the receiver: what comes from which village, with room for what the scale says. Households masked."""
    by_consignment: dict[int, list[OrderLine]] = {}
    for line in lines:
        by_consignment.setdefault(line.consignment_id, []).append(line)
    return pdf(
        "shop/orders/typst/delivery.typ",
        {
            "title": _("Delivery note %(number)s") % {"number": order.number},
            "place": place_of(order),
            "address": order.address,
            "day": _("Wanted on %(day)s") % {"day": month_day(order.wanted_on)} if order.wanted_on else "",
            "head": [
                _("Household"),
                _("Goods"),
                _("Ordered"),
                _("Quantity sent off"),
                _("On the scale"),
                _("Refused, and why"),
            ],
            "parts": [_part(own) for own in by_consignment.values()],
            "signed": _("Who stood at the scale"),
        },
        at=printed_at,
    )


def _part(lines: Sequence[OrderLine]) -> dict[str, Any]:
    consignment = lines[0].consignment
    return {
        "name": f"{town_name(consignment)} · {village_name(consignment)}",
        "qr": qr_svg(scanned_address(consignment)),
        "rows": [_delivered(line) for line in lines],
    }


def _delivered(line: OrderLine) -> list[str]:
    told = scale_said(line)
    return [
        masked(line),
        goods(line),
        said(line),
        told.handed_over if told else "",
        told.weighed if told else "",
        told.refused if told else "",
    ]
