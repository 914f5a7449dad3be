from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from farmers.monitoring.watch import watch


class Command(BaseCommand):
    help = (
        "Judges every household by the rules in force, raises the warnings that come of it and tells officers, and "
        "tells the city's office of overdue problems. Run it every night; running it twice does no harm."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"warnings raised: {watch()}")
