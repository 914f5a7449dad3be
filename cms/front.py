"""The home page put together, and kept for seconds: all but its lots, which are read afresh for every visitor.

What is kept changes at once in the process where an editor saves (everywhere, when REDIS_URL names one cache for
all), and elsewhere within SECONDS.
"""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from wagtail.images.models import Image
from wagtail.models import Locale, Page, PageViewRestriction, Site

from farmers.registry.models import Household
from farmers.stock.models import Category, Lot

from .home import gather
from .models import HomePage
from .shelves import Pick, lots_now, pick_lots, shown

SECONDS = 10
_EDITION = "cms.edition"


class Shelf(NamedTuple):
    """A row of lots: which were picked when the page was put together."""

    value: dict[str, Any]
    limit: int
    keys: list[int]


class Front(NamedTuple):
    """A home page without its lots. A part is HTML, or a row that lots are put into."""

    title: str
    seo_title: str
    search_description: str
    begins_with_heading: bool
    parts: list[SafeString | Shelf]


def put_together(home: HomePage, request: HttpRequest) -> tuple[Front, dict[int, Lot]]:
    """The page's parts, with the lots that were read on the way."""
    picks = {Pick.of(block.value) for block in home.body if block.block_type == "featured"}
    picked = pick_lots(picks)
    context = {"page": home, "request": request, "gathered": gather(home)}
    parts: list[SafeString | Shelf] = []
    for block in home.body:
        if block.block_type == "featured":
            pick = Pick.of(block.value)
            facts = {"heading": block.value["heading"], "rule": pick.rule}
            parts.append(Shelf(facts, pick.limit, [lot.pk for lot in picked[pick]]))
        else:
            parts.append(block.render(context=context))
    kinds = [block.block_type for block in home.body]
    front = Front(home.title, home.seo_title, home.search_description, kinds[:1] == ["hero"], parts)
    return front, {lot.pk: lot for lots in picked.values() for lot in lots}


def context_of(front: Front, lots: dict[int, Lot]) -> dict[str, Any]:
    """What the home template shows."""
    parts = [
        {"value": part.value, "found": shown(part.keys, part.limit, lots)}
        if isinstance(part, Shelf)
        else part
        for part in front.parts
    ]
    return {"front": front, "parts": parts}


# --- kept ---------------------------------------------------------------------------------------


def kept(request: HttpRequest) -> dict[str, Any] | None:
    """The context of a home page put together a moment ago, with today's lots: in one query."""
    front: Front | None = cache.get(_key(request))
    if front is None:
        return None
    keys = [key for part in front.parts if isinstance(part, Shelf) for key in part.keys]
    return context_of(front, lots_now(keys) if keys else {})


def keep(request: HttpRequest, front: Front) -> None:
    cache.set(_key(request), front, SECONDS)


def _key(request: HttpRequest) -> str:
    edition = cache.get(_EDITION, "first")
    return f"cms.front.{edition}.{request.get_host()}.{get_language() or settings.LANGUAGE_CODE}"


def begin_anew(**kwargs: object) -> None:
    """After any change of what is kept: the next visitor gets a page put together afresh."""
    cache.set(_EDITION, uuid.uuid4().hex, None)


def on_saved(sender: type, **kwargs: object) -> None:
    if issubclass(sender, _WATCHED):
        begin_anew()


# a household may take its consent back, and then its story leaves the home page at once
_WATCHED = (Page, Site, Locale, PageViewRestriction, Image, Category, Household)
for _signal in (post_save, post_delete):
    _signal.connect(on_saved, dispatch_uid=f"cms.front.{id(_signal)}")
