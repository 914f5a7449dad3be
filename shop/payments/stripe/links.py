"""A payment link for a statement: what a unit pays there is its transfer, shared out over its orders as any other.

A link takes one payment and is closed when the statement asks for another amount. What was paid on it all the same
is the unit's credit. https://docs.stripe.com/api/payment-link
"""

from __future__ import annotations

import logging
import uuid

import stripe
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from stripe.params import PaymentLinkCreateParams

from marketplace.access.models import User
from shop.buyers.models import locked_unit

from ..models import PayLink, Statement
from ..providers import CannotPay
from ..standing import standings
from ..transfers import transfer_by_link
from .client import CURRENCY, client
from .facts import Facts, fen

logger = logging.getLogger(__name__)


def link_for(statement: Statement, *, by: User, page: str, locale: str) -> PayLink:
    """The open link for what is due of a statement now; asked twice, the same. Raises CannotPay.

    `page`: the statement's own, to which whoever paid returns.
    """
    stripe_client = client()
    link, stale = _written(statement, by)
    for old in stale:
        _close(old)
    if link.url:
        return link
    try:
        made = stripe_client.v1.payment_links.create(
            _params(link, page, locale), options={"idempotency_key": link.reference}
        )
    except stripe.APIConnectionError as error:
        # whether it was made is unknown: the next try asks with the same key
        raise CannotPay(
            _("The payment service cannot be reached just now. Try again in a minute.")
        ) from error
    except stripe.StripeError as error:
        logger.error("Stripe refused a link for %s: %s", statement.number, error.code)
        PayLink.objects.filter(pk=link.pk, state=PayLink.State.OPEN).update(state=PayLink.State.CLOSED)
        raise CannotPay(_("The payment service did not accept this payment. Pay by bank, please.")) from error
    PayLink.objects.filter(pk=link.pk).update(reference=made.id, url=made.url)
    link.refresh_from_db()
    return link


@transaction.atomic
def _written(statement: Statement, by: User) -> tuple[PayLink, list[PayLink]]:
    """The open link, or a new one; and those that ask for another amount, to be closed at Stripe."""
    locked_unit(statement.organisation_id)
    due_fen = standings([statement])[statement.pk].due_fen
    if not due_fen:
        raise CannotPay(_("Nothing is due on this statement."))
    stale = []
    for link in statement.links.filter(state=PayLink.State.OPEN):
        if link.amount_fen == due_fen:
            return link, []
        link.state = PayLink.State.CLOSED
        link.save(update_fields=["state"])
        stale.append(link)
    new = PayLink.objects.create(
        statement=statement, reference=f"link-{uuid.uuid4()}", amount_fen=due_fen, by=by
    )
    return new, stale


def _close(link: PayLink) -> None:
    """Best effort: what is paid on it all the same becomes credit."""
    if not link.url:
        return
    try:
        client().v1.payment_links.update(link.reference, {"active": False})
    except stripe.StripeError as error:
        logger.info("Stripe did not close %s: %s", link.reference, type(error).__name__)


def _params(link: PayLink, page: str, locale: str) -> PaymentLinkCreateParams:
    number = link.statement.number
    with translation.override(locale):
        name = _("Statement %(number)s") % {"number": number}
    return {
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": CURRENCY,
                    "unit_amount": link.amount_fen,
                    "product_data": {"name": name},
                },
            }
        ],
        "payment_method_types": ["card", "alipay", "wechat_pay"],
        "restrictions": {"completed_sessions": {"limit": 1}},
        "metadata": {"statement": number},
        "payment_intent_data": {"metadata": {"statement": number}},
        "after_completion": {"type": "redirect", "redirect": {"url": page}},
    }


def paid(session: Facts) -> str:
    """Money came on a link. It is counted for the unit once, whatever became of the link."""
    link = PayLink.objects.select_related("statement").filter(reference=session["payment_link"]).first()
    if link is None:
        # paid before its id was written down
        number = session["metadata"].get("statement")
        link = PayLink.objects.select_related("statement").filter(statement__number=number).first()
    if link is None:
        return "no statement of ours"
    amount = fen(session, "amount_total")
    if not amount:
        return "not in yuan: settle it with the payment service"
    fresh = transfer_by_link(
        link.statement.organisation_id, amount, session["id"], intent=session.get("payment_intent") or ""
    )
    PayLink.objects.filter(pk=link.pk).update(state=PayLink.State.PAID)
    return "counted for its unit" if fresh else "counted before"
