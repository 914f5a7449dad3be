"""Orders paid while everything goes wrong: `python -m tests.faults --orders 1000` (or `make faults`).

A real site and its worker on a PostgreSQL of their own, both killed (kill -9) at random moments and started again;
a stand-in for Stripe whose webhooks come twice, out of order, late or never, and which breaks down at times. Then
the site is left alone, reconciles, and every fen is looked for. Prints a report; exit code 1 when one is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from contextlib import nullcontext

from tests.postgres import server


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("--orders", type=int, default=1_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--fault", type=float, default=0.2, help="how likely each is for a webhook")
    asked.add_argument("--buyers", type=int, default=8, help="how many at once")
    asked.add_argument("--database", help="its URL, instead of a PostgreSQL of their own")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    began = time.monotonic()
    with nullcontext(given.database) if given.database else server() as url:
        # before Django reads its settings
        os.environ |= {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "marketplace.settings",
            "LOG_LEVEL": "CRITICAL",
        }
        for name in ("SECRET_KEY", "FIELD_KEYS", "REDIS_URL"):
            os.environ.pop(name, None)
        from .run import run

        report = run(given.orders, given.seed, given.fault, given.buyers)
    report["seconds"] = round(time.monotonic() - began)
    if given.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        for name, value in report.items():
            print(f"{name:22} {value}")
    return 1 if report["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
