from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from farmers.stock.clearance import watch


class Command(BaseCommand):
    help = (
        "Notes which lots came into their last days, tells those who can do something, and writes off what nobody "
        "bought. Run it every hour; running it twice does no harm."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        watched = watch()
        self.stdout.write(f"in danger: {len(watched.begun)} more; ended: {watched.ended}")
