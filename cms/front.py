"""The home page put together: its blocks, and its rows of lots."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any, NamedTuple

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


class Row(NamedTuple):
    """A row of lots, which are picked anew each time."""

    heading: str
    pick: Pick


def put_together(home: HomePage | LandingPage, request: HttpRequest) -> tuple[dict[str, Any], list[Offer]]:
    """What the home template shows, and the lots that are on it."""
    if getattr(request, "is_preview", False):
        drawn = _draw(home)
    else:
        drawn = _drawn(home, get_language() or "", today(), kept.lately())
    picked = pick_lots({part.pick for part in drawn if isinstance(part, Row)})
    parts: list[Any] = []
    lots: list[Offer] = []
    for part in drawn:
        if isinstance(part, Row):
            parts.append({"heading": part.heading, "rule": part.pick.rule, "lots": picked[part.pick]})
            lots += picked[part.pick]
        else:
            parts.append(part)
    begins_with_heading = bool(home.body) and home.body[0].block_type == "hero"
    return {"parts": parts, "begins_with_heading": begins_with_heading}, lots


def _draw(home: HomePage | LandingPage) -> list[SafeString | Row]:
    """The blocks of a page in their order, as they are shown to everybody."""
    context = {"page": home, "gathered": gather(home)}
    return [
        Row(block.value["heading"], Pick.of(block.value))
        if block.block_type == "featured"
        else block.render(context)
        for block in home.body
    ]


@lru_cache(maxsize=50)
def _drawn(
    home: HomePage | LandingPage, language: str, day: dt.date, lately: tuple[str, float]
) -> list[SafeString | Row]:
    """Kept as long as a page is: what blocks tell is neither price nor stock."""
    return _draw(home)


def watch_pages() -> None:
    """What editors save is at once on the pages that are kept."""
    kept.watch(Page, Site, Locale, PageViewRestriction, Image, SiteInfo, WarmHeartShop)
