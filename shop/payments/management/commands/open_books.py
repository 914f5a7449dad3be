from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from shop.payments.opening import open_books


class Command(BaseCommand):
    help = "Posts to the books what was there before them. Once, after an upgrade; again does no harm."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{open_books():,} postings")
