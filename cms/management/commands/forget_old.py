from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from cms.privacy.keeping import forget_old


class Command(BaseCommand):
    help = "Deletes what has been kept for its days (cms/privacy/keeping.py). Run it once a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only tell how many would go")

    def handle(self, *args: Any, **options: Any) -> None:
        word = "to go" if options["dry_run"] else "gone"
        for what, days, count in forget_old(timezone.now(), really=not options["dry_run"]):
            self.stdout.write(f"{what} ({days} days): {count} {word}")
