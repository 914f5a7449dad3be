"""An offer in the words of schema.org, so that search engines show its price and whether any is left."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from farmers.stock.models import Lot, LotPhoto
from marketplace import money
from marketplace.days import today
from marketplace.quantity import Measure
from marketplace.templatetags import market
from marketplace.templatetags.sharing import absolute

# in a script element only these could end it, or begin another
_ESCAPED = {ord(letter): f"\\u{ord(letter):04X}" for letter in "<>&\u2028\u2029"}
# codes of UN/CEFACT: kilogram, piece
_KILOGRAM, _PIECE = "KGM", "C62"


def offer_data(lot: Lot, photos: Iterable[LotPhoto]) -> dict[str, Any]:
    """Product and Offer. The household is left out: it agreed to be shown here, not to be spread."""
    price = money.yuan(lot.price_fen).replace(",", "")
    by_weight = lot.product.measure == Measure.GRAM
    address = absolute(lot.get_absolute_url())
    offer: dict[str, Any] = {
        "@type": "Offer",
        "url": address,
        "price": price,
        "priceCurrency": "CNY",
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": price,
            "priceCurrency": "CNY",
            "unitText": market.unit(lot.unit),
            "referenceQuantity": {
                "@type": "QuantitativeValue",
                "value": lot.unit_size / 1000 if by_weight else lot.unit_size,
                "unitCode": _KILOGRAM if by_weight else _PIECE,
            },
        },
        "availability": f"https://schema.org/{_availability(lot)}",
        "availableAtOrFrom": {"@type": "Place", "name": market.name_(lot.town)},
        "seller": {"@type": "Organization", "name": _("Dingzhou Harvest Market"), "url": absolute("/")},
    }
    if lot.good_until:
        offer["priceValidUntil"] = lot.good_until.isoformat()
    product: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "@id": address,
        "name": market.name_(lot.product),
        "category": market.name_(lot.category),
        "sku": lot.slug,
        "image": [absolute(photo.image.url) for photo in photos]
        or [absolute(static(f"products/{lot.product.illustration}.svg"))],
        "offers": offer,
    }
    if lot.note:
        product["description"] = lot.note
    if lot.harvested_on:
        product["productionDate"] = lot.harvested_on.isoformat()
    return product


def _availability(lot: Lot) -> str:
    if not lot.is_on_sale(today()):
        return "Discontinued"
    return "InStock" if lot.available else "SoldOut"


def as_script(data: dict[str, Any]) -> SafeString:
    """The data as a block that a browser reads past: no text in it can leave the element."""
    words = json.dumps(data, ensure_ascii=False).translate(_ESCAPED)
    return mark_safe(f'<script type="application/ld+json">{words}</script>')
