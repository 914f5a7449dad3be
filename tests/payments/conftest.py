from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stripe_standin import StandIn


@pytest.fixture
def stripe_standin(settings: Any) -> Iterator[StandIn]:
    """The site set up to pay through the stand-in, which sends no event by itself."""
    with StandIn() as standin:
        connect(settings, standin)
        yield standin


@pytest.fixture
def talking_standin(settings: Any, live_server: Any) -> Iterator[StandIn]:
    """The same, and its webhooks arrive at a running site over HTTP."""
    with StandIn(f"{live_server.url}/webhooks/stripe/") as standin:
        connect(settings, standin)
        yield standin


def connect(settings: Any, standin: StandIn) -> None:
    settings.STRIPE_SECRET_KEY = standin.key
    settings.STRIPE_WEBHOOK_SECRET = standin.secret
    settings.STRIPE_API_BASE = standin.url
