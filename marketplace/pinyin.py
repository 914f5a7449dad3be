from __future__ import annotations

from typing import Any

from django.db import models
from pypinyin import Style, lazy_pinyin


def pinyin(text: str) -> str:
    """`白菜` as `baicai`, for search by sound."""
    return "".join(lazy_pinyin(text)).lower()


def initials(text: str) -> str:
    """`白菜` as `bc`."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


class Sounded(models.Model):
    """A thing with a `name`, and with `pinyin` and `initials` kept beside it. (bulk_create has to fill them in.)"""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        name = self.name  # type: ignore[attr-defined]
        self.pinyin, self.initials = pinyin(name), initials(name)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "pinyin", "initials"}
        super().save(*args, **kwargs)
