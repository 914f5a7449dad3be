"""Who answers for a village: the officer of it, and whoever has the whole town."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from .models import Officer, Village


def answering_for(village_ids: Iterable[int]) -> dict[int, set[int]]:
    """The accounts that answer for these villages, with those of each. Two queries."""
    towns = dict(Village.objects.filter(pk__in=set(village_ids)).order_by("pk").values_list("pk", "town"))
    posts = (
        Officer.objects.filter(user__isnull=False)
        .filter(Q(village__in=towns) | Q(village=None, town__in=towns.values()))
        .order_by("pk")
    )
    found: dict[int, set[int]] = defaultdict(set)
    for user_id, village_id, town_id in posts.values_list("user", "village", "town"):
        own = {village_id} if village_id else {village for village, town in towns.items() if town == town_id}
        found[user_id] |= own
    return found
