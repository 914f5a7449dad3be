from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from shop.payments.refunds import send_all


class Command(BaseCommand):
    help = "Give back by the way it came what was paid too much, and ask again where a provider has not answered. Run it every minute."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(send_all()))
