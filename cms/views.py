"""Which page answers an address: in the reader's language, and in Chinese while nobody has translated it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Substr
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.url_routing import RouteResult
from wagtail.views import serve as wagtail_serve

from marketplace import context
from marketplace.written import Written
from shop.catalogue import kept

from . import frame
from .models import HomePage


@kept.kept
def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Wagtail's own serving, with the page found in fewer queries than its own routing takes."""
    homes = homes_for(request)
    if homes:
        request._wagtail_route_for_request = route(homes, request, path)  # type: ignore[attr-defined]
    response: HttpResponse = wagtail_serve(request, path)
    return response


def homes_for(request: HttpRequest) -> tuple[HomePage, ...]:
    """The site's home in the reader's language, then in Chinese, in one query and kept as long as a page is.

    None when an editor put another kind of page at the root: then Wagtail's way serves.
    """
    languages = tuple(dict.fromkeys([get_language() or settings.LANGUAGE_CODE, settings.LANGUAGE_CODE]))
    host = request.get_host().partition(":")[0]
    return _homes(host, request.get_port(), languages, kept.lately())


@lru_cache(maxsize=50)
def _homes(
    host: str, port: str, languages: tuple[str, ...], lately: tuple[str, float]
) -> tuple[HomePage, ...]:
    """`lately` says how long they are kept."""
    ask_details = context.known_site_info() is None
    homes = _question(host, port, languages, ask_details).ask()
    if ask_details:
        frame.keep_details_of(homes)
    return tuple(sorted(homes, key=lambda home: languages.index(home.locale.language_code)))


@lru_cache(maxsize=50)
def _question(host: str, port: str, languages: tuple[str, ...], with_details: bool) -> Written[HomePage]:
    sites = Site.objects.filter(Q(hostname=host) | Q(is_default_site=True)).order_by(
        Case(
            When(hostname=host, port=port, then=Value(0)),
            When(hostname=host, then=Value(1)),
            default=Value(2),
        )
    )
    restrictions = PageViewRestriction.objects.filter(
        Q(page__path=OuterRef("path")) | Q(page__path=Substr(OuterRef("path"), 1, Page.steplen))
    )
    homes = (
        HomePage.objects.live()
        .filter(
            translation_key=sites.values("root_page__translation_key")[:1],
            locale__language_code__in=languages,
        )
        .select_related("locale")
        .annotate(unrestricted=~Exists(restrictions))
    )
    return Written(frame.with_site_info(homes) if with_details else homes)


def route(homes: Iterable[HomePage], request: HttpRequest, path: str) -> RouteResult | None:
    """The first of the homes' pages at `path`; None when no language has one."""
    components = [part for part in path.split("/") if part]
    for home in homes:
        try:
            return home.route(request, components)
        except Http404:
            continue
    return None
