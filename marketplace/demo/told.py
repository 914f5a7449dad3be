"""What the demo's ten accounts were told of late: by those who tell, of what the demo has done, at its moments."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db.models import F, Q
from django_tasks_db.models import DBTaskResult

from farmers.monitoring.told import problems_overdue, warnings_raised
from farmers.selling.told import lot_waits, lots_checked, lots_in_danger
from farmers.stock.models import Lot, LotCheck
from marketplace.access.models import User
from marketplace.days import shanghai_day
from marketplace.notices.models import Delivery, Notice
from marketplace.notices.tell import tell
from shop.bulk.models import Step
from shop.bulk.told import request_moved, tell_of_clearance
from shop.buyers.models import BackAlert
from shop.green.models import Step as TalkStep
from shop.green.told import talk_moved
from shop.orders.models import Complaint, Order, OrderLine, State, TrackingEvent, Transition
from shop.orders.told import complaint_moved, order_moved
from shop.payments.door import AT_DOOR
from shop.payments.models import Payment, Refund, Statement, Tick, Transfer
from shop.payments.months import month_before
from shop.payments.told import (
    dispute_answered,
    line_disputed,
    payment_moved,
    refund_made,
    statement_issued,
    taken_at_door,
    transfer_came,
)

from . import names
from .people import City
from .plans import moment

# what is older is of no use to anybody who looks at the demo
DAYS = 5
READ_AFTER = dt.timedelta(hours=30)
NAMESPACE = uuid.UUID("2b1f2f0e-58c8-4d0f-9f55-0d6fe0a5b5aa")
COMPLAINT = "上面的好，下面压坏了几斤。"

Event = tuple[dt.datetime, Callable[[], Any]]


def tell_of_it(city: City) -> int:
    """Write the inboxes; how many notices they have. Nothing goes out, and no task is left for a worker."""
    _complain(city)
    since = city.now - dt.timedelta(days=DAYS)
    events = [event for event in _events(city, since) if event[0] >= since]
    for at, say in sorted(events, key=lambda event: event[0]):
        newest = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        say()
        Notice.objects.filter(pk__gt=newest).update(created_at=min(at, city.now))
    Delivery.objects.all().delete()
    DBTaskResult.objects.filter(backend_name="notices").delete()
    # nobody reads what was told to people who cannot sign in
    Notice.objects.exclude(user__username__in=[role.value for role in names.ACCOUNTS]).delete()
    read = Notice.objects.filter(created_at__lt=city.now - READ_AFTER)
    read.update(read_at=F("created_at") + dt.timedelta(hours=3))
    return Notice.objects.count()


def _events(city: City, since: dt.datetime) -> Iterator[Event]:
    yield from _orders(city, since)
    yield from _money(since)
    yield from _canteens(city, since)
    yield from _goods(city, since)
    for talk_step in TalkStep.objects.filter(at__gte=since).order_by("pk"):
        yield talk_step.at, partial(talk_moved.func, talk_step.pk)
    for complaint in Complaint.objects.filter(at__gte=since).order_by("at"):
        yield complaint.at, partial(complaint_moved.func, complaint.pk)
    morning = moment(city.day, 6, 0)
    yield morning, partial(warnings_raised.func, city.day.isoformat())
    yield morning, partial(problems_overdue.func, city.day.isoformat())
    yield from _back_again(city)


def _orders(city: City, since: dt.datetime) -> Iterator[Event]:
    """Those that an account bought, gives, or gathers."""
    town = city.households[0].village.town_id
    buyers = [city.users[name] for name in ("citizen", "canteen", "nursery")]
    ours = Order.objects.filter(Q(buyer__in=buyers) | Q(lines__household__village__town=town))
    steps = Transition.objects.filter(order__in=ours, at__gte=since).order_by("at", "pk")
    for order, before, now, at in steps.values_list("order", "from_state", "to_state", "at"):
        yield at, partial(order_moved.func, order, before, now)


def _money(since: dt.datetime) -> Iterator[Event]:
    for payment in Payment.objects.filter(Q(paid_at__gte=since) | Q(started_at__gte=since)).order_by("pk"):
        if payment.received_fen is not None:
            at = payment.paid_at or payment.started_at
            yield at, partial(payment_moved.func, payment.pk)
    for refund in Refund.objects.filter(at__gte=since).order_by("pk"):
        yield refund.at, partial(refund_made.func, refund.pk)
    for transfer in Transfer.objects.filter(at__gte=since).order_by("pk"):
        yield transfer.at, partial(transfer_came.func, transfer.pk)
    for payment in Payment.objects.filter(AT_DOOR, paid_at__gte=since).order_by("paid_at", "pk"):
        if payment.paid_at:
            day = shanghai_day(payment.paid_at).isoformat()
            yield payment.paid_at, partial(taken_at_door.func, day)


def _canteens(city: City, since: dt.datetime) -> Iterator[Event]:
    for step in Step.objects.filter(at__gte=since).order_by("pk"):
        yield city.now, partial(request_moved.func, step.pk)
    newest = Statement.objects.filter(period=month_before(city.day)).order_by("number")
    for statement in newest:
        # told on the first; a demo made late in a month keeps it in sight all the same
        at = max(statement.issued_at, city.now - dt.timedelta(days=DAYS - 1))
        yield at, partial(statement_issued.func, statement.pk)
    ticks = Tick.objects.order_by("line__statement__number", "line__position")
    for tick in ticks.filter(line__statement__in=newest, state=Tick.State.DISPUTED):
        at = max(tick.at, city.now - dt.timedelta(hours=20))
        yield at, partial(line_disputed.func, tick.line_id)
    for tick in ticks.exclude(answer="").filter(answered_at__gte=since):
        yield tick.answered_at or tick.at, partial(dispute_answered.func, tick.pk)


def _goods(city: City, since: dt.datetime) -> Iterator[Event]:
    for lot in Lot.objects.filter(state=Lot.State.WAITING, listed_at__gte=since).order_by("pk"):
        yield lot.listed_at, partial(lot_waits.func, lot.pk)
    for check in LotCheck.objects.filter(at__gte=since).order_by("pk"):
        yield check.at, partial(lots_checked.func, [check.lot_id])
    spoils = Lot.objects.filter(state=Lot.State.LISTED, rescue__since=city.day).order_by("pk")
    ids = list(spoils.values_list("pk", flat=True))
    morning = moment(city.day, 6, 0)
    yield morning, partial(lots_in_danger.func, ids)
    yield morning, partial(tell_of_clearance.func, ids)


def _complain(city: City) -> None:
    """Somebody who cannot sign in was sent bruised goods of the seller's, or of the seller's town."""
    home = city.households[0]
    lines = (
        OrderLine.objects.filter(
            order__state=State.ACCEPTED,
            order__organisation=None,
            accepted_quantity__gt=0,
            returned_quantity=0,
            household__village__town=home.village.town_id,
        )
        .exclude(order__buyer=city.users["citizen"])
        .order_by("-order__placed_at", "order__number", "product_slug")
    )
    line = lines.filter(household=home).first() or lines.first()
    if line is None:
        return
    accepted = line.order.tracking.filter(kind=TrackingEvent.Kind.ACCEPTED).latest("at").at
    at = min(max(accepted + dt.timedelta(hours=2), city.now - dt.timedelta(hours=20)), city.now)
    Complaint.objects.create(
        line=line,
        key=uuid.uuid5(NAMESPACE, line.order.number),
        what=Complaint.What.SPOILED,
        words=COMPLAINT,
        by=line.order.buyer,
        at=at,
    )
    TrackingEvent.objects.create(
        order=line.order, consignment=line.consignment, kind=TrackingEvent.Kind.COMPLAINED, by=line.order.buyer, at=at
    )  # fmt: skip


def _back_again(city: City) -> Iterator[Event]:
    """Who edits and who runs the site eat as well: each waited for something, and there is some again."""
    people = [city.users[name] for name in ("editor", "admin")]
    lots = (
        Lot.objects.on_sale(city.day)
        .in_stock()
        .filter(category__is_sapling=False)
        .select_related("product", "town")
        .order_by("-listed_at", "product__slug", "household__phone_digest")
    )
    for user, lot in zip(people, lots[: len(people)], strict=False):
        BackAlert.objects.create(
            user=user, product=lot.product, created_at=lot.listed_at - dt.timedelta(days=1), told_at=lot.listed_at
        )  # fmt: skip
        yield max(lot.listed_at, city.now - dt.timedelta(days=2)), partial(_back, user, lot)


def _back(user: User, lot: Lot) -> None:
    facts = {
        "product": lot.product.name,
        "product_en": lot.product.name_en,
        "town": lot.town.name,
        "town_en": lot.town.name_en,
    }
    tell([user.pk], "back", facts, lot.get_absolute_url(), f"back:demo:{user.username}")
