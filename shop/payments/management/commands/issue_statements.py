from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.days import shanghai_day
from shop.payments.months import month_before
from shop.payments.statements import CannotIssue, issue_all


class Command(BaseCommand):
    help = "Issues the statements of a month for all units that buy on account. Run it on the first; twice is once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--month", type=_month, help="such as 2026-11; by default the month before this one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = issue_all(options["month"] or month_before(shanghai_day(timezone.now())))
        except CannotIssue as refused:
            raise CommandError(str(refused)) from None
        for statement in made:
            self.stdout.write(f"{statement.number} {statement.period:%Y-%m} {statement.closing_fen}")
        self.stdout.write(f"{len(made)} issued")


def _month(text: str) -> dt.date:
    return dt.datetime.strptime(f"{text}-01", "%Y-%m-%d").date()  # noqa: DTZ007
