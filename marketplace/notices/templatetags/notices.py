from __future__ import annotations

from django import template

from marketplace.notices import words
from marketplace.notices.models import Notice

register = template.Library()


@register.filter
def said(notice: Notice) -> str:
    """The notice in the language of the page."""
    return words.said(notice)
