"""The home page put together: its blocks, and its rows of lots."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail.images.models import Image
from wagtail.models import Locale, Page, PageViewRestriction, Site

from shop.catalogue import kept
from shop.catalogue.offers import Offer

from .home import gather
from .models import HomePage, SiteInfo
from .shelves import Pick, pick_lots
from .supermarkets import WarmHeartShop


def put_together(home: HomePage, request: HttpRequest) -> tuple[dict[str, Any], list[Offer]]:
    """What the home template shows, and the lots that are on it."""
    picked = pick_lots({Pick.of(block.value) for block in home.body if block.block_type == "featured"})
    context = {"page": home, "request": request, "gathered": gather(home)}
    parts: list[Any] = []
    lots: list[Offer] = []
    for block in home.body:
        if block.block_type == "featured":
            pick = Pick.of(block.value)
            parts.append({"heading": block.value["heading"], "rule": pick.rule, "lots": picked[pick]})
            lots += picked[pick]
        else:
            parts.append(block.render(context=context))
    kinds = [block.block_type for block in home.body]
    return {"parts": parts, "begins_with_heading": kinds[:1] == ["hero"]}, lots


def watch_pages() -> None:
    """What editors save is at once on the pages that are kept."""
    kept.watch(Page, Site, Locale, PageViewRestriction, Image, SiteInfo, WarmHeartShop)
