"""What is fetched from whom, for which order and where it goes: an officer's picking list 分拣单, and a household's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.conf import settings
from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from farmers.ledger.kinds import Channel
from farmers.registry.models import Household
from marketplace.access.models import User
from marketplace.personal import EncryptedTextField
from marketplace.templatetags.market import amount, name_, product_name
from shop.catalogue.delivery import BROUGHT_AFTER, FETCHED_AFTER

from .models import Consignment, Order, OrderLine, State

# the village has something to do for these
LIVE = frozenset({State.CONFIRMED, State.DISPATCHED, State.DELIVERED})
# of an order, what is encrypted: opened on its own page, and a unit's address on its papers
PERSONAL = ("recipient", "phone", "address", "note")


class Pick(NamedTuple):
    """One household's part of a consignment."""

    line: OrderLine
    household: str
    quantity: str


class Parcel(NamedTuple):
    """A consignment as its officer gathers it."""

    consignment: Consignment
    picks: list[Pick]
    place: str
    address: str
    gathered_on: dt.date | None
    totals: list[str]


def gathered_on(order: Order) -> dt.date | None:
    """The morning on which the village gathers the goods: the rule of `catalogue.delivery`, told backwards."""
    # what a nursery firm buys is lifted and fetched on one day, so that roots do not lie bare overnight
    if order.wanted_on is None or order.channel == Channel.GREEN:
        return order.wanted_on
    return order.wanted_on - (FETCHED_AFTER if order.pickup_point_id else BROUGHT_AFTER)


def place_of(order: Order) -> str:
    """Where the goods go, in words that anybody may read: of a person who buys, nothing is said."""
    places = [name_(place) for place in (order.organisation, order.pickup_point) if place]
    return " · ".join(places) or _("a private buyer")


def handled_by(user: User) -> QuerySet[Consignment]:
    """The consignments that this officer gathers or has on the way, with all that their list says."""
    return (
        Consignment.objects.visible_to(user)
        .filter(order__state__in=LIVE)
        .exclude(state=Consignment.State.CANCELLED)
        .select_related("order__organisation", "order__pickup_point")
        .defer(*(f"order__{field}" for field in PERSONAL), "order__organisation__phone")
        .annotate(
            # a unit's is no secret of a person's
            unit_address=Case(
                When(order__organisation__isnull=False, then=F("order__address")),
                default=Value(""),
                output_field=EncryptedTextField(),
            )
        )
        # what was called off is gathered by nobody
        .prefetch_related(
            Prefetch("lines", OrderLine.objects.exclude(accepted_quantity=0).select_related("weighing"))
        )
        .order_by("town_name", "village_name", "village", F("order__wanted_on").asc(nulls_last=True), "id")
    )


class Day(NamedTuple):
    """A day on which something is wanted, None: as soon as can be; and of how many consignments."""

    day: dt.date | None
    parcels: int


def days(user: User) -> list[Day]:
    """The days with something still to gather, the earliest first."""
    found = (
        Consignment.objects.visible_to(user)
        .filter(order__state__in=LIVE, state=Consignment.State.PREPARING)
        .order_by(F("order__wanted_on").asc(nulls_last=True))
        .values_list("order__wanted_on")
        .annotate(Count("pk"))
    )
    return [Day(day, count) for day, count in found]


def on_day(consignments: QuerySet[Consignment], day: dt.date | None) -> QuerySet[Consignment]:
    return consignments.filter(Q(order__wanted_on=day) if day else Q(order__wanted_on=None))


def parcels(user: User, consignments: Iterable[Consignment]) -> list[Parcel]:
    """As lists say them. A household is named by its own officer's list alone, elsewhere by its masked name."""
    found = list(consignments)
    wanted = {line.household_id for one in found for line in one.lines.all()}
    names = dict(
        Household.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", "head_name")
        if wanted
        else ()
    )
    return [_parcel(one, names) for one in found]


def _parcel(consignment: Consignment, names: Mapping[int, str]) -> Parcel:
    order = consignment.order
    lines = list(consignment.lines.all())
    picks = [Pick(line, names.get(line.household_id) or masked(line), said(line)) for line in lines]
    address = (
        order.pickup_point.address if order.pickup_point else getattr(consignment, "unit_address", "") or ""
    )
    return Parcel(
        consignment,
        sorted(picks, key=lambda pick: (pick.household, pick.line.pk)),
        place_of(order),
        address,
        gathered_on(order),
        totals(lines),
    )


def masked(line: OrderLine) -> str:
    return line.household_name or _("a household")


def said(line: OrderLine) -> str:
    return amount(line.quantity, line.unit_size, line.unit)


def totals(lines: Sequence[OrderLine]) -> list[str]:
    """What the lines come to, by product and unit: "土豆 30 斤"."""
    sums: dict[tuple[str, int, str], int] = {}
    for line in lines:
        key = (product_name(line), line.unit_size, line.unit)
        sums[key] = sums.get(key, 0) + line.quantity
    return [f"{product} {amount(sum_, size, unit)}" for (product, size, unit), sum_ in sorted(sums.items())]


def scanned_address(consignment: Consignment) -> str:
    """What the QR code on a consignment's papers says: a number, and nothing of anybody."""
    return settings.SITE_URL + reverse("orders:consignment", args=[consignment.pk])
