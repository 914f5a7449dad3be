from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from shop.orders.cancel import release_lapsed
from shop.orders.signals import release_due


class Command(BaseCommand):
    help = "Let go of stock whose time is over: of orders not paid or approved, and of saplings reserved after a look. Run it every minute."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        # a room that fails is logged, and holds up neither the orders nor the next room
        others = release_due.send_robust(sender=None, now=now)
        counts = [int(told or 0) for _room, told in others if not isinstance(told, Exception)]
        self.stdout.write(str(release_lapsed(now) + sum(counts)))
