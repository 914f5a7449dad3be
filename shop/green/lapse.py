"""What ends by itself: reservations whose days are over, and talks in which nobody has said a word for long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from marketplace.alone import each_alone
from marketplace.days import shanghai_day

from .models import Side, Talk
from .steps import Kind, advance, locked
from .talk import release_held


def release_holds(now: dt.datetime, lot_ids: Sequence[int] | None = None) -> int:
    """Let go of what firms held until before `now` (of these lots alone, if given); how many talks it was.

    Safe to run at any moment and by several at once: each talk is looked at again under its lock.
    """
    over = Talk.objects.filter(held__gt=0, held_until__lt=now)
    if lot_ids is not None:
        over = over.filter(lot__in=lot_ids)
    ids = list(over.order_by("pk").values_list("pk", flat=True))
    return each_alone("letting go of saplings of talk", ids, partial(_unhold, now=now))


def _unhold(talk_id: int, now: dt.datetime) -> bool:
    talk = locked(talk_id)
    if not talk.held or talk.held_until is None or talk.held_until >= now:
        return False
    moved_at = talk.moved_at
    quantity = release_held(talk, None)
    advance(talk, Kind.UNHELD, Side.NOBODY, None, quantity=quantity)
    # the clock's word is nobody's: a silent talk stays silent
    Talk.objects.filter(pk=talk.pk).update(moved_at=moved_at)
    return True


def lapse_silent(now: dt.datetime) -> int:
    """End the talks in which for GREEN_TALK_DAYS nobody has said a word, nor a day to look is still to come."""
    since = now - dt.timedelta(days=settings.GREEN_TALK_DAYS)
    silent = Talk.objects.open().filter(_silent(since))
    ids = list(silent.order_by("pk").values_list("pk", flat=True))
    return each_alone("ending talk", ids, partial(_lapse, since=since))


def _silent(since: dt.datetime) -> Q:
    return Q(moved_at__lt=since) & (Q(visit_on=None) | Q(visit_on__lt=shanghai_day(since)))


def _lapse(talk_id: int, since: dt.datetime) -> bool:
    talk = locked(talk_id)
    if not Talk.objects.open().filter(_silent(since), pk=talk.pk).exists():
        return False
    release_held(talk, None)
    advance(talk, Kind.LAPSE, Side.NOBODY, None)
    return True


def on_stock_missed(sender: Any, lot_ids: Sequence[int], **kwargs: Any) -> None:
    """Somebody wants these lots and finds nothing: reservations that are over must not stand in the way."""
    release_holds(timezone.now(), lot_ids)


def on_release_due(sender: Any, now: dt.datetime, **kwargs: Any) -> int:
    """The scheduled command's turn."""
    return release_holds(now) + lapse_silent(now)
