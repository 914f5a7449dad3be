"""Whole pages kept for people who are not signed in, and never stale on price or stock.

A page is kept with every lot on it, as the lot was when the page was drawn. Before it is given out again, one query
reads those lots anew, and the page goes out only when not one of them has changed: whoever changed it, in whichever
process, by a verb or by hand. A list of lots also goes by the number of the last stock movement, so that what comes
back on sale is on it at once. All else on a page (a name, a story, a picture) is at most SECONDS old, and new at once
in the process that saved it (in all processes, where REDIS_URL gives them one cache).

What is one visitor's own is never kept: the pages of whoever has a session, messages, cookies, forms' tokens.
"""

from __future__ import annotations

import hashlib
import re
import time
import uuid
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from operator import attrgetter
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache, caches
from django.db import models, transaction
from django.db.models import QuerySet, Subquery
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.response import SimpleTemplateResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language

from farmers.stock.models import Lot, StockMovement
from marketplace.context import basket_count
from marketplace.days import today
from marketplace.written import Given, Written

View = Callable[..., HttpResponse]

SECONDS = 10
MAX_ADDRESS = 300
_EDITION = "catalogue.edition"
# all of a lot that any page tells; its row is another when one of these is. A row of `offers()` begins with them
FACTS = (
    *("pk", "household_id", "product_id", "town_id", "state", "available", "price_fen", "unit", "unit_size"),
    *("harvested_on", "good_until", "grade", "note", "cover", "listed_at", "household__consent_on"),
)
_facts_of_model = attrgetter(*(name.replace("__", ".") for name in FACTS))
_TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[^"]+')

last_movement = StockMovement.objects.order_by("-pk").values_list("pk", flat=True)[:1]


@lru_cache(maxsize=1)
def _last_movement() -> Written[int]:
    return Written(last_movement)


def moved_last() -> int | None:
    """The number of the last stock movement. One query."""
    return next(iter(_last_movement().ask()), None)


@lru_cache(maxsize=200)
def _as_now(number: int, with_movement: bool) -> Written[tuple[Any, ...]]:
    """The question for so many lots as they are; their keys are `0`, `1` and so on."""
    movement = [Subquery(last_movement)] if with_movement else []
    lots: QuerySet[Lot, Any] = Lot.objects.order_by().values_list(*FACTS, *movement)
    return Written(lots.filter(pk__in=[Given(str(place)) for place in range(number)]))


class Seen(NamedTuple):
    """The lots on a page as they were. `moved`: the last movement before the page, if the page goes by it."""

    lots: frozenset[tuple[Any, ...]]
    moved: int | None
    by_movement: bool

    def still_holds(self) -> bool:
        """Whether the lots are as they were. One query."""
        if not self.lots:
            return moved_last() == self.moved
        keys = {str(place): lot[0] for place, lot in enumerate(self.lots)}
        now = set(_as_now(len(keys), self.by_movement).ask(**keys))
        return now == ({(*lot, self.moved) for lot in self.lots} if self.by_movement else self.lots)


class Page(NamedTuple):
    """A page without its forms' tokens: they stand between the pieces."""

    pieces: list[bytes]
    seen: Seen


def _facts_of(lot: Lot | tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(lot[: len(FACTS)]) if isinstance(lot, tuple) else _facts_of_model(lot)


def may_be_kept(request: HttpRequest, lots: Iterable[Lot | tuple[Any, ...]]) -> None:
    """Said by a view: what it answers holds for every stranger as long as these lots, and they alone, stay the same."""
    if seen := frozenset(map(_facts_of, lots)):
        request.seen = Seen(seen, None, by_movement=False)  # type: ignore[attr-defined]


def list_may_be_kept(request: HttpRequest, lots: Iterable[Lot | tuple[Any, ...]], moved: int | None) -> None:
    """The same of a list that other lots may come to: it also ends with the next movement after `moved`."""
    request.seen = Seen(frozenset(map(_facts_of, lots)), moved, by_movement=True)  # type: ignore[attr-defined]


def kept(view: View) -> View:
    """Answer from what is kept, where the view said that its answer may be."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key(request)
        page: Page | None = caches["pages"].get(key) if key else None
        if page and page.seen.still_holds():
            content = page.pieces[0]
            if len(page.pieces) > 1:
                content = get_token(request).encode().join(page.pieces)
            response = HttpResponse(content)
        else:
            response = view(request, *args, **kwargs)
            if key and request.method == "GET":
                _keep(key, request, response)
        # a shared cache would give one visitor's token and basket to another
        patch_cache_control(response, private=True, no_cache=True)
        return response

    return wrapper


def _keep(key: str, request: HttpRequest, response: HttpResponse) -> None:
    seen = getattr(request, "seen", None)
    if seen is None or response.status_code != 200 or response.streaming or response.cookies:
        return
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    caches["pages"].set(key, Page(_TOKEN.split(response.content), seen), SECONDS)


def _key(request: HttpRequest) -> str | None:
    """Tells apart what is drawn differently; None for whom, or for what, no page is kept."""
    address = request.get_full_path()
    own = any(request.COOKIES.get(name) for name in (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name))
    if own or request.method not in ("GET", "HEAD") or len(address) > MAX_ADDRESS:
        return None
    asked_by = [
        request.headers.get(f"HX-{name}") for name in ("Request", "Boosted", "History-Restore-Request")
    ]
    told_apart = (
        lately(),
        today(),
        get_language(),
        request.get_host(),
        basket_count(request),
        asked_by,
        address,
    )
    return hashlib.sha256(repr(told_apart).encode()).hexdigest()


# --- pieces of pages ---------------------------------------------------------------------------

_window = ("", 0.0)


def lately() -> tuple[str, float]:
    """Stands in the key of all that may be SECONDS old: another one after so long, and after every edit here.

    A page and the pieces on it end together, so that what is on a page is no older than the page may be.
    """
    global _window
    edited, now = edition(), time.time()
    if edited != _window[0] or not 0 <= now - _window[1] <= SECONDS:
        _window = (edited, now)
    return _window


# --- edits -------------------------------------------------------------------------------------


def edition() -> str:
    """Another one after every edit of what pages tell; it stands in the key of all that is kept of them."""
    return str(cache.get_or_set(_EDITION, lambda: uuid.uuid4().hex, None))


def begin_anew(**kwargs: object) -> None:
    """Something was edited: what was kept before is not found any more."""
    cache.set(_EDITION, uuid.uuid4().hex, None)
    # whoever asked in between may have kept what was still true for them
    if transaction.get_connection().in_atomic_block:
        transaction.on_commit(lambda: cache.set(_EDITION, uuid.uuid4().hex, None))


def watch(*kinds: type[models.Model]) -> None:
    """What is saved here of these kinds, or of kinds of theirs, is seen here at once. Said when all models are known.

    Each kind is listened to by name: a listener to all would make every deletion in the database a slow one.
    """
    for model in apps.get_models():
        if issubclass(model, kinds):
            for signal in (post_save, post_delete):
                signal.connect(
                    begin_anew, sender=model, dispatch_uid=f"{_EDITION}.{model._meta.label}.{id(signal)}"
                )
