"""What editors say about the site comes along with its home page: one query less for whoever comes first."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, FilteredRelation, Q
from wagtail.query import PageQuerySet

from marketplace.context import keep_site_info

from .models import HomePage, SiteInfo

_FIELDS = [field.name for field in SiteInfo._meta.concrete_fields if field.name not in ("id", "site")]


def with_site_info(homes: PageQuerySet) -> PageQuerySet:
    """The homes; the one at the root of the default site has its details beside it."""
    default_site = FilteredRelation("sites_rooted_here", condition=Q(sites_rooted_here__is_default_site=True))
    details = {f"site_{name}": F(f"default_site__siteinfo__{name}") for name in ("pk", *_FIELDS)}
    return homes.annotate(default_site=default_site).annotate(rooted=F("default_site__pk"), **details)


def keep_details_of(homes: Iterable[HomePage]) -> None:
    for home in homes:
        if home.rooted is not None:
            info = SiteInfo(**{name: getattr(home, f"site_{name}") for name in _FIELDS})
            keep_site_info(info.told() if home.site_pk else {})
