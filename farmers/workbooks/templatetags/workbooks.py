from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from marketplace.templatetags.market import in_language

register = template.Library()


@register.simple_tag
def in_words(row: Mapping[str, Any], what: str) -> str:
    """The town or product of a row that is to be added, in the reader's language."""
    return in_language(row[what], row[f"{what}_en"])


@register.filter
def at(titles: Sequence[str], place: int) -> str:
    """The sheet of a row: `{{ sheets|at:row.sheet }}`."""
    return titles[place]
