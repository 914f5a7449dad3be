"""The lifting day of an order, moved by both sides together: one wishes for another day, the other agrees or not."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from farmers.ledger.kinds import Channel
from farmers.registry.models import Household
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.days import today
from shop.orders.models import Order
from shop.orders.models import State as OrderState
from shop.orders.transitions import locked

from .first import MOST_DAYS
from .models import DayChange, Side, firms_of
from .steps import Refused
from .talk import Said, for_good
from .told import day_moved

State = DayChange.State


def household_of(order: Order) -> Household | None:
    """The one household whose saplings a green-channel order is for; None where there are several, or none."""
    if order.channel != Channel.GREEN:
        return None
    lines = list(order.lines.select_related("household").order_by("pk")[:2])
    return lines[0].household if len(lines) == 1 and lines[0].is_sapling else None


def side_of(user: User, order: Order) -> Side | None:
    """For whom this person speaks about the order's lifting day; None: for nobody. The one place that says so."""
    household = household_of(order)
    if household is None:
        return None
    if order.organisation_id in firms_of(user):
        return Side.FIRM
    return Side.HOUSEHOLD if speaks_for(user).filter(pk=household.pk).exists() else None


def speaks_for(user: User) -> QuerySet[Household]:
    """The households that this person speaks for: the own one, or those of the own villages."""
    if may(user, Act.SERVE_VILLAGE) or may(user, Act.SELL):
        return Household.objects.visible_to(user)
    return Household.objects.none()


def _turn(order_id: int, by: User, said: Said) -> tuple[Order, Side, Household, str]:
    """The locked order, whose turn it is, the household, and how it agreed."""
    order = locked(order_id)
    side = side_of(by, order)
    household = household_of(order)
    if side is None or household is None:
        raise PermissionDenied
    if side == Side.HOUSEHOLD and household.user_id != by.pk:
        if not said.consent:
            raise ValueError("whoever speaks for a household says how it agreed")
        return order, side, household, said.consent
    return order, side, household, ""


def _must_be_here(order: Order) -> None:
    if order.state != OrderState.CONFIRMED:
        raise Refused(_("The plants have left, or the order is over: its day can no longer be moved."))


@transaction.atomic
def wish(order_id: int, day: dt.date, by: User, said: Said) -> DayChange:
    """One side would like another lifting day; its own wish before, if it still waits, is taken back.

    Raises Refused while the other side's wish waits, for the day that it is already, or when the plants have left;
    PermissionDenied; ValueError for a day out of bounds. The same form twice is one wish.
    """
    order, side, household, consent = _turn(order_id, by, said)
    if known := order.day_changes.filter(key=said.key).first():
        return known
    if not today() <= day <= today() + dt.timedelta(days=MOST_DAYS):
        raise ValueError("a lifting day lies within three months")
    _must_be_here(order)
    if day == order.wanted_on:
        raise Refused(_("That is the lifting day already."))
    waiting = order.day_changes.filter(state=State.WAITING).first()
    if waiting and waiting.side != side:
        raise Refused(_("The other side has wished for a day. Answer that first."))
    if waiting:
        _close(waiting, State.TAKEN_BACK, by)
    made = DayChange.objects.create(
        order=order,
        day_before=order.wanted_on,
        day=day,
        side=side,
        by=by,
        why=for_good(said.why, household),
        consent=consent,
        key=said.key,
    )
    day_moved.enqueue(made.pk)
    return made


@transaction.atomic
def answer(change_id: int, agree: bool, by: User, said: Said) -> DayChange:
    """The other side agrees, and the order's lifting day is the new one; or it does not, and all stays as it was.

    The same answer twice is one. Raises Refused, PermissionDenied.
    """
    change = DayChange.objects.get(pk=change_id)
    order, side, _household, consent = _turn(change.order_id, by, said)
    change.refresh_from_db()
    to = State.AGREED if agree else State.REFUSED
    if change.side == side:
        raise Refused(_("This wish is your own: the other side answers it."))
    if change.state == to:
        return change
    if change.state != State.WAITING:
        raise Refused(_("This wish is answered already, or was taken back."))
    if agree:
        _must_be_here(order)
        if change.day < today():
            raise Refused(_("That day is past. Wish for another one."))
        order.wanted_on = change.day
        order.save(update_fields=["wanted_on"])
    change.consent = change.consent or consent
    _close(change, to, by)
    day_moved.enqueue(change.pk)
    return change


@transaction.atomic
def take_back(change_id: int, by: User, said: Said) -> DayChange:
    """Whoever wished takes it back. Twice is once. Raises Refused when it was answered, PermissionDenied."""
    change = DayChange.objects.get(pk=change_id)
    _order, side, _household, _consent = _turn(change.order_id, by, said)
    change.refresh_from_db()
    if change.side != side:
        raise PermissionDenied
    if change.state not in (State.WAITING, State.TAKEN_BACK):
        raise Refused(_("This wish is answered already, or was taken back."))
    if change.state == State.WAITING:
        _close(change, State.TAKEN_BACK, by)
    return change


def _close(change: DayChange, to: State, by: User) -> None:
    change.state, change.answered_by, change.answered_at = to, by, timezone.now()
    change.save()
