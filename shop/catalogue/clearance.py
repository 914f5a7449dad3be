"""The clearance shelf: what is good today and not for long, the nearest to its last day first."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from farmers.stock.clearance import in_danger
from farmers.stock.models import Product
from marketplace.days import today

from .offers import PAGE_SIZE, offers


@never_cache
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """`product` names one kind of goods, for whoever comes from a notice."""
    day = today()
    found = offers(day).filter(in_danger(day))
    product = Product.objects.filter(slug=request.GET.get("product", "").replace("\0", "")).first()
    if product:
        found = found.filter(product=product)
    page = Paginator(found.order_by("good_until", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "catalogue/clearance.html", {"page": page, "product": product})
