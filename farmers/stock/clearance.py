"""Nothing spoils unseen: each lot's clock from harvest and shelf life, and what was saved and lost of those near their end.

A lot is in danger for the last quarter of its shelf life: a day at the least, a week at the most. The rule is ours,
so that a box of spinach (5 days) is offered cheaply for its last two and a store of cabbage (90) for its last seven.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMonth

from marketplace.access.models import User
from marketplace.days import SHANGHAI, today
from marketplace.money import yuan

from . import movements
from .models import Lot, LotQuerySet, LotTransition, Rescue, StockMovement, for_green_channel_on
from .movements import Change, hold_still
from .signals import say_in_danger, say_listed
from .withdraw import kept_by, kept_lot

MOST_DAYS = 7
# after its last day an officer may still say that it keeps; then what is left counts as lost
GRACE_DAYS = 2
# as many days as a later last day may be away from today
MOST_LATER = 60

_LOSING = (
    StockMovement.Kind.SPOIL,
    StockMovement.Kind.ADJUST,
    StockMovement.Kind.SHORTFALL,
    StockMovement.Kind.RETURN,
)


def danger_days(shelf_life_days: int) -> int:
    """How many days before its last one, that day included, a lot is in danger."""
    return min(max(-(-shelf_life_days // 4), 1), MOST_DAYS)


def near_the_end(day: dt.date) -> Q:
    """The condition on a lot that its last days have begun on `day`, or are over."""
    condition = Q()
    for days in range(1, MOST_DAYS + 1):
        shelf = Q(product__shelf_life_days__gt=4 * (days - 1))
        if days < MOST_DAYS:
            shelf &= Q(product__shelf_life_days__lte=4 * days)
        condition |= shelf & Q(good_until__lt=day + dt.timedelta(days=days))
    return condition


def in_danger(day: dt.date) -> Q:
    """The condition on a lot that it is on sale on `day`, has something left, and stands in its last days."""
    # the second bound says nothing new, but an index can look it up
    week = Q(good_until__gte=day, good_until__lt=day + dt.timedelta(days=MOST_DAYS))
    return for_green_channel_on(day) & Q(available__gt=0) & week & near_the_end(day)


class Clock(NamedTuple):
    """How far a lot is on its way from harvest to its last day. `share`: percent of the way, at most 100."""

    days_left: int
    share: int
    danger: bool

    @property
    def over(self) -> bool:
        return self.days_left < 0


def clock(
    shelf_life_days: int | None, good_until: dt.date | None, harvested_on: dt.date | None, day: dt.date
) -> Clock | None:
    """The lot's clock on `day`; None for what does not age, such as living plants."""
    if good_until is None or not shelf_life_days:
        return None
    began = harvested_on or good_until - dt.timedelta(days=shelf_life_days)
    whole = max((good_until - began).days + 1, 1)
    left = (good_until - day).days
    share = min(max(100 - 100 * (left + 1) // whole, 0), 100)
    return Clock(left, share, left < danger_days(shelf_life_days))


# --- the daily round ----------------------------------------------------------------------------


class Watched(NamedTuple):
    """Of one round: lots that came into danger, and those whose danger ended."""

    begun: list[int]
    ended: int


def watch(day: dt.date | None = None) -> Watched:
    """Note which lots came into danger and which are out of it; twice a day is once.

    What is left `GRACE_DAYS` after the last day leaves the stock as spoiled.
    """
    day = day or today()
    begun = begin(day)
    ended = sum(_end(pk, day) for pk in _over(day))
    return Watched(begun, ended)


@transaction.atomic
def begin(day: dt.date) -> list[int]:
    """Open a rescue for each lot on sale whose last days have begun; which lots these are."""
    fresh = (
        Lot.objects.filter(near_the_end(day), state=Lot.State.LISTED, available__gt=0, rescue=None)
        .order_by("pk")
        .values_list("pk", "available")
    )
    rows = [Rescue(lot_id=pk, since=day, at_risk=left) for pk, left in fresh]
    known = set(Rescue.objects.filter(lot__in=[row.lot_id for row in rows]).values_list("lot", flat=True))
    Rescue.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    begun = [row.lot_id for row in rows if row.lot_id not in known]
    say_in_danger(begun)
    return begun


def _over(day: dt.date) -> list[int]:
    """Lots of open rescues that nothing can change any more: all gone, off sale, or past the grace."""
    last = day - dt.timedelta(days=GRACE_DAYS)
    gone = Q(lot__available=0) | ~Q(lot__state=Lot.State.LISTED) | Q(lot__good_until__lt=last)
    open_ones = Rescue.objects.filter(gone, ended_on=None, lot__reserved=0)
    return list(open_ones.order_by("lot_id").values_list("lot_id", flat=True))


@transaction.atomic
def _end(lot_id: int, day: dt.date) -> int:
    hold_still([lot_id])
    rescue = Rescue.objects.select_related("lot").filter(lot=lot_id, ended_on=None).first()
    if rescue is None or rescue.lot.reserved:
        return 0
    lot = rescue.lot
    left = lot.available
    if left and lot.state == Lot.State.LISTED:
        if lot.good_until is None or (day - lot.good_until).days <= GRACE_DAYS:
            return 0
        movements.spoil([Change(lot.pk, left, "", f"spoil:{lot.pk}:{day}")], None)
        left = 0
    began = dt.datetime.combine(rescue.since, dt.time(), SHANGHAI)
    less = lot.movements.filter(kind__in=_LOSING, listed__lt=0, at__gte=began).aggregate(
        sum=Sum("listed", default=0)
    )["sum"]
    rescue.lost = min(-less, rescue.at_risk)
    # what was taken off sale with something left was neither sold nor seen to spoil
    rescue.saved = max(rescue.at_risk - rescue.lost - left, 0)
    rescue.ended_on = max(day, rescue.since)
    rescue.save()
    return 1


# --- what officers do ---------------------------------------------------------------------------


@transaction.atomic
def still_good(lot_id: int, until: dt.date, by: User, why: str) -> bool:
    """The officer has looked: it keeps until a later day. False when it says so already.

    Raises PermissionDenied for a lot that is not theirs to keep, ValueError for a day that is past, earlier than
    the present one or further than MOST_LATER days, or without a reason.
    """
    day = today()
    if not why.strip():
        raise ValueError("a later day needs a reason")
    if not day <= until <= day + dt.timedelta(days=MOST_LATER):
        raise ValueError("a last day lies between today and two months on")
    lot = kept_lot(lot_id, by)
    if lot.good_until is None or until < lot.good_until:
        raise ValueError("only a later day than the present one")
    if until == lot.good_until:
        return False
    was_over = lot.good_until < day
    Lot.objects.filter(pk=lot.pk).update(good_until=until)
    _note(lot, by, f"{lot.good_until} → {until}: {why.strip()}")
    if was_over and lot.state == Lot.State.LISTED and lot.available:
        say_listed([lot.pk])
    return True


@transaction.atomic
def mark_down(lot_id: int, price_fen: int, by: User, why: str) -> bool:
    """A lower price in fen per unit, so that it goes before it spoils. False when it costs that already.

    Raises PermissionDenied as above, ValueError for a price that is not lower and positive, or without a reason.
    """
    if not why.strip():
        raise ValueError("a lower price needs a reason")
    lot = kept_lot(lot_id, by)
    if price_fen == lot.price_fen:
        return False
    if not 0 < price_fen < lot.price_fen:
        raise ValueError("only a lower price")
    Lot.objects.filter(pk=lot.pk).update(price_fen=price_fen)
    _note(lot, by, f"¥{yuan(lot.price_fen)} → ¥{yuan(price_fen)}: {why.strip()}")
    return True


def _note(lot: Lot, by: User, why: str) -> None:
    LotTransition.objects.create(lot=lot, to_state=lot.state, by=by, why=why[:200])


# --- what is shown ------------------------------------------------------------------------------


def endangered(user: User, day: dt.date) -> LotQuerySet:
    """The lots in their last days, or past them and not written off, that this person answers for; the nearest first."""
    lots = kept_by(user).filter(near_the_end(day), state=Lot.State.LISTED, available__gt=0)
    return lots.order_by("good_until", "pk")


class MonthOf(NamedTuple):
    """Of one month: lots whose danger ended, and how much of them was saved and lost, in grams and in pieces."""

    month: dt.date
    lots: int
    saved_grams: int
    lost_grams: int
    saved_pieces: int
    lost_pieces: int


def by_month(user: User, since: dt.date) -> list[MonthOf]:
    """What came of lots in danger, by the month in which it ended, the newest first. One query."""
    weighed, counted = Q(lot__product__measure="g"), Q(lot__product__measure="count")
    rows = (
        Rescue.objects.filter(lot__in=Lot.objects.visible_to(user), ended_on__gte=since)
        .annotate(month=TruncMonth("ended_on"))
        .order_by()
        .values("month")
        .annotate(
            lots=Count("pk"),
            saved_grams=Sum("saved", filter=weighed, default=0),
            lost_grams=Sum("lost", filter=weighed, default=0),
            saved_pieces=Sum("saved", filter=counted, default=0),
            lost_pieces=Sum("lost", filter=counted, default=0),
        )
        .order_by(F("month").desc())
    )
    return [MonthOf(**row) for row in rows]
