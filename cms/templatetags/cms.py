from __future__ import annotations

from typing import Any

from django import template

from cms import pictures
from marketplace.templatetags.market import in_language

register = template.Library()


@register.simple_tag
def picture(image_id: int | str | None, size: str) -> pictures.Picture | None:
    """`{% picture page.image_id "card" as shown %}`: an uploaded picture, re-encoded at one of our sizes."""
    return pictures.picture(image_id, size)


@register.filter
def told(thing: Any, field: str) -> str:
    """`{{ shop|told:"address" }}`: a field in the reader's language, in Chinese where nobody wrote the English."""
    return in_language(getattr(thing, field), getattr(thing, f"{field}_en", ""))
