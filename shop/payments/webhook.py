"""Where Stripe tells us what happened: `/webhooks/stripe/`."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .providers import NotAuthentic
from .stripe import events as stripe_events

logger = logging.getLogger(__name__)

# Stripe's largest events are some 100 kB
LARGEST_BODY = 512 * 1024


@never_cache
@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """200: stored, now or before. 400: not from Stripe. 500: not applied, and nothing stored: send it again."""
    if not settings.STRIPE_WEBHOOK_SECRET:
        return _answer("no webhook is set up here", 404)
    try:
        too_big = int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY
        body = b"" if too_big else request.body
    except (ValueError, RequestDataTooBig):
        too_big = True
    if too_big:
        return _answer("too big", 413)
    try:
        event = stripe_events.read(body, request.headers.get("Stripe-Signature", ""))
    except NotAuthentic as refused:
        logger.warning("webhook refused: %s", refused)
        return _answer(f"refused: {refused}", 400)
    try:
        fresh = stripe_events.take(event)
    except Exception:
        logger.exception("webhook %s %s not applied", event.kind, event.id)
        return _answer("not applied", 500)
    return _answer("applied" if fresh else "known", 200)


def _answer(word: str, status: int) -> HttpResponse:
    return HttpResponse(word, status=status, content_type="text/plain")
