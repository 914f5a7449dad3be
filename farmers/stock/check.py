"""What a household lists waits for its officer, who has to have seen the goods: let on sale, or sent back with a reason.

One check decides: the state is the condition of each step, so that of two officers at once the second finds it done.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from farmers.registry.models import Household
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.days import shanghai_day, today
from marketplace.money import yuan
from marketplace.quantity import in_units

from . import movements
from .list_lot import NewLot, good_until, list_lots
from .measures import measure_again
from .models import MAX_PRICE_FEN, MAX_QUANTITY, Consent, Lot, LotCheck, LotQuerySet, LotTransition
from .movements import Change, hold_still
from .signals import say_checked, say_listed, say_waits_again

Kind = movements.Kind
# not on sale, and nothing of it promised: what is written there may still be put right
OPEN = (Lot.State.WAITING, Lot.State.SENT_BACK)


class AlreadyDecided(Exception):
    """The lot does not stand where this step begins: somebody was quicker. Nothing was changed."""


def to_check(user: User) -> LotQuerySet:
    """The lots that wait for this person to look at them, the longest waiting first."""
    return _checkable(user).filter(state=Lot.State.WAITING).order_by("listed_at", "pk")


class Right(NamedTuple):
    """What was written wrongly, as it should be; None stays as it is. `quantity` in grams or pieces."""

    quantity: int | None = None
    price_fen: int | None = None
    grade: str | None = None
    harvested_on: dt.date | None = None


@transaction.atomic
def approve_lot(
    lot_id: int, by: User, *, stock_seen: bool, photo_true: bool = False, grade_true: bool = False
) -> Lot:
    """Let it on sale. Raises PermissionDenied for another's village, ValueError when the stock was not seen.

    Its clock runs from the harvest, or from the day it was written down, and not from this one; what went past its
    days while it waited is let through and not shown to buyers, as every such lot. The days that nursery firms
    have it alone begin now.
    """
    if not stock_seen:
        raise ValueError("nobody lets goods on sale unseen")
    lot = _waiting(lot_id, by)
    lot.state = Lot.State.LISTED
    if lot.public_on is not None:
        lot.public_on += today() - shanghai_day(lot.listed_at)
    lot.listed_at = timezone.now()
    lot.save(update_fields=["state", "listed_at", "public_on"])
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
def put_right(lot_id: int, by: User, right: Right, consent: str) -> Lot:
    """The officer writes what the household said and the scale showed. Raises PermissionDenied, AlreadyDecided.

    It is the household's own word that is changed, so `consent` says how it agreed; ValueError without.
    """
    if consent not in Consent.values:
        raise ValueError("a household's word is changed with its consent alone")
    hold_still([lot_id])
    lot = _lot(_checkable(by).filter(pk=lot_id))
    if lot.state not in OPEN:
        raise AlreadyDecided
    words = _change(lot, by, right)
    if words:
        lot.consent = consent
        lot.save(update_fields=["consent"])
        LotTransition.objects.create(lot=lot, to_state=lot.state, by=by, why="; ".join(words)[:200])
    return lot


@transaction.atomic
def resubmit(lot_id: int, by: User, why: str = "", right: Right | None = None) -> Lot:
    """Before the officer again, what was sent back or taken off sale. Raises PermissionDenied, AlreadyDecided.

    By the household, which may put right what it wrote; or by its officer, who changes it by `put_right` alone.
    """
    hold_still([lot_id])
    if not (may(by, Act.SELL) or may(by, Act.SERVE_VILLAGE)):
        raise PermissionDenied
    lot = _lot(Lot.objects.filter(pk=lot_id, household__in=Household.objects.visible_to(by)))
    if lot.state not in (Lot.State.SENT_BACK, Lot.State.WITHDRAWN):
        raise AlreadyDecided
    words = []
    if right is not None:
        if lot.household.user_id != by.pk:
            raise PermissionDenied
        words = _change(lot, by, right)
    lot.state = Lot.State.WAITING
    lot.save(update_fields=["state"])
    why = "; ".join([why.strip(), *words] if why.strip() else words)
    LotTransition.objects.create(lot=lot, to_state=lot.state, by=by, why=why[:200])
    if may(by, Act.SELL):
        say_waits_again([lot.pk])
    return lot


def list_for(row: NewLot, by: User, *, photo_true: bool = False) -> Lot:
    """List what an officer has seen at a household that agreed, at once on sale; its `import_key` makes it happen once.

    Raises PermissionDenied for a household of another village or the officer's own, ValueError without consent.
    """
    if row.consent not in Consent.values or not row.import_key:
        raise ValueError("listing for somebody needs their consent, and a key")
    theirs = Household.objects.visible_to(by).exclude(user=by).filter(pk=row.household.pk)
    if not may(by, Act.CHECK_STOCK) or not theirs.exists():
        raise PermissionDenied
    known = Lot.objects.filter(import_key=row.import_key, household=row.household)
    if (lot := known.first()) is not None:
        return lot
    try:
        with transaction.atomic():
            lot = list_lots([row._replace(state=Lot.State.LISTED)], by)[0]
            LotCheck.objects.create(
                lot=lot, by=by, approved=True, stock_seen=True, photo_true=photo_true, grade_true=True
            )
    except IntegrityError:  # the same form, sent twice at this very moment
        if (lot := known.first()) is None:
            raise PermissionDenied from None
    return lot


def _change(lot: Lot, by: User, right: Right) -> list[str]:
    """Write it into a locked lot that is not on sale; what changed, in words that stand in its history."""
    words = []
    if right.quantity is not None and right.quantity != lot.available:
        if not 0 < right.quantity <= MAX_QUANTITY:
            raise ValueError("quantity must be positive, and within sense")
        more = right.quantity - lot.available
        change = [Change(lot.pk, abs(more), "", f"right:{uuid.uuid4()}")]
        if more > 0:
            movements.add(change, by, Kind.ADJUST)
        else:
            movements.remove(change, by)
        before, after = (in_units(each, lot.unit_size) for each in (lot.available, right.quantity))
        words.append(f"{before} → {after} {lot.get_unit_display()}")
    if right.price_fen is not None and right.price_fen != lot.price_fen:
        if not 0 < right.price_fen <= MAX_PRICE_FEN:
            raise ValueError("price must be positive, and within sense")
        words.append(f"¥{yuan(lot.price_fen)} → ¥{yuan(right.price_fen)}")
        lot.price_fen = right.price_fen
    if right.grade is not None and right.grade.strip() != lot.grade:
        words.append(f"{lot.grade or '-'} → {right.grade.strip() or '-'}")
        lot.grade = right.grade.strip()
        measure_again(lot, by)
    if right.harvested_on is not None and right.harvested_on != lot.harvested_on:
        words.append(f"{lot.harvested_on or '-'} → {right.harvested_on}")
        lot.harvested_on = right.harvested_on
        lot.good_until = good_until(lot.product, lot.harvested_on, today())
    lot.save(update_fields=["price_fen", "grade", "harvested_on", "good_until"])
    lot.refresh_from_db(fields=["listed", "available"])
    return words


def _checkable(by: User) -> LotQuerySet:
    """Nobody checks what is their own household's, or what they listed themselves."""
    if not may(by, Act.CHECK_STOCK):
        return Lot.objects.none()
    return Lot.objects.visible_to(by).exclude(Q(household__user=by) | Q(listed_by=by))


def _lot(lots: LotQuerySet) -> Lot:
    # of who was erased nothing comes on sale any more
    lot = lots.filter(household__erased_on=None).select_related("product", "household").first()
    if lot is None:
        raise PermissionDenied
    return lot


def _waiting(lot_id: int, by: User) -> Lot:
    """The lot, locked."""
    hold_still([lot_id])
    lot = _lot(_checkable(by).filter(pk=lot_id))
    if lot.state != Lot.State.WAITING:
        raise AlreadyDecided
    return lot
