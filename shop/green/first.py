"""Saplings that nursery firms see before everybody, and may order with the day on which they are lifted."""

from __future__ import annotations

import datetime as dt
import uuid

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from farmers.registry.models import encrypted
from farmers.stock.models import Lot, for_green_channel_on
from marketplace.access.models import Role, User
from marketplace.days import today
from shop.buyers.models import BuyerOrganisation, organisations_of
from shop.orders.models import Order, PayBy
from shop.orders.place import Delivery, NotAsShown, Wanted, place_agreed

# a firm plans its lorries, but no household keeps plants for it for longer
MOST_DAYS = 90


def firm_of(user: User) -> BuyerOrganisation | None:
    """The nursery firm that this person buys for; None for everybody else."""
    if not user.is_active or user.role != Role.NURSERY:
        return None
    firms = (unit for unit in organisations_of(user) if unit.kind == BuyerOrganisation.Kind.NURSERY)
    return next(firms, None)


def for_firms(day: dt.date) -> QuerySet[Lot]:
    """The saplings that a nursery firm may have on `day`, those that open to everybody soonest first."""
    lots = Lot.objects.filter(for_green_channel_on(day), available__gt=0, category__is_sapling=True)
    return (
        lots.select_related("product", "household", "village", "town", "measures")
        .defer(*encrypted("household__"))
        .order_by(F("public_on").asc(nulls_last=True), "-listed_at", "pk")
    )


def first_look(user: User, day: dt.date) -> QuerySet[Lot]:
    """Of these the lots that on `day` are for nursery firms alone."""
    if firm_of(user) is None:
        return Lot.objects.none()
    return for_firms(day).filter(public_on__gt=day)


def order_first(lot: Lot, quantity: int, lifted_on: dt.date, phone: str, key: uuid.UUID, by: User) -> Order:
    """Order at the price shown, on the firm's account, lifted on a day; the same `key` is the same order.

    Raises PermissionDenied for whoever buys for no nursery firm, NotAsShown for what is no longer as it was, and
    ValueError for a day that is past or further than MOST_DAYS. Quantity in pieces.
    """
    firm = firm_of(by)
    if firm is None:
        raise PermissionDenied
    if not today() <= lifted_on <= today() + dt.timedelta(days=MOST_DAYS):
        raise ValueError("a lifting day lies within three months")
    twin = Order.objects.filter(buyer=by, key=key)
    if known := twin.first():
        return known
    how = PayBy.ON_ACCOUNT if firm.on_account else PayBy.ON_DELIVERY
    delivery = Delivery(firm.contact or firm.name, phone, firm.address, wanted_on=lifted_on)
    try:
        with transaction.atomic():
            return place_agreed(by, key, Wanted(lot.pk, quantity, lot.price_fen), how, delivery, firm)
    except (
        IntegrityError,
        NotAsShown,
    ):  # its twin of this very moment, which may have taken the last of them
        if known := twin.first():
            return known
        raise
