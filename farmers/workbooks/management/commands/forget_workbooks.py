from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from farmers.workbooks.models import KEPT_DAYS
from farmers.workbooks.throw_away import forget
from marketplace.days import today


class Command(BaseCommand):
    help = f"Throws away workbooks that waited more than {KEPT_DAYS} days to be loaded. Run it once a day."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Thrown away: {forget(today())}.")
