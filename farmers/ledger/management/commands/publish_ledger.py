from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from farmers.ledger.published import NothingToPublish, public_key, publish
from farmers.ledger.seal import Broken


class Command(BaseCommand):
    help = "Publishes the day's digest of the ledger, signed, and the export that a stranger can check. Run it daily."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            digest = publish()
        except NothingToPublish:
            self.stdout.write("nothing is sealed yet")
            return
        except Broken as error:
            raise CommandError(f"{error}. Run verify_ledger.") from error
        self.stdout.write(f"{digest.day}: block {digest.number}, {digest.hash}")
        if not public_key():
            self.stdout.write("not signed: LEDGER_SIGNING_KEY is not set")
