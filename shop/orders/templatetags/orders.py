"""What the order rooms' templates share."""

from __future__ import annotations

from typing import Any

from django import template
from django.templatetags.static import static

register = template.Library()


@register.simple_tag(takes_context=True)
def page_address(context: dict[str, Any], param: str, number: int) -> str:
    """The address of another page of the list that `param` names; every other list stays where it is."""
    asked = context["request"].GET.copy()
    asked[param] = str(number)
    return f"?{asked.urlencode()}"


@register.filter
def picture(stem: str) -> str:
    """The address of a product's drawing."""
    return static(f"products/{stem}.svg")
