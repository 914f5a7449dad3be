from __future__ import annotations

from django import template

from cms import pictures

register = template.Library()


@register.simple_tag
def picture(image_id: int | str | None, size: str) -> pictures.Picture | None:
    """`{% picture page.image_id "card" as shown %}`: an uploaded picture, re-encoded at one of our sizes."""
    return pictures.picture(image_id, size)
