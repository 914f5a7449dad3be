from __future__ import annotations

from typing import Any

from django.core.paginator import Page as Slice
from django.core.paginator import Paginator
from django.http import HttpRequest

PAGE_SIZE = 12


def paged(articles: Any, request: HttpRequest) -> Slice[Any]:
    """One page of a list of stories or notices; a wrong number shows the nearest page there is."""
    return Paginator(articles, PAGE_SIZE).get_page(request.GET.get("page"))
