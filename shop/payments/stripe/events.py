"""Stripe's words to us: each is stored once and applied once, in one transaction, in whatever order they come.

What is told of money before we know of its payment (a refund that overtakes its session) waits in its row, and is
applied with the payment. `payment_intent.*` is told of the money inside a checkout, and none of it is needed: that it came,
or will not, the checkout's own events say, and a card that was declined (`payment_failed`) leaves the page open for
another try, so nobody is told. Such events are stored and marked. https://docs.stripe.com/webhooks, https://docs.stripe.com/api/events/types
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import NamedTuple

import stripe
from django.conf import settings
from django.db import IntegrityError, transaction

from ..models import Provider, ProviderEvent
from ..providers import NotAuthentic
from . import disputes, refunds, sessions
from .client import live
from .facts import Facts, kept

# Stripe's own tolerance: a signature older than that may be somebody's recording
TOLERANCE_SECONDS = 300
WAITS = "waits for its payment"
NOT_NEEDED = "not needed: its checkout tells"
_WORD = re.compile(r"^[\w.:\-]+$", re.ASCII)


class Event(NamedTuple):
    id: str
    kind: str
    facts: Facts


def read(body: bytes, signature: str) -> Event:
    """The event that a signed request carries. Raises NotAuthentic."""
    try:
        stripe.WebhookSignature.verify_header(
            body, signature, settings.STRIPE_WEBHOOK_SECRET, TOLERANCE_SECONDS
        )
        event = json.loads(body)
        event_id, kind, about = event["id"], event["type"], event["data"]["object"]
    except stripe.SignatureVerificationError as error:
        raise NotAuthentic(error.user_message or "wrong signature") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotAuthentic("not an event") from error
    if not (isinstance(about, dict) and _is_word(event_id, 120) and _is_word(kind, 80)):
        raise NotAuthentic("not an event")
    if event.get("account"):
        raise NotAuthentic("an event of another account")
    if bool(event.get("livemode")) != live():
        raise NotAuthentic("an event of test mode" if live() else "an event of live mode")
    return Event(event_id, kind, kept(about))


@transaction.atomic
def take(event: Event) -> bool:
    """Store and apply an event. False when it was here before, or its twin is just being applied.

    Whatever this raises, nothing is stored, and Stripe will send the event again.
    """
    try:
        with transaction.atomic():
            # a concurrent twin waits here until the first is done, and then finds it
            stored = ProviderEvent.objects.create(
                provider=Provider.STRIPE, event_id=event.id, kind=event.kind, payload=event.facts
            )
    except IntegrityError:
        return False
    _apply(stored)
    if stored.outcome != WAITS:
        apply_waiting(event.facts.get("payment_intent"))
    return True


def apply_waiting(intent: str | None) -> None:
    """What was told of this money before it came."""
    if intent:
        for waiting in ProviderEvent.objects.filter(provider=Provider.STRIPE, waits_for=intent).order_by(
            "pk"
        ):
            _apply(waiting)


def _apply(stored: ProviderEvent) -> None:
    apply = APPLY.get(stored.kind)
    unused = NOT_NEEDED if stored.kind.startswith("payment_intent.") else "not used here"
    outcome = apply(stored.payload) if apply else unused
    stored.outcome = WAITS if outcome is None else outcome[:200]
    stored.waits_for = str(stored.payload.get("payment_intent") or "")[:120] if outcome is None else ""
    stored.save(update_fields=["outcome", "waits_for"])


# each says what it did; None: nothing yet, as we know of no such payment
APPLY: dict[str, Callable[[Facts], str | None]] = {
    "checkout.session.completed": sessions.completed,
    "checkout.session.async_payment_succeeded": sessions.money_came,
    "checkout.session.async_payment_failed": sessions.refused,
    "checkout.session.expired": sessions.money_did_not_come,
    "refund.created": refunds.told,
    "refund.updated": refunds.told,
    "refund.failed": refunds.told,
    "charge.refund.updated": refunds.told,
    "charge.refunded": refunds.charge_told,
    "charge.dispute.created": disputes.opened,
    "charge.dispute.updated": disputes.opened,
    "charge.dispute.funds_withdrawn": disputes.withdrawn,
    "charge.dispute.funds_reinstated": disputes.reinstated,
    "charge.dispute.closed": disputes.closed,
}


def _is_word(value: object, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest and bool(_WORD.match(value))
