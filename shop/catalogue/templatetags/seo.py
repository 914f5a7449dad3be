from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from farmers.stock.models import Lot, LotPhoto
from shop.catalogue import seo

register = template.Library()


@register.simple_tag
def offer_data(lot: Lot, photos: Iterable[LotPhoto]) -> SafeString:
    """The offer for search engines, in the head of its page."""
    return seo.as_script(seo.offer_data(lot, photos))
