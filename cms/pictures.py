"""Pictures that editors upload, re-encoded at the sizes our pages show; kept, so that a page need not ask."""

from __future__ import annotations

from typing import NamedTuple

from django.core.cache import cache
from django.db.models.signals import post_delete, post_save
from wagtail.images.models import Image

_SECONDS = 300  # other processes hear of a changed picture within this
SIZES = {
    "card": "fill-720x540|format-jpeg",
    "wide": "fill-1200x900|format-jpeg",
    "story": "max-1200x1600|format-jpeg",
}


class Picture(NamedTuple):
    url: str
    width: int
    height: int
    alt: str


def picture(image_id: int | str | None, size: str) -> Picture | None:
    """The picture in one of SIZES; None when there is none (a template says `""`), or its file is lost."""
    if not image_id:
        return None
    key = _key(image_id, size)
    known: Picture | None = cache.get(key)
    if known is None:
        image = Image.objects.filter(pk=image_id).first()
        if image is None:
            return None
        try:
            rendition = image.get_rendition(SIZES[size])
        except OSError:
            return None
        known = Picture(rendition.url, rendition.width, rendition.height, image.description)
        cache.set(key, known, _SECONDS)
    return known


def _key(image_id: int | str, size: str) -> str:
    return f"cms.picture.{image_id}.{size}"


def forget_picture(instance: Image, **kwargs: object) -> None:
    cache.delete_many([_key(instance.pk, size) for size in SIZES])


for _signal in (post_save, post_delete):
    _signal.connect(forget_picture, sender=Image, dispatch_uid=f"cms.picture.{id(_signal)}")
