from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from farmers.ledger.verify import Verdict, verify


class Command(BaseCommand):
    help = "Recomputes entries, blocks and totals. Exits 0 if they hold, 1 with the first bad entry."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the verdict as JSON alone")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify()
        if options["json"]:
            bad = verdict.first_bad._asdict() if verdict.first_bad else None
            self.stdout.write(json.dumps({**verdict._asdict(), "first_bad": bad}, ensure_ascii=False))
        else:
            self.stdout.write(_sentence(verdict))
        if not verdict.ok:
            sys.exit(1)


def _sentence(verdict: Verdict) -> str:
    bad = verdict.first_bad
    if bad is None:
        head = f"newest block {verdict.head}" if verdict.head else "nothing sealed yet"
        return f"the ledger holds: {verdict.entries} entries, {head}"
    who = f"entry {bad.entry} ({bad.key})" if bad.key else f"entry {bad.entry}" if bad.entry else "the ledger"
    return f"THE LEDGER DOES NOT HOLD: {who}: {bad.reason}"
