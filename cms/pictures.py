"""Pictures that editors upload, at the sizes and in the formats our pages show; kept, so that a page need not ask.

A crop keeps to the focal point that the editor marked (Wagtail's `fill` does).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.core.cache import cache
from django.db.models.signals import post_delete, post_save
from wagtail.blocks import StreamValue
from wagtail.images.models import AbstractRendition, Image
from wagtail.models import Page
from wagtail.signals import page_published

_SECONDS = 300  # other processes hear of a changed picture within this
# what a browser takes the first of; the last is for all
FORMATS = {
    "image/avif": "format-avif|avifquality-55",
    "image/webp": "format-webp|webpquality-72",
    "image/jpeg": "format-jpeg|jpegquality-78",
}


class Size(NamedTuple):
    """How large a picture may be asked for, smallest first, and how wide the page shows it."""

    cuts: tuple[str, ...]
    sizes: str


SIZES = {
    "card": Size(("fill-360x270", "fill-720x540"), "(min-width: 900px) 380px, (min-width: 600px) 50vw, 92vw"),
    "wide": Size(("fill-480x360", "fill-800x600", "fill-1200x900"), "(min-width: 768px) 560px, 92vw"),
    "story": Size(("max-480x640", "max-800x1067", "max-1200x1600"), "(min-width: 640px) 576px, 92vw"),
}


class Source(NamedTuple):
    type: str
    srcset: str


class Picture(NamedTuple):
    """`url` is the largest JPEG, for whoever knows no better; `width` and `height` are its own."""

    url: str
    width: int
    height: int
    alt: str
    sources: list[Source]
    sizes: str


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
            known = _drawn(image, SIZES[size])
        except OSError:
            return None
        cache.set(key, known, _SECONDS)
    return known


def _drawn(image: Image, size: Size) -> Picture:
    """All its renditions: those there are in one query, the others drawn now."""
    specs = {kind: [f"{cut}|{encoding}" for cut in size.cuts] for kind, encoding in FORMATS.items()}
    drawn = image.get_renditions(*(spec for cuts in specs.values() for spec in cuts))
    sources = [Source(kind, _srcset([drawn[spec] for spec in cuts])) for kind, cuts in specs.items()]
    whole = drawn[specs["image/jpeg"][-1]]
    return Picture(whole.url, whole.width, whole.height, image.description, sources, size.sizes)


def _srcset(renditions: list[AbstractRendition]) -> str:
    """Each width once: a small picture is not blown up, so that several cuts of it may be the same."""
    by_width = {rendition.width: rendition.url for rendition in renditions}
    return ", ".join(f"{url} {width}w" for width, url in sorted(by_width.items()))


def _key(image_id: int | str, size: str) -> str:
    return f"cms.picture.{image_id}.{size}"


# --- ahead --------------------------------------------------------------------------------------

_IN_BLOCKS = {"hero": "wide", "picture": "story"}


def draw_ahead(instance: Page, **kwargs: object) -> None:
    """Whoever publishes waits for the pictures, which takes seconds, so that no visitor does."""
    for image_id, size in set(_shown_by(instance)):
        picture(image_id, size)


def _shown_by(page: Page) -> Iterator[tuple[int, str]]:
    if image_id := getattr(page, "image_id", None):
        yield image_id, "card"
        yield image_id, "wide"
    body = getattr(page, "body", None)
    for block in body if isinstance(body, StreamValue) else ():
        size = _IN_BLOCKS.get(block.block_type)
        if size and (image := block.value["image"]):
            yield image.pk, size


def forget_picture(instance: Image, **kwargs: object) -> None:
    cache.delete_many([_key(instance.pk, size) for size in SIZES])


for _signal in (post_save, post_delete):
    _signal.connect(forget_picture, sender=Image, dispatch_uid=f"cms.picture.{id(_signal)}")
page_published.connect(draw_ahead, dispatch_uid="cms.pictures.ahead")
