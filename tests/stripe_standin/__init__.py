"""A Stripe of our own over HTTP, for tests and for trying things out: what this shop uses of it, as Stripe does it.

Checkout Sessions, payment links, refunds and disputes with Stripe's rules and error shapes, an idempotency store, a
pay page where one can pay, fail, delay or leave, and signed webhooks that can come twice, late, out of order or never.
By hand: `python -m tests.stripe_standin --help`. Written from https://docs.stripe.com/api.
"""

from __future__ import annotations

from .server import StandIn

__all__ = ["StandIn"]
