"""Run the stand-in by hand, beside a site that was started with the settings it prints."""

from __future__ import annotations

import argparse
import threading

from .post import Faults
from .server import StandIn


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.stripe_standin", description=__doc__)
    asked.add_argument("--port", type=int, default=12111)
    asked.add_argument("--webhook", default="http://127.0.0.1:8000/webhooks/stripe/")
    for fault in ("twice", "late", "drop", "swap"):
        asked.add_argument(f"--{fault}", type=float, default=0, help="how likely, from 0 to 1")
    asked.add_argument("--quiet", action="store_true", help="whoever starts it knows the settings")
    given = asked.parse_args()
    with StandIn(given.webhook, port=given.port) as standin:
        standin.post.misbehave(Faults(given.twice, given.late, given.drop, given.swap, late_seconds=10))
        if not given.quiet:
            print(
                f"Sessions at {standin.url}/\nStart the site with:\n"
                f"STRIPE_SECRET_KEY={standin.key} STRIPE_WEBHOOK_SECRET={standin.secret}"
                f" STRIPE_API_BASE={standin.url} STRIPE_CHECKOUT_ORIGIN={standin.url}",
                flush=True,
            )
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
