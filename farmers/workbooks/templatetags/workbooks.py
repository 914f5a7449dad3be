from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from marketplace.templatetags.market import in_language

register = template.Library()


@register.simple_tag
def goods_name(row: Mapping[str, Any]) -> str:
    """The product of a row that is to be added, in the reader's language."""
    return in_language(row["product"], row["product_en"])


@register.filter
def at(titles: Sequence[str], place: int) -> str:
    """The sheet of a row: `{{ sheets|at:row.sheet }}`."""
    return titles[place]
