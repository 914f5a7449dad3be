"""Editors' pictures: small for small screens, in new formats for browsers that read them, cut where the editor said."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image as Pixels
from wagtail.images.models import Image

from cms.pictures import SIZES, picture

from .test_first_pages import ZH, a_story, text

pytestmark = pytest.mark.django_db


def a_picture(width: int = 2000, height: int = 1500, **facts: int) -> Image:
    """Left half red, right half blue, with noise, as a photograph has."""
    noise = Pixels.effect_noise((width, height), 40).convert("RGB")
    halves = Pixels.new("RGB", (width, height), "blue")
    halves.paste("red", (0, 0, width // 2, height))
    target = io.BytesIO()
    Pixels.blend(halves, noise, 0.3).save(target, "JPEG")
    return Image.objects.create(
        title="田", description="一片田", file=ContentFile(target.getvalue(), "tian.jpg"), **facts
    )


def opened(url: str, folder: str) -> Pixels.Image:
    return Pixels.open(f"{folder}/{url.removeprefix('/media/')}")


@pytest.mark.parametrize("size", list(SIZES))
def test_every_browser_gets_a_format_it_reads_at_a_width_it_needs(size: str, settings: object) -> None:
    shown = picture(a_picture().pk, size)
    assert shown is not None
    assert [source.type for source in shown.sources] == ["image/avif", "image/webp", "image/jpeg"]
    for source in shown.sources:
        for url, width in (each.split(" ") for each in source.srcset.split(", ")):
            with opened(url, str(settings.MEDIA_ROOT)) as file:  # type: ignore[attr-defined]
                assert Pixels.MIME[file.format or ""] == source.type
                assert f"{file.width}w" == width
        assert len(source.srcset.split(", ")) == len(SIZES[size].cuts)


def test_the_new_formats_are_the_smaller_ones(settings: object) -> None:
    shown = picture(a_picture().pk, "card")
    assert shown is not None
    sizes = []
    for source in shown.sources:
        url = source.srcset.split(" ")[0]
        path = settings.MEDIA_ROOT / url.removeprefix("/media/")  # type: ignore[attr-defined]
        sizes.append(path.stat().st_size)
    assert sizes[0] < sizes[2]
    assert sizes[1] < sizes[2]


def test_a_crop_keeps_to_the_focal_point(settings: object) -> None:
    wide = {"width": 3000, "height": 600}
    left = a_picture(
        **wide, focal_point_x=200, focal_point_y=300, focal_point_width=300, focal_point_height=300
    )
    right = a_picture(
        **wide, focal_point_x=2800, focal_point_y=300, focal_point_width=300, focal_point_height=300
    )
    for image, colour in ((left, 0), (right, 2)):
        shown = picture(image.pk, "card")
        assert shown is not None
        with opened(shown.url, str(settings.MEDIA_ROOT)) as file:  # type: ignore[attr-defined]
            pixel = file.convert("RGB").getpixel((file.width // 2, file.height // 2))
        assert isinstance(pixel, tuple)
        assert max(pixel) == pixel[colour]


def test_a_small_picture_is_offered_once_and_not_blown_up() -> None:
    shown = picture(a_picture(300, 225).pk, "story")
    assert shown is not None
    assert [len(source.srcset.split(", ")) for source in shown.sources] == [1, 1, 1]
    assert (shown.width, shown.height) == (300, 225)


def test_a_story_s_picture_keeps_its_place_before_it_is_there(client: Client) -> None:
    a_story(image=a_picture())
    page = text(client, "/stories/baicai/", ZH)
    assert re.search(r'<img src="/media/[^"]+\.jpg" width="1200" height="900" alt="一片田" decoding', page)
    assert page.count("<source ") == 3
    listed = text(client, "/stories/", ZH)
    assert re.search(r'width="720" height="540" alt="" loading="lazy"', listed)


def test_no_visitor_waits_for_a_picture_to_be_drawn(client: Client) -> None:
    image = a_picture(800, 600)
    a_story(image=image)
    drawn = image.renditions.count()
    assert drawn == sum(3 * len(SIZES[size].cuts) for size in ("card", "wide"))
    for path in ("/", "/stories/", "/stories/baicai/"):
        text(client, path, ZH)
    assert image.renditions.count() == drawn
