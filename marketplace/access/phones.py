"""A person's telephone: one number for one account, kept encrypted and found again by its digest."""

from __future__ import annotations

import re
import unicodedata

from django.db import IntegrityError, transaction

from marketplace.personal import digest

from .models import User

# mainland mobile numbers, as the Ministry of Industry and Information Technology numbers them: 1, then 3 to 9
_MOBILE = re.compile(r"1[3-9]\d{9}")


class NumberTaken(Exception):
    """Another account has this number."""


def normalised(text: str) -> str:
    """`+86 139-2881 6302`, `１３９…` as `13928816302`. Raises ValueError for what is no mainland mobile number."""
    digits = re.sub(r"[\s\-()._·]", "", unicodedata.normalize("NFKC", text)[:40])
    digits = re.sub(r"^(?:\+|00)?86(?=1)", "", digits)
    if not digits.isascii() or not _MOBILE.fullmatch(digits):
        raise ValueError("no mainland mobile number")
    return digits


def set_phone(user: User, text: str) -> None:
    """Give the account its number, or, by an empty text, none. Raises ValueError and NumberTaken."""
    user.phone = normalised(text) if text.strip() else ""
    user.phone_digest = digest(user.phone) or None
    try:
        with transaction.atomic():
            user.save(update_fields=["phone", "phone_digest"])
    except IntegrityError:
        raise NumberTaken from None


def owner_of(phone: str) -> User | None:
    """Whoever signs in with this (normalised) number; nobody who was switched off."""
    return User.objects.filter(phone_digest=digest(phone), is_active=True).first()
