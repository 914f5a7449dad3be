from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from shop.bulk.weekly import repeat


class Command(BaseCommand):
    help = "Make next week's draft of the bulk requests that come again every week. Run it daily, or as often as you like."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{repeat()} made")
