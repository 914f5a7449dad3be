"""All that Stripe has, for reconciling. https://docs.stripe.com/api/pagination"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import stripe
from django.db import transaction
from stripe.params import DisputeListParams, RefundListParams
from stripe.params.checkout import SessionListParams

from ..providers import CannotList, CannotPay, Seen, What
from . import disputes, refunds, sessions
from .client import client
from .events import apply_waiting
from .facts import Facts, fen, kept

LONGEST_PAGE = 100


def listing(since: dt.datetime) -> Iterator[Seen]:
    """Sessions, then refunds, then disputes, so that a payment is known before what becomes of it.

    Raises CannotList, also half-way.
    """
    try:
        for facts in _sessions(since):
            paid = facts.get("payment_status") == "paid"
            state = str(
                facts.get("payment_status") if facts.get("status") == "complete" else facts.get("status")
            )
            yield Seen(
                What.PAYMENT,
                facts["id"],
                str(facts.get("client_reference_id") or facts["metadata"].get("statement") or ""),
                fen(facts, "amount_total") if paid else 0,
                state,
                _applies(_session, facts),
            )
        for facts in _refunds(since):
            gone = facts.get("status") == "succeeded"
            yield Seen(
                What.REFUND,
                facts["id"],
                str(facts["metadata"].get("order") or ""),
                fen(facts, "amount") if gone else 0,
                str(facts.get("status")),
                _applies(refunds.told, facts),
            )
        for facts in _disputes(since):
            # won: taken and put back
            gone = facts.get("status") == "lost" or (
                facts.get("status") in {"needs_response", "under_review"}
            )
            yield Seen(
                What.DISPUTE,
                facts["id"],
                "",
                fen(facts, "amount") if gone else 0,
                str(facts.get("status")),
                _applies(_dispute, facts),
            )
    except (stripe.StripeError, CannotPay) as error:
        raise CannotList(f"Stripe could not be asked: {type(error).__name__}") from error


def _sessions(since: dt.datetime) -> Iterator[Facts]:
    params: SessionListParams = {"created": {"gte": int(since.timestamp())}, "limit": LONGEST_PAGE}
    for session in client().v1.checkout.sessions.list(params).auto_paging_iter():
        yield kept(session.to_dict())


def _refunds(since: dt.datetime) -> Iterator[Facts]:
    params: RefundListParams = {"created": {"gte": int(since.timestamp())}, "limit": LONGEST_PAGE}
    for refund in client().v1.refunds.list(params).auto_paging_iter():
        yield kept(refund.to_dict())


def _disputes(since: dt.datetime) -> Iterator[Facts]:
    params: DisputeListParams = {"created": {"gte": int(since.timestamp())}, "limit": LONGEST_PAGE}
    for dispute in client().v1.disputes.list(params).auto_paging_iter():
        yield kept(dispute.to_dict())


def _applies(apply: Callable[[Facts], str | None], facts: Facts) -> Callable[[], str]:
    def act() -> str:
        with transaction.atomic():
            return apply(facts) or "of no payment that is known here"

    return act


def _session(facts: Facts) -> str:
    """As its events would have."""
    if facts.get("status") == "expired":
        return sessions.money_did_not_come(facts)
    if facts.get("status") != "complete":
        return "open"
    said = sessions.completed(facts)
    apply_waiting(facts.get("payment_intent"))
    return said


def _dispute(facts: Facts) -> str | None:
    match facts.get("status"):
        case "needs_response" | "under_review":
            return disputes.withdrawn(facts)
        case "won":
            return disputes.reinstated(facts)
        case "lost":
            return disputes.closed(facts)
    return disputes.opened(facts)
