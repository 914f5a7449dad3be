from __future__ import annotations

from pypinyin import Style, lazy_pinyin


def pinyin(text: str) -> str:
    """`白菜` as `baicai`, for search by sound."""
    return "".join(lazy_pinyin(text)).lower()


def initials(text: str) -> str:
    """`白菜` as `bc`."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()
