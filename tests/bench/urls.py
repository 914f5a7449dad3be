"""The site, with the floor beside it: the least that Django does to answer with 24 rows of one query."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from farmers.stock.models import Lot
from marketplace.urls import urlpatterns as site

ROWS = engines["django"].from_string(
    "<!doctype html><title>floor</title><ul>"
    "{% for row in rows %}<li>{{ row.slug }} {{ row.price_fen }} {{ row.grade }}</li>{% endfor %}</ul>"
)


def floor(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROWS.render({"rows": Lot.objects.order_by("-pk")[:24]}, request))


urlpatterns = [path("floor/", floor), *site]
