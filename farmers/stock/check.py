"""What a household lists waits for its officer, who has to have seen the goods: let on sale, or sent back with a reason.

One check decides: the state is the condition of each step, so that of two officers at once the second finds it done.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from farmers.registry.models import Household
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.days import today

from .list_lot import good_until
from .models import Lot, LotCheck, LotQuerySet, LotTransition
from .movements import hold_still
from .signals import say_checked, say_listed


class AlreadyDecided(Exception):
    """The lot does not stand where this step begins: somebody was quicker. Nothing was changed."""


def to_check(user: User) -> LotQuerySet:
    """The lots that wait for this person to look at them, the longest waiting first."""
    if not may(user, Act.CHECK_STOCK):
        return Lot.objects.none()
    return Lot.objects.visible_to(user).filter(state=Lot.State.WAITING).order_by("listed_at", "pk")


@transaction.atomic
def approve_lot(
    lot_id: int, by: User, *, stock_seen: bool, photo_true: bool = False, grade_true: bool = False
) -> Lot:
    """Let it on sale. Raises PermissionDenied for another's village, ValueError when the stock was not seen.

    Its clock runs from the harvest, or from the day it was written down; what went past its days while it waited
    is let through and not shown to buyers, as every such lot.
    """
    if not stock_seen:
        raise ValueError("nobody lets goods on sale unseen")
    lot = _waiting(lot_id, by)
    lot.state = Lot.State.LISTED
    lot.listed_at = timezone.now()
    lot.good_until = good_until(lot.product, lot.harvested_on, today())
    lot.save(update_fields=["state", "listed_at", "good_until"])
    LotCheck.objects.create(
        lot=lot, by=by, approved=True, stock_seen=True, photo_true=photo_true, grade_true=grade_true
    )
    LotTransition.objects.create(lot=lot, to_state=lot.state, by=by)
    say_listed([lot.pk])
    say_checked([lot.pk])
    return lot


@transaction.atomic
def send_back(lot_id: int, by: User, why: str) -> Lot:
    """To the household again, with what is to be put right. Raises PermissionDenied, or ValueError without a reason."""
    why = why.strip()[:200]
    if not why:
        raise ValueError("what is sent back needs a reason")
    lot = _waiting(lot_id, by)
    lot.state = Lot.State.SENT_BACK
    lot.save(update_fields=["state"])
    LotCheck.objects.create(lot=lot, by=by, approved=False, why=why)
    LotTransition.objects.create(lot=lot, to_state=lot.state, by=by, why=why)
    say_checked([lot.pk])
    return lot


@transaction.atomic
def resubmit(lot_id: int, by: User, why: str = "") -> Lot:
    """Before the officer again, after the household put right what was asked. Raises PermissionDenied, AlreadyDecided."""
    hold_still([lot_id])
    mine = Household.objects.visible_to(by)
    lot = Lot.objects.filter(pk=lot_id, household__in=mine).select_related("product").first()
    if lot is None or not (may(by, Act.SELL) or may(by, Act.SERVE_VILLAGE)):
        raise PermissionDenied
    if lot.state != Lot.State.SENT_BACK:
        raise AlreadyDecided
    lot.state = Lot.State.WAITING
    lot.save(update_fields=["state"])
    LotTransition.objects.create(lot=lot, to_state=lot.state, by=by, why=why.strip()[:200])
    return lot


def _waiting(lot_id: int, by: User) -> Lot:
    """The lot, locked. Nobody checks what is their own household's."""
    hold_still([lot_id])
    if not may(by, Act.CHECK_STOCK):
        raise PermissionDenied
    lot = (
        Lot.objects.visible_to(by)
        .filter(pk=lot_id)
        .exclude(household__user=by)
        .select_related("product")
        .first()
    )
    if lot is None:
        raise PermissionDenied
    if lot.state != Lot.State.WAITING:
        raise AlreadyDecided
    return lot
