"""The home page put together: its blocks, and its rows of lots."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from wagtail.images.models import Image
from wagtail.models import Locale, Page, PageViewRestriction, Site

from marketplace.days import today
from shop.catalogue import kept
from shop.catalogue.offers import Offer

from .home import gather
from .models import HomePage, LandingPage, SiteInfo
from .shelves import Pick, pick_lots
from .supermarkets import WarmHeartShop


def put_together(home: HomePage | LandingPage, request: HttpRequest) -> tuple[dict[str, Any], list[Offer]]:
    """What the home template shows, and the lots that are on it."""
    picked = pick_lots({Pick.of(block.value) for block in home.body if block.block_type == "featured"})
    if getattr(request, "is_preview", False):
        drawn = _draw(home)
    else:
        drawn = _drawn(home, get_language() or "", today(), kept.lately())
    parts: list[Any] = []
    lots: list[Offer] = []
    for block, html in zip(home.body, drawn, strict=True):
        if html is None:
            pick = Pick.of(block.value)
            parts.append({"heading": block.value["heading"], "rule": pick.rule, "lots": picked[pick]})
            lots += picked[pick]
        else:
            parts.append(html)
    kinds = [block.block_type for block in home.body]
    return {"parts": parts, "begins_with_heading": kinds[:1] == ["hero"]}, lots


def _draw(home: HomePage | LandingPage) -> list[SafeString | None]:
    """Each block as it is shown to everybody; None for a row of lots, which is drawn each time."""
    context = {"page": home, "gathered": gather(home)}
    return [None if block.block_type == "featured" else block.render(context) for block in home.body]


@lru_cache(maxsize=50)
def _drawn(
    home: HomePage | LandingPage, language: str, day: dt.date, lately: tuple[str, float]
) -> list[SafeString | None]:
    """Kept as long as a page is: what blocks tell is neither price nor stock."""
    return _draw(home)


def watch_pages() -> None:
    """What editors save is at once on the pages that are kept."""
    kept.watch(Page, Site, Locale, PageViewRestriction, Image, SiteInfo, WarmHeartShop)
