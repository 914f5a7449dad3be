"""Take lots off sale, list them again, put a miscounted stock right: by those who keep stock, each with a reason.
A household takes its own off sale.

A lot off sale keeps its counters and its movements: what was ordered of it is still handed over.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.days import today

from . import movements
from .models import MAX_QUANTITY, Lot, LotCheck, LotQuerySet, LotTransition, StockMovement
from .movements import Change, hold_still
from .signals import say_listed


def kept_by(user: User) -> LotQuerySet:
    """The lots whose stock this person answers for."""
    return Lot.objects.visible_to(user) if may(user, Act.KEEP_STOCK) else Lot.objects.none()


def kept_lot(lot_id: int, by: User) -> Lot:
    """One of them, locked. Raises PermissionDenied for a lot that is not theirs to keep."""
    hold_still([lot_id])
    lot = kept_by(by).filter(pk=lot_id).first()
    if lot is None:
        raise PermissionDenied
    return lot


def withdraw(lot_ids: Collection[int], by: User, why: str) -> list[int]:
    """Off sale, or no longer to be checked, all that are; which ones these were. A household's own too, by itself."""
    theirs = kept_by(by)
    if may(by, Act.SELL):
        theirs |= Lot.objects.filter(household__user=by)
    return _turn(lot_ids, Lot.State.WITHDRAWN, by, why, theirs.exclude(state=Lot.State.WITHDRAWN))


def list_again(lot_ids: Collection[int], by: User, why: str) -> list[int]:
    """On sale again, all that were withdrawn and are still good; which ones these were.

    What no officer has ever seen is not among them: it goes the way of a check (`check.resubmit`); nor is what was a
    household's that is erased.
    """
    good = (Q(good_until=None) | Q(good_until__gte=today())) & Q(household__erased_on=None)
    waited = LotTransition.objects.filter(lot=OuterRef("pk"), to_state=Lot.State.WAITING)
    seen = ~Exists(waited) | Exists(LotCheck.objects.filter(lot=OuterRef("pk"), approved=True))
    return _turn(
        lot_ids, Lot.State.LISTED, by, why, kept_by(by).filter(good, seen, state=Lot.State.WITHDRAWN)
    )


@transaction.atomic
def _turn(lot_ids: Collection[int], state: Lot.State, by: User, why: str, which: LotQuerySet) -> list[int]:
    if not why.strip():
        raise ValueError("a change of state needs a reason")
    hold_still(lot_ids)
    lots = list(which.filter(pk__in=lot_ids).order_by("pk"))
    turned = [lot.pk for lot in lots]
    Lot.objects.filter(pk__in=turned).update(state=state)
    LotTransition.objects.bulk_create(
        LotTransition(lot_id=pk, to_state=state, by=by, why=why.strip()[:200]) for pk in turned
    )
    if state == Lot.State.LISTED:
        say_listed(lot.pk for lot in lots if lot.available > 0)
    return turned


@transaction.atomic
def correct(lot_id: int, left: int, by: User, why: str, key: str | None = None) -> int:
    """Make what is free for sale `left` grams or pieces, as somebody counted; how much more, or less, that is.

    `key` makes it happen once. Raises PermissionDenied for a lot that is not theirs to keep.
    """
    if not why.strip():
        raise ValueError("a correction needs a reason")
    if not 0 <= left <= MAX_QUANTITY:
        raise ValueError("no quantity that a lot can hold")
    lot = kept_lot(lot_id, by)
    key = f"correct:{key or uuid.uuid4()}"
    more = left - lot.available
    if lot.listed + more > MAX_QUANTITY:
        raise ValueError("no quantity that a lot can hold")
    if not more or StockMovement.objects.filter(key=key).exists():
        return 0
    change = [Change(lot.pk, abs(more), why.strip()[:80], key)]
    if more > 0:
        movements.add(change, by, StockMovement.Kind.ADJUST)
    else:
        movements.remove(change, by)
    return more
