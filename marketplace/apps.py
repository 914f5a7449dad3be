from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks


class MarketplaceConfig(AppConfig):
    name = "marketplace"

    def ready(self) -> None:
        checks.register(household_keys)


def household_keys(**kwargs: Any) -> list[checks.CheckMessage]:
    """Where people buy, phones and addresses need keys that open: found out at start, not at the first order."""
    from marketplace.personal import decrypt, encrypt

    if settings.PRODUCTION and not settings.FIELD_KEYS:
        return [checks.Error("FIELD_KEYS must be set where SECRET_KEY is", id="marketplace.E001")]
    try:
        decrypt(encrypt("check"))
    except ValueError:
        return [checks.Error("FIELD_KEYS must be Fernet keys, separated by commas", id="marketplace.E002")]
    return []
