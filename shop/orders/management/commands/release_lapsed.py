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
        others = release_due.send(sender=None, now=now)
        self.stdout.write(str(release_lapsed(now) + sum(int(count or 0) for _room, count in others)))
