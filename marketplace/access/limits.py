"""How often something may be tried: counted in the database, so that many processes count as one."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from marketplace.personal import digest

from .models import Tries


class Limit(NamedTuple):
    """So many times within `seconds`, counted from the first."""

    name: str
    most: int
    seconds: int


def take(limit: Limit, subject: str) -> bool:
    """Count one try of `subject`; False when there were as many as may be. Twins at once cannot both be the last."""
    key = f"{limit.name}:{digest(subject)}"
    now = timezone.now()
    begun = now - dt.timedelta(seconds=limit.seconds)
    if Tries.objects.filter(key=key, since__gt=begun, count__lt=limit.most).update(count=F("count") + 1):
        return True
    if Tries.objects.filter(key=key, since__lte=begun).update(count=1, since=now):
        return True
    Tries.objects.bulk_create([Tries(key=key, since=now, count=0)], ignore_conflicts=True)
    return bool(
        Tries.objects.filter(key=key, since__gt=begun, count__lt=limit.most).update(count=F("count") + 1)
    )


def spent(limit: Limit, subject: str) -> bool:
    """Whether nothing is left of the limit, without counting a try."""
    begun = timezone.now() - dt.timedelta(seconds=limit.seconds)
    return Tries.objects.filter(
        key=f"{limit.name}:{digest(subject)}", since__gt=begun, count__gte=limit.most
    ).exists()


def give_back(limit: Limit, subject: str) -> None:
    """One try less: it was none."""
    Tries.objects.filter(key=f"{limit.name}:{digest(subject)}", count__gt=0).update(count=F("count") - 1)


def forget(limit: Limit, subject: str) -> None:
    """Begin anew: it went well."""
    Tries.objects.filter(key=f"{limit.name}:{digest(subject)}").delete()


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: the last hop that our own proxy wrote down, or the connection itself."""
    if settings.SECURE_PROXY_SSL_HEADER:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        if hops[-1].strip():
            return hops[-1].strip()[:60]
    return request.META.get("REMOTE_ADDR", "")
