"""Personal data at rest: encrypted in the table, shown in part, found again by a keyed digest.

Keys come from FIELD_KEYS (Fernet keys, newest first). A development site derives one from its open key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _keys() -> tuple[str, ...]:
    if settings.FIELD_KEYS:
        return tuple(settings.FIELD_KEYS)
    if settings.PRODUCTION:
        raise ImproperlyConfigured("FIELD_KEYS must be set where SECRET_KEY is")
    return (base64.urlsafe_b64encode(hashlib.sha256(settings.SECRET_KEY.encode()).digest()).decode(),)


def encrypt(text: str) -> str:
    return _box(_keys()).encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """The text again. Raises ValueError when no key of ours opens it."""
    if not token:
        return ""
    try:
        return _box(_keys()).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise ValueError("no key of FIELD_KEYS opens this value") from error


def digest(text: str) -> str:
    """A keyed fingerprint, so that an encrypted value can be matched without being read.

    Keyed with the oldest of FIELD_KEYS, so that it stays the same when a newer key is put before it.
    """
    if not text:
        return ""
    return hmac.new(_keys()[-1].encode(), text.encode(), hashlib.sha256).hexdigest()


def masked_phone(phone: str) -> str:
    """`13928816302` as `139****6302`."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "****"


def masked_name(name: str) -> str:
    """`李国庆` as `李**`: the public sees a family name alone."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


class EncryptedTextField(models.TextField):
    """Text that the database sees only encrypted. It cannot be filtered on; keep a `digest` beside it for that."""

    def get_prep_value(self, value: Any) -> str:
        return encrypt(str(value or ""))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str:
        return decrypt(value or "")
