from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cms.privacy.field_keys import encrypted_columns, rotate


class Command(BaseCommand):
    help = (
        "Encrypts personal data anew with the first of FIELD_KEYS. May run again, and while the site is used."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        keys = list(settings.FIELD_KEYS)
        if not keys:
            raise CommandError("FIELD_KEYS is empty: put the new key first and the old ones after it.")
        unreadable = 0
        for model, name in encrypted_columns():
            done = rotate(model, name, keys)
            unreadable += done.unreadable
            self.stdout.write(
                f"{done.column}: {done.renewed} renewed, {done.already} already, {done.unreadable} unreadable"
            )
        if unreadable:
            raise CommandError(f"No key of FIELD_KEYS opens {unreadable} values: keep looking for their key.")
