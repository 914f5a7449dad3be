from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from marketplace.money import yuan
from shop.payments.providers import CannotList
from shop.payments.reconcile import Difference, reconcile


class Command(BaseCommand):
    help = (
        "Compare what payment providers have with what we have: hear what was lost, list what a person has to look at. "
        "Run it nightly; exit code 1 when something is listed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=7, help="how far back to look, by when a payment began"
        )
        parser.add_argument("--dry-run", action="store_true", help="only look")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 1:
            raise CommandError("look back one day at least")
        since = timezone.now() - dt.timedelta(days=options["days"])
        try:
            report = reconcile(since, heal=not options["dry_run"])
        except CannotList as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            told = report._asdict() | {
                "ok": report.ok,
                "since": since.isoformat(timespec="seconds"),
                "healed": [each._asdict() for each in report.healed],
                "listed": [each._asdict() for each in report.listed],
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self._table("healed", report.healed)
            self._table("to look at", report.listed)
            self.stdout.write(
                f"providers ¥{yuan(report.theirs_fen)}, here ¥{yuan(report.ours_fen)}, "
                f"the books differ by ¥{yuan(report.books_fen)}; refunds sent {report.sent}"
            )
        if not report.ok:
            raise SystemExit(1)

    def _table(self, title: str, rows: list[Difference]) -> None:
        self.stdout.write(f"{title}: {len(rows)}")
        for row in rows:
            self.stdout.write(
                f"  {row.what:8} {row.order or '-':18} there {row.theirs or 'nothing':12}"
                f" here {row.ours or 'nothing':12} {yuan(row.fen):>10}  {row.reference}"
            )
