"""Paying through Stripe Checkout: the session a buyer is sent to. Whether money came, the webhook decides.

Since the API version of 2026-09-30 a session names its methods in `allowed_payment_method_types`, and
`payment_method_types` is refused. A session may be open from 30 minutes to 24 hours
(https://docs.stripe.com/api/checkout/sessions/create, `expires_at`).
Stripe learns the order's number and lines, and nothing of the person.
"""

from __future__ import annotations

import datetime as dt
import logging

import stripe
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from stripe.params.checkout import (
    SessionCreateParams,
    SessionCreateParamsLineItem,
)

from marketplace.quantity import Unit, in_units
from shop.orders.models import Order, OrderLine, State
from shop.orders.pay import hold_until
from shop.orders.transitions import locked

from ..models import Payment
from ..providers import CannotPay
from .client import CURRENCY, client, configured

logger = logging.getLogger(__name__)

# Stripe counts its 30 minutes from when the request arrives, so two more for the way there and retries
OPEN_FOR = dt.timedelta(minutes=32)
SHORTEST = dt.timedelta(minutes=30)
# what is paid in the last second is told to us a little later
GRACE = dt.timedelta(minutes=3)
# trying again and again must not keep goods from other buyers for ever
LONGEST_HOLD = dt.timedelta(hours=2)

LOCALES = {"zh-hans": "zh", "en": "en"}


def start(order: Order, *, success_url: str, cancel_url: str, locale: str) -> Payment:
    """The payment whose `url` the buyer is sent to; the same open session when asked twice.

    The order keeps its goods as long as the session is open. `locale` is the buyer's language as Django
    names it. Raises CannotPay; the order then waits as before, and the buyer may try again.
    """
    stripe_client = client()
    payment = _attempt(order.pk, timezone.now())
    if payment.url:
        return payment
    params = _params(order, payment, success_url, cancel_url, locale)
    try:
        # no database lock is held while Stripe answers
        session = stripe_client.v1.checkout.sessions.create(
            params, options={"idempotency_key": payment.reference}
        )
    except stripe.APIConnectionError as error:
        # whether it was made is unknown: the next try asks with the same key
        logger.warning("Stripe could not be reached for %s: %s", order.number, type(error).__name__)
        raise CannotPay(
            _("The payment service cannot be reached just now. Try again in a minute, or pay on delivery.")
        ) from error
    except stripe.StripeError as error:
        logger.error("Stripe refused %s: %s %s", order.number, type(error).__name__, error.code)
        Payment.objects.filter(pk=payment.pk, state=Payment.State.STARTED, url="").update(
            state=Payment.State.FAILED
        )
        if error.code == "amount_too_small":
            raise CannotPay(
                _("The amount is too small to be paid online. Please pay on delivery.")
            ) from error
        raise CannotPay(
            _("The payment service did not accept this payment. Try again, or pay on delivery.")
        ) from error
    # the webhook may have been quicker, so state is left as it is
    Payment.objects.filter(pk=payment.pk).update(reference=session.id, url=session.url or "")
    payment.refresh_from_db()
    if not Order.objects.filter(pk=order.pk, state=State.AWAITING_PAYMENT).exists():
        # called off while Stripe answered, when nobody knew yet of a session to close
        close(order)
        raise CannotPay(_("This order no longer waits for a payment."))
    return payment


def close(order: Order) -> None:
    """Close the order's open sessions: it was called off, or is now paid in another way.

    Best effort: what was paid there all the same shows as overpaid and goes back. Asks Stripe over the
    network, so hold no lock. Orders that lapsed need it not: they hold their goods until GRACE after the
    session, which Stripe ends by itself at `expires_at`.
    """
    open_ones = Payment.objects.filter(
        order=order,
        provider=Payment.Provider.STRIPE,
        state=Payment.State.STARTED,
        expires_at__gt=timezone.now(),
    ).exclude(url="")
    if not configured():
        return
    for payment in open_ones:
        try:
            client().v1.checkout.sessions.expire(payment.reference)
        except stripe.StripeError as error:
            logger.info("Stripe did not close %s: %s", payment.reference, type(error).__name__)


@transaction.atomic
def _attempt(order_id: int, now: dt.datetime) -> Payment:
    """The open attempt to pay this order, or a new one, written before Stripe is asked.

    So a second click, or a try after a crash, asks Stripe with the same key and gets the same session.
    """
    order = locked(order_id)
    if order.state != State.AWAITING_PAYMENT or not order.due_fen:
        raise CannotPay(_("This order no longer waits for a payment."))
    if order.reserved_until is None or order.reserved_until < now:
        raise CannotPay(
            _("The time to pay has run out, and the goods are for sale again. Please order anew.")
        )
    attempts = order.payments.filter(provider=Payment.Provider.STRIPE)
    last = attempts.order_by("-id").first()
    if last and last.state == Payment.State.PENDING:
        raise CannotPay(_("Your payment is on its way. You need not pay again."))
    if last and last.state == Payment.State.STARTED and last.expires_at and last.amount_fen == order.due_fen:
        if last.expires_at > now and last.url:
            return last
        if last.expires_at >= now + SHORTEST and not last.url:
            return last
    if now > order.placed_at + LONGEST_HOLD:
        raise CannotPay(_("The goods cannot be held any longer. Please pay on delivery, or order anew."))
    attempts.filter(state=Payment.State.STARTED, url="").update(state=Payment.State.FAILED)
    expires_at = (now + OPEN_FOR).replace(microsecond=0)
    hold_until(order, expires_at + GRACE)
    return Payment.objects.create(
        order=order,
        provider=Payment.Provider.STRIPE,
        reference=f"checkout-{order.number}-{attempts.count() + 1}",
        amount_fen=order.due_fen,
        expires_at=expires_at,
    )


def _params(
    order: Order, payment: Payment, success_url: str, cancel_url: str, locale: str
) -> SessionCreateParams:
    assert payment.expires_at is not None  # noqa: S101
    params: SessionCreateParams = {
        "mode": "payment",
        "allowed_payment_method_types": ["card", "alipay", "wechat_pay"],
        "payment_method_options": {"wechat_pay": {"client": "web"}},
        # what is shown is what is paid: in yuan, not converted
        "adaptive_pricing": {"enabled": False},
        "line_items": _line_items(order, payment.amount_fen, locale),
        "client_reference_id": order.number,
        "metadata": {"order": order.number, "attempt": payment.reference},
        "payment_intent_data": {"metadata": {"order": order.number, "attempt": payment.reference}},
        "expires_at": int(payment.expires_at.timestamp()),
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    if locale in LOCALES:
        params["locale"] = LOCALES[locale]
    return params


def _line_items(order: Order, amount_fen: int, locale: str) -> list[SessionCreateParamsLineItem]:
    """One for each order line, summing up to the fen; or the rest in one, where part was paid already."""
    with translation.override(locale):
        if amount_fen != order.total_fen:
            return [_item(_("Rest of order %(number)s") % {"number": order.number}, amount_fen)]
        items = [_item(_line_name(line, locale), line.amount_fen) for line in order.lines.all()]
    if sum(item["price_data"]["unit_amount"] for item in items) != amount_fen:
        raise ValueError(f"the lines of {order.number} do not sum up to its total")
    return items


def _item(name: str, amount_fen: int) -> SessionCreateParamsLineItem:
    return {
        "quantity": 1,
        "price_data": {"currency": CURRENCY, "unit_amount": amount_fen, "product_data": {"name": name}},
    }


def _line_name(line: OrderLine, locale: str) -> str:
    """`Potatoes, 10 jin`."""
    return _("%(product)s, %(quantity)s %(unit)s") % {
        "product": (locale == "en" and line.product_name_en) or line.product_name,
        "quantity": in_units(line.quantity, line.unit_size),
        "unit": Unit(line.unit).label,
    }
