"""Pictures that stand for photos of goods: our own drawings, laid out and lit as each picture's number says.

Nobody photographed what the demo invents, and no stranger's photo pretends to.
"""

from __future__ import annotations

import io
from functools import cache
from random import Random

import typst
from django.conf import settings
from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT = 800, 600
# larger than the picture, so that it can be turned and cut
_DRAWN = 1040


def picture(name: str, number: int, *, blurred: bool = False) -> bytes:
    """A JPEG of the product's drawing (its `illustration`); the same number gives the same picture. `blurred`: of a shaking hand."""
    rng = Random(f"dingzhou: picture {name} {number}")
    drawn = _drawing(name)
    if rng.random() < 0.5:
        drawn = drawn.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    turned = drawn.rotate(rng.uniform(-7, 7), Image.Resampling.BICUBIC)
    # from near or from afar, always within what was drawn
    share = rng.uniform(0.66, 0.8)
    width, height = round(turned.width * share), round(turned.height * share)
    left = rng.randrange((turned.width - width) // 3, (turned.width - width) * 2 // 3)
    top = rng.randrange((turned.height - height) // 3, (turned.height - height) * 2 // 3)
    cut = turned.crop((left, top, left + width, top + height)).resize((WIDTH, HEIGHT))
    if blurred:
        cut = cut.filter(ImageFilter.GaussianBlur(14))
    out = io.BytesIO()
    _lit(cut, rng).save(out, "JPEG", quality=80)
    return out.getvalue()


def _lit(drawn: Image.Image, rng: Random) -> Image.Image:
    """Morning light from one side, and the corners darker."""
    light = Image.new("L", (WIDTH // 8, HEIGHT // 8), 188)
    x, y = rng.randrange(WIDTH // 8), rng.randrange(HEIGHT // 16)
    ImageDraw.Draw(light).ellipse((x - 55, y - 45, x + 55, y + 60), fill=255)
    light = light.filter(ImageFilter.GaussianBlur(18)).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    return ImageChops.multiply(drawn, Image.merge("RGB", (light, light, light.point(lambda v: v * 15 // 16))))


@cache
def _drawing(name: str) -> Image.Image:
    png = typst.compile(
        str(settings.BASE_DIR / "marketplace/typst/drawing.typ"),
        root=str(settings.BASE_DIR),
        format="png",
        ppi=72,  # a point is a pixel
        sys_inputs={"name": name, "width": str(_DRAWN)},
    )
    with Image.open(io.BytesIO(png)) as opened:
        return opened.convert("RGB")
