"""What providers have and we have not, and the reverse: healed where that is safe, listed where it is not.

Safe is what an event that was lost would have done: nothing is decided here, only heard late. Everything else (money
of no order of ours, a refund larger than what was paid, a payment that the provider does not know) is listed for a
person, with its fen, so that the sums on both sides are explained to the last one.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, Sum
from django.utils import timezone

from shop.orders.models import Order, PayBy, State

from . import books, refunds
from .models import Dispute, Payment, Provider, Refund, Transfer
from .providers import Gateway, Seen, What, gateways

logger = logging.getLogger(__name__)

# what began so lately may be on its way to us this very moment
STILL_MOVING = dt.timedelta(minutes=10)


class Difference(NamedTuple):
    """Something that the two sides tell differently. `fen`: how much more the provider has of it than we have."""

    what: str
    reference: str
    order: str
    theirs: str
    ours: str
    fen: int


class Report(NamedTuple):
    """`healed` agreed after they were heard; `listed` still differ. Sums in fen, of what began since then.

    `books_fen`: what came in and stands nowhere, in all (see `books.py`); anything but nothing is a fault.
    """

    since: dt.datetime
    healed: list[Difference]
    listed: list[Difference]
    theirs_fen: int
    ours_fen: int
    books_fen: int
    sent: int

    @property
    def ok(self) -> bool:
        return not self.listed and not self.books_fen


def reconcile(since: dt.datetime, *, heal: bool = True, now: dt.datetime | None = None) -> Report:
    """Compare with every provider that keeps a list. Raises CannotList when one cannot be asked.

    May run at any moment, twice, and beside webhooks: healing is what their events would have done, once.
    """
    now = now or timezone.now()
    sent = refunds.send_all(now) if heal else 0
    healed: list[Difference] = []
    listed: list[Difference] = []
    theirs_fen = ours_fen = 0
    for gateway in gateways().values():
        if not gateway.is_open():
            continue
        asked_at = timezone.now()
        seen = list(gateway.listing(since))
        theirs_fen += sum(_signed(one.what, one.moved_fen) for one in seen)
        for one in seen:
            before = _compare(one, gateway)
            if before is None:
                ours_fen += _ours(one, gateway).fen
                continue
            after: Difference | None = before
            if heal:
                try:
                    one.apply()
                except Exception:
                    # one that cannot be heard stays listed, and hides none of the others
                    logger.exception("%s %s could not be heard", one.what, one.reference)
                after = _compare(one, gateway)
            if after is None:
                healed.append(before)
            else:
                listed.append(after)
            ours_fen += _ours(one, gateway).fen
        for missing in _unknown_there(gateway, since, asked_at, {one.reference for one in seen}):
            listed.append(missing)
            ours_fen -= missing.fen
    if heal:
        # what was heard only now may have been paid too much
        sent += refunds.send_all(now)
    listed += [*_short(since), *_stuck(now)]
    return Report(since, healed, listed, theirs_fen, ours_fen, books.books().difference, sent)


def _signed(what: What, fen: int) -> int:
    return fen if what == What.PAYMENT else -fen


class Ours(NamedTuple):
    """What we have of something: its state in words, and its fen, below nothing for what went out."""

    state: str
    fen: int
    order: str = ""


def _compare(one: Seen, gateway: Gateway) -> Difference | None:
    theirs, ours = _signed(one.what, one.moved_fen), _ours(one, gateway)
    if theirs == ours.fen and not _is_behind(one, ours):
        return None
    return Difference(
        one.what.value, one.reference, one.order or ours.order, one.state, ours.state, theirs - ours.fen
    )


def _is_behind(one: Seen, ours: Ours) -> bool:
    """No money differs, and yet we did not hear: a session that ended, a refund that failed."""
    if one.what == What.PAYMENT:
        return (one.state, ours.state) in {
            ("expired", "started"),
            ("expired", "pending"),
            ("unpaid", "started"),
        }
    if one.what == What.DISPUTE:
        return one.state in {"won", "lost"} and ours.state != one.state
    return one.what == What.REFUND and (
        (one.state in {"failed", "canceled"} and ours.state == Refund.State.ASKED)
        or (one.state == "pending" and ours.state == "")
    )


def _ours(one: Seen, gateway: Gateway) -> Ours:
    match one.what:
        case What.PAYMENT:
            return _our_payment(one.reference, gateway.provider)
        case What.REFUND:
            return _our_refund(one.reference, gateway.provider)
        case What.DISPUTE:
            found = _our_refund(one.reference, gateway.provider)
            known = Dispute.objects.filter(reference=one.reference).first()
            return found._replace(state=known.status if known else "")
    raise ValueError(one.what)


def _our_payment(reference: str, provider: Provider) -> Ours:
    payment = Payment.objects.select_related("order").filter(provider=provider, reference=reference).first()
    if payment is not None:
        return Ours(str(payment.state), payment.received_fen or 0, payment.order.number)
    transfer = Transfer.objects.filter(provider=provider, reference=reference).first()
    return Ours("paid", transfer.amount_fen) if transfer else Ours("", 0)


def _our_refund(reference: str, provider: Provider) -> Ours:
    """What went out, less what came in again under the same name."""
    refund = Refund.objects.select_related("order").filter(provider=provider, reference=reference).first()
    if refund is None:
        return Ours("", 0)
    gone = refund.amount_fen if refund.state == Refund.State.SUCCEEDED else 0
    again = _our_payment(reference, provider)
    return Ours(str(refund.state), again.fen - gone, refund.order.number)


def _unknown_there(
    gateway: Gateway, since: dt.datetime, until: dt.datetime, seen: set[str]
) -> list[Difference]:
    """What we counted since then, and the provider does not list. A session begun before, paid since, is older.

    What was counted after the provider was asked may be missing from what it answered.
    """
    provider = gateway.provider
    found = []
    # a refund that came again bears the refund's name
    again = Refund.objects.filter(provider=provider, reference=OuterRef("reference"))
    payments = Payment.objects.filter(~Exists(again), provider=provider, transfer=None, started_at__gte=since)
    payments = payments.exclude(paid_at__gte=until)
    for payment in payments.exclude(received_fen=None).select_related("order").order_by("pk"):
        if payment.reference not in seen:
            fen = payment.received_fen or 0
            found.append(
                Difference("payment", payment.reference, payment.order.number, "", payment.state, -fen)
            )
    for transfer in Transfer.objects.filter(provider=provider, at__gte=since, at__lt=until).order_by("pk"):
        if transfer.reference not in seen:
            found.append(Difference("payment", transfer.reference, "", "", "paid", -transfer.amount_fen))
    given = Refund.objects.filter(
        provider=provider, state=Refund.State.SUCCEEDED, asked_at__gte=since, at__lt=until
    )
    for refund in given.exclude(kind=Refund.Kind.DISPUTED).select_related("order").order_by("pk"):
        if refund.reference not in seen:
            found.append(
                Difference(
                    "refund", refund.reference, refund.order.number, "", refund.state, refund.amount_fen
                )
            )
    return found


def _short(since: dt.datetime) -> list[Difference]:
    """Orders whose goods go out and whose money, paid online before, was taken back: listed, and no sum of theirs."""
    goods = Order.objects.filter(
        pay_by=PayBy.ONLINE, state__in=[State.CONFIRMED, State.DISPATCHED, State.DELIVERED, State.ACCEPTED]
    )
    taken = goods.filter(
        refunds__kind__in=[Refund.Kind.DISPUTED, Refund.Kind.ELSEWHERE], refunds__asked_at__gte=since
    ).distinct()
    return [
        Difference("order", "", order.number, "", f"{order.due_fen} fen short", 0)
        for order in taken.order_by("pk")
        if order.due_fen
    ]


def _stuck(now: dt.datetime) -> list[Difference]:
    """Refunds that nobody will give by themselves: failed, with money still to go back; or unanswered."""
    late = Refund.objects.filter(state=Refund.State.ASKED, asked_at__lt=now - STILL_MOVING, tries__gt=3)
    found = [
        Difference("refund", refund.reference, refund.order.number, "", "no answer", 0)
        for refund in late.select_related("order")
    ]
    failed = Refund.objects.filter(~Q(note=""), order__in=books.to_give_back().order_by().values("pk"))
    failed = failed.select_related("order").order_by("pk")
    for refund in failed:
        if refunds.spare_fen(refund.order):
            found.append(Difference("refund", refund.reference, refund.order.number, "", refund.note, 0))
    return found


def net_fen(provider: Provider) -> int:
    """All that came by a provider and did not go back, as we have it."""
    came = Payment.objects.filter(provider=provider).aggregate(fen=Sum("received_fen", default=0))["fen"]
    left = Transfer.objects.filter(provider=provider).aggregate(fen=Sum("left_fen", default=0))["fen"]
    gone = Refund.objects.filter(provider=provider, state=Refund.State.SUCCEEDED)
    return int(came + left - gone.aggregate(fen=Sum("amount_fen", default=0))["fen"])
