"""Requests that come again every week: the next week's draft, made once, whoever runs this and how often."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from .drafts import copied
from .models import BulkRequest, State

# what was asked for, whatever became of it
ASKED = (State.HELD, State.APPROVED, State.LAPSED)


def due() -> list[int]:
    """The weekly requests that were submitted and have no next week yet."""
    asked = BulkRequest.objects.filter(weekly=True, state__in=ASKED, copies=None)
    return list(asked.order_by("pk").values_list("pk", flat=True))


def repeat() -> int:
    """A draft a week later for each request that is due; returns how many were made. Safe to run twice and at once."""
    return sum(_repeat(request_id) for request_id in due())


def _repeat(request_id: int) -> bool:
    try:
        with transaction.atomic():
            request = BulkRequest.objects.select_related("organisation", "by").get(pk=request_id)
            copied(request, request.by, weekly=True, copied_from=request)
    except IntegrityError:
        # another run has made it meanwhile: one request has one next week
        if not BulkRequest.objects.filter(copied_from=request_id).exists():
            raise
        return False
    return True
