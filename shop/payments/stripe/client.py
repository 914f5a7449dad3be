"""Who speaks to Stripe, and in which version of its language.

Written for the API version below (https://docs.stripe.com/changelog), which is stripe 16's own; typed against its
parameter types. Hold no database lock while Stripe answers.
"""

from __future__ import annotations

from functools import cache

import stripe
from django.conf import settings
from django.utils.translation import gettext as _

from ..providers import CannotPay

API_VERSION = "2026-10-28.endive"
CURRENCY = "cny"
SECONDS_TO_WAIT = 15


def configured() -> bool:
    """Whether this site takes money through Stripe."""
    return bool(settings.STRIPE_SECRET_KEY)


def live() -> bool:
    """Whether the key moves real money."""
    return "_live_" in settings.STRIPE_SECRET_KEY[:10]


def client() -> stripe.StripeClient:
    """Speaks to Stripe, or to STRIPE_API_BASE where that is set. Raises CannotPay without a key."""
    if not configured():
        raise CannotPay(_("This site takes no online payments yet. Please pay on delivery."))
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@cache
def _client(key: str, base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": base.rstrip("/")} if base else {},
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=SECONDS_TO_WAIT),
    )
