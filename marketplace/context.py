from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest

from marketplace.asked import whole_number

BASKET_COUNT_COOKIE = "basket_count"
_SITE_INFO = "site_info"
_SECONDS = 60  # other processes hear of an editor's change within this


def site(request: HttpRequest) -> dict[str, object]:
    """What every page's frame shows."""
    return {"basket_count": basket_count(request)}


def basket_count(request: HttpRequest) -> int:
    """How many lines the visitor's basket has: it travels in a cookie, so that it costs no query."""
    told = getattr(request, "basket_told", None)
    count = str(told[1]) if told else request.COOKIES.get(BASKET_COUNT_COOKIE, "")
    return whole_number(count, 3) or 0


def site_info() -> dict[str, Any]:
    """What editors say about the site (menu, hotline, licence), kept for a minute; empty until they do."""
    known = known_site_info()
    if known is None:
        known = {}
        # named, not imported: the frame knows nothing of the rooms that fill it
        if "siteinfo" in apps.all_models["cms"]:
            rows = apps.get_model("cms", "SiteInfo")._default_manager.order_by("-site__is_default_site")
            info = rows.first()
            known = info.told() if info else {}
        keep_site_info(known)
    return known


def known_site_info() -> dict[str, Any] | None:
    """What is known of it without a query; None when it has to be asked."""
    known: dict[str, Any] | None = cache.get(_SITE_INFO)
    return known


def keep_site_info(told: dict[str, Any]) -> None:
    """For whoever has asked for it together with something else."""
    cache.set(_SITE_INFO, told, _SECONDS)


def forget_site_info(**kwargs: object) -> None:
    cache.delete(_SITE_INFO)


for _signal in (post_save, post_delete):
    _signal.connect(forget_site_info, sender="cms.SiteInfo", dispatch_uid=f"site_info.{id(_signal)}")
