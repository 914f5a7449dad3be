"""What becomes of a held request: agreed to, sent back, taken back, or forgotten. Its orders go the same way."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.access.models import User
from shop.buyers.models import Duty, has_duty
from shop.orders import approve as orders
from shop.orders.cancel import cancel, release_lapsed
from shop.orders.models import Order
from shop.orders.models import State as OrderState
from shop.orders.transitions import NotAllowed

from .models import Approval, BulkRequest, State, Step
from .steps import advance, locked
from .submit import may_request


class OwnRequest(Exception):
    """Nobody approves what they asked for themselves."""


def may_decide(user: User, request: BulkRequest) -> bool:
    """Whether this person approves for the unit: the one place that says so. Own requests are told apart by a message."""
    return has_duty(user, request.organisation, Duty.Kind.APPROVER)


def is_own(user: User, request: BulkRequest) -> bool:
    """Whether this person began the request, or submitted it last."""
    if request.by_id == user.pk:
        return True
    last = request.steps.filter(from_state=State.DRAFT).order_by("pk").last()
    return last is not None and last.by_id == user.pk


def approve(request_id: int, by: User) -> BulkRequest:
    """One agreement; the last that is needed sets the villages to work. Twice by the same person counts once.

    Raises OwnRequest, NotAllowed (also when its time was over, and then it has lapsed), PermissionDenied.
    """
    lapse(timezone.now(), request_id)
    with transaction.atomic():
        request = _for_decision(request_id, by)
        if request.state == State.APPROVED:
            return request
        _must_be_held(request)
        Approval.objects.get_or_create(request=request, round=request.round, by=by)
        if request.approvals.filter(round=request.round).count() >= request.approvals_needed:
            for order_id in _orders(request):
                orders.approve(order_id, by)
            advance(request, State.APPROVED, by)
        return request


@transaction.atomic
def send_back(request_id: int, by: User, why: str) -> BulkRequest:
    """To be changed: the stock is for sale again, the request a draft. Raises OwnRequest, NotAllowed, PermissionDenied."""
    request = _for_decision(request_id, by)
    _must_be_held(request)
    _end(request, State.DRAFT, by, why)
    return request


@transaction.atomic
def withdraw(request_id: int, by: User, why: str = "") -> BulkRequest:
    """Whoever may ask takes the request back, a draft or one that is held. Raises NotAllowed, PermissionDenied."""
    request = locked(request_id)
    if not may_request(by, request.organisation):
        raise PermissionDenied("this person does not state the unit's needs")
    if request.state == State.WITHDRAWN:
        return request
    _end(request, State.WITHDRAWN, by, why or _("taken back"))
    return request


@transaction.atomic
def reopen(request_id: int, by: User) -> BulkRequest:
    """A request that lapsed becomes a draft again. Raises NotAllowed, PermissionDenied."""
    request = locked(request_id)
    if not may_request(by, request.organisation):
        raise PermissionDenied("this person does not state the unit's needs")
    if request.state != State.DRAFT:
        advance(request, State.DRAFT, by)
    return request


def lapse(now: dt.datetime, request_id: int | None = None) -> int:
    """Let go of the requests whose time is over (of this one alone, if given), with all of their orders.

    Returns how many lapsed. Safe to run at any moment and by several at once.
    """
    over = BulkRequest.objects.filter(state=State.HELD, held_until__lt=now)
    if request_id is not None:
        over = over.filter(pk=request_id)
    return sum(_lapse(pk, now) for pk in list(over.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _lapse(request_id: int, now: dt.datetime) -> bool:
    request = locked(request_id)
    if request.state != State.HELD or request.held_until is None or request.held_until >= now:
        return False
    for order_id in _orders(request):
        release_lapsed(now, order_id=order_id)
    advance(request, State.LAPSED, None)
    return True


def on_order_lapsed(sender: Any, order: Order, **kwargs: Any) -> None:
    """An order of a request was let go, because somebody wanted its goods: the request has lapsed with it."""
    for request_id in BulkRequest.objects.filter(state=State.HELD, orders__order=order).values_list(
        "pk", flat=True
    ):
        lapse(timezone.now(), request_id)


def _for_decision(request_id: int, by: User) -> BulkRequest:
    request = locked(request_id)
    if not may_decide(by, request):
        raise PermissionDenied("this person does not approve for the unit")
    if is_own(by, request):
        raise OwnRequest
    return request


def _must_be_held(request: BulkRequest) -> None:
    if request.state != State.HELD:
        raise NotAllowed(
            _("This request is “%(now)s”: there is nothing to decide.") % {"now": request.get_state_display()}
        )


def _end(request: BulkRequest, to: State, by: User, why: str) -> Step:
    for order_id in _orders(request):
        cancel(order_id, by, why)
    return advance(request, to, by, why)


def _orders(request: BulkRequest) -> list[int]:
    """The orders of this round that are held, in the order in which everybody locks them."""
    held = request.orders.filter(round=request.round, order__state=OrderState.AWAITING_APPROVAL)
    return list(held.order_by("order").values_list("order", flat=True))
