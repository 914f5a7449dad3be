"""A sample of plants measured when they come, beside what was promised of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from farmers.stock.measures import Measures, centimetres, metres, read_measures
from farmers.stock.models import Product
from farmers.stock.saplings import MOST_MM, Size, TrunkAt
from marketplace.access.models import User
from shop.orders.models import OrderLine
from shop.orders.transitions import Going, locked

from .models import Sample
from .steps import Refused

NAMES = ("trunk", "height", "crown")


class Measured(NamedTuple):
    """Of one measure the smallest and the mean of the sample, in millimetres."""

    least: int
    mean: int


class Compared(NamedTuple):
    """One measure in words: what was promised, what was found, and whether the smallest falls short of it."""

    label: str
    promised: str
    least: str
    mean: str
    short: bool


def promised(line: OrderLine) -> Measures:
    """What the line was sold as: its own copy of the measures in words, which later edits do not reach."""
    product = Product.objects.filter(slug=line.product_slug).only("plant").first()
    return read_measures(line.grade, product.plant if product else "")


def measure(
    line_id: int,
    plants: int,
    found: Mapping[str, Measured],
    by: User,
    *,
    trunk_at: str = "",
    note: str = "",
) -> Sample:
    """Write down a sample of a line's plants, once. The same sent twice is one.

    Raises Refused before the plants have left their village, or when another sample is written down already;
    ValueError for more plants than were ordered, nothing measured, or a mean below the smallest.
    """
    line = OrderLine.objects.select_related("consignment").get(pk=line_id)
    if not 0 < plants <= line.quantity:
        raise ValueError("a sample is a part of what was ordered")
    if not found or any(not 0 < size.least <= size.mean <= MOST_MM[name] for name, size in found.items()):
        raise ValueError("a sample has a smallest and a mean")
    facts: dict[str, object] = {
        "plants": plants,
        "trunk_at": (trunk_at or TrunkAt.BREAST.value) if "trunk" in found else "",
        "note": note,
        **{f"{name}_least": size.least for name, size in found.items()},
        **{f"{name}_mean": size.mean for name, size in found.items()},
    }
    with transaction.atomic():
        locked(line.order_id)
        line.consignment.refresh_from_db(fields=["state"])
        if known := Sample.objects.filter(line=line).first():
            if all(getattr(known, name) == value for name, value in facts.items()):
                return known
            raise Refused(_("A sample of these plants is written down already."))
        if line.consignment.state not in (Going.DISPATCHED, Going.DELIVERED):
            raise Refused(_("These goods have not left the village yet."))
        try:
            return Sample.objects.create(line=line, by=by, **facts)
        except IntegrityError as error:
            raise ValueError("a sample that cannot be") from error


def compared(sample: Sample, known: Measures) -> list[Compared]:
    """Each measure of the sample beside the promise. A trunk promised at another height is not compared."""
    labels = {"trunk": _("trunk, across"), "height": _("height"), "crown": _("crown, across")}
    rows = []
    for name in NAMES:
        least, mean = getattr(sample, f"{name}_least"), getattr(sample, f"{name}_mean")
        if least is None:
            continue
        size: Size | None = getattr(known, name)
        label = labels[name]
        if name == "trunk":
            label = f"{label} ({TrunkAt(sample.trunk_at).label})"
            size = size if known.trunk_at == sample.trunk_at else None
        rows.append(
            Compared(
                label,
                in_words(size) if size else "",
                in_words(Size(least, least)),
                in_words(Size(mean, mean)),
                size is not None and least < size.smallest,
            )
        )
    return rows


def in_words(size: Size) -> str:
    return f"{metres(size)} m" if size.largest >= 1000 else f"{centimetres(size)} cm"
