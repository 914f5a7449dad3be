"""What we keep of Stripe's objects: what payments need, and nothing of the person who paid.

https://docs.stripe.com/api/checkout/sessions/object, https://docs.stripe.com/api/refunds/object,
https://docs.stripe.com/api/disputes/object
"""

from __future__ import annotations

from typing import Any

from .client import CURRENCY

Facts = dict[str, Any]

KEPT = [
    "id",
    "object",
    "amount",
    "amount_received",
    "amount_refunded",
    "amount_total",
    "charge",
    "client_reference_id",
    "created",
    "currency",
    "expires_at",
    "failure_reason",
    "livemode",
    "mode",
    "payment_intent",
    "payment_link",
    "payment_status",
    "reason",
    "status",
]
KEPT_METADATA = ("order", "attempt", "refund", "statement")


def kept(about: Facts) -> Facts:
    """Plain values of known names, none of them long."""
    metadata = about.get("metadata")
    return {
        **{name: value for name in KEPT if (value := _plain(about.get(name))) is not None},
        "metadata": {
            name: value
            for name in KEPT_METADATA
            if isinstance(metadata, dict) and (value := _plain(metadata.get(name))) is not None
        },
    }


def _plain(value: object) -> str | int | bool | None:
    if isinstance(value, str):
        return value.replace("\0", "")[:200]
    return value if isinstance(value, int) else None


def fen(facts: Facts, name: str) -> int:
    """An amount of the facts, where it is one in yuan; else nothing."""
    value = facts.get(name)
    right = isinstance(value, int) and not isinstance(value, bool) and facts.get("currency") == CURRENCY
    return max(value, 0) if right and isinstance(value, int) else 0
