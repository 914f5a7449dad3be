"""What a page tells search engines, and whoever passes its address on: one address in both languages."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import get_language

register = template.Library()

LOCALES = {"zh-hans": "zh_CN", "en": "en_GB"}


def absolute(path: str) -> str:
    """A path of ours under the site's public address, whichever name it was asked for by."""
    return path if path.startswith(("http://", "https://")) else f"{settings.SITE_URL}{path}"


@register.inclusion_tag("includes/sharing.html", takes_context=True)
def sharing(
    context: template.Context,
    title: str,
    about: str = "",
    picture: Any = None,
    kind: str = "website",
    address: str = "",
) -> dict[str, Any]:
    """`{% sharing page.title page.intro picture=shown kind="article" %}`, in the head of a page that has one address.

    `picture` has `url`, `width` and `height`, or is a lot's photo; without one, the market's own card is shown. (No SVG: nobody takes it.)
    """
    return {
        "title": title,
        "about": about,
        "kind": kind,
        "address": absolute(address or context["request"].path),
        "picture": absolute(getattr(picture, "image", picture).url if picture else static("og.png")),
        "width": picture.width if picture else 1200,
        "height": picture.height if picture else 630,
        "locale": LOCALES.get(get_language() or "", "zh_CN"),
    }
