from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from farmers.ledger.log_seal import seal_logs
from farmers.ledger.public_year import count_years
from farmers.ledger.seal import Broken, seal_all


class Command(BaseCommand):
    help = (
        "Seals the entries posted since the last block, and who looked at personal data or took files along, and "
        "counts the public figures. Run it every few minutes and at the end of the day."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            blocks = seal_all()
        except Broken as error:
            raise CommandError(f"{error}. Run verify_ledger.") from error
        count_years()
        for block in blocks:
            self.stdout.write(f"block {block.number}: {block.count} entries, {block.hash}")
        log_blocks = seal_logs()
        for one in log_blocks:
            self.stdout.write(f"block {one.number} of the logs: {one.count} lines, {one.hash}")
        if not blocks and not log_blocks:
            self.stdout.write("nothing to seal")
