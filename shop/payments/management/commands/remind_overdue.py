from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from shop.payments.standing import overdue
from shop.payments.told import statement_overdue


class Command(BaseCommand):
    help = "Reminds units whose statement is overdue, each once a week. Run it daily; twice is once."

    def handle(self, *args: Any, **options: Any) -> None:
        late = overdue()
        for statement, _standing in late:
            statement_overdue.enqueue(statement.pk)
        self.stdout.write(f"{len(late)} overdue")
