"""What search engines may read: our public pages, and every offer on sale. One address each, in both languages."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import index, sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.models import Page

from farmers.stock.models import Lot
from marketplace.days import today

LIMIT = 5_000


class Place(NamedTuple):
    address: str
    changed: dt.datetime | None


class Section(Sitemap):
    """Addresses under the site's public name; the newest change is not looked for, or every row would be read."""

    limit = LIMIT
    protocol = urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_latest_lastmod(self) -> None:
        return None


class Pages(Section):
    """The shop's and the ledger's front, and what editors published for everybody."""

    def items(self) -> list[Place]:
        # a story leaves when its household takes its consent back
        live = (
            Page.objects.live()
            .public()
            .filter(depth__gt=1)
            .exclude(storypage__household__isnull=False, storypage__household__consent_on=None)
        )
        rows = live.order_by("path").values_list("url_path", "last_published_at")
        # the trees of the languages share their addresses
        places = {"/" + path.lstrip("/").partition("/")[2]: changed for path, changed in rows}
        rooms = map(reverse, ("shop:listing", "ledger:public", "contact"))
        return [Place("/", None), *(Place(room, None) for room in rooms)] + [
            Place(address, changed) for address, changed in places.items() if address != "/"
        ]

    def location(self, item: Place) -> str:
        return item.address

    def lastmod(self, item: Place) -> dt.datetime | None:
        return item.changed


class Offers(Section):
    def items(self) -> QuerySet[Lot]:
        return Lot.objects.on_sale(today()).filter(available__gt=0).only("slug").order_by("pk")


SECTIONS: dict[str, type[Sitemap[Any]] | Sitemap[Any]] = {"pages": Pages, "offers": Offers}


@require_safe
def site_map(request: HttpRequest, section: str | None = None) -> HttpResponse:
    """All addresses in one file, or an index of files once they are more than LIMIT."""
    if section:
        return sitemap(request, SECTIONS, section)
    if any(part().paginator.num_pages > 1 for part in (Pages, Offers)):
        return index(request, SECTIONS, sitemap_url_name="sitemap_section")
    return sitemap(request, SECTIONS)
