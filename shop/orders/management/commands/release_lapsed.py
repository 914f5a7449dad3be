from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from shop.orders.cancel import release_lapsed


class Command(BaseCommand):
    help = "Let go of the stock of orders that were not paid or approved in time. Run it every minute."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(release_lapsed(timezone.now())))
