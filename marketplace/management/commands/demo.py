from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.demo import fill as demo
from marketplace.demo import names

# by then the leaves of the day it was made are past selling
STALE_DAYS = 3


class Command(BaseCommand):
    help = "Fills an empty database with a believable, invented Dingzhou; the same every time. Not for production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lots", type=int, metavar="N", help="for benchmarks: grow to N lots on sale")
        parser.add_argument(
            "--entries",
            type=int,
            metavar="M",
            help="for benchmarks: grow to M ledger entries, without orders",
        )

        parser.add_argument(
            "--orders",
            type=int,
            default=0,
            metavar="N",
            help="of an empty database: N orders in the last month, which is left for the cashier to close",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "This is a production site (SECRET_KEY is set), and the demo's accounts have a public password. "
                "Run it where SECRET_KEY is not set."
            )
        self.began = time.monotonic()
        if demo.is_filled():
            if options["orders"]:
                raise CommandError(
                    "--orders wants an empty database (DATABASE_URL): a month that is told stays as it is."
                )
            self.say("the demo is there already")
            if (age := demo.age_days()) > STALE_DAYS:
                self.say(f"it was made {age} days ago, and much of its produce has gone off since")
                self.say("for a fresh one, name an empty database in DATABASE_URL, or remove var/db.sqlite3")
        else:
            try:
                demo.fill(self.say, options["orders"])
            except demo.NotEmpty as mixed:
                raise CommandError(f"{mixed} The demo wants an empty database (DATABASE_URL).") from mixed
        self._grow(options["lots"], options["entries"])
        self.stdout.write(f"\n  Sign in at {settings.SITE_URL}/accounts/login/ as one of")
        self.stdout.write(f"    {' '.join(names.ACCOUNTS)}")
        self.stdout.write(f"  with the password {names.PASSWORD}")
        self.stdout.write(
            f"  or as the seller with the number {names.SELLERS_PHONE}: the digits come on the console"
        )
        self.stdout.write(
            f"  or with the seller's card: {settings.SITE_URL}/accounts/card/{names.SELLERS_CARD}/"
        )

    def _grow(self, lots: int | None, entries: int | None) -> None:
        if lots is None and entries is None:
            return
        from marketplace.demo import grow

        if lots is not None:
            grow.lots(lots, self.say)
        if entries is not None:
            grow.entries(entries, self.say)

    def say(self, step: str) -> None:
        self.stdout.write(f"  {time.monotonic() - self.began:5.1f} s  {step}")
        self.stdout.flush()
