"""Who is told of lots: the officer of what a household lists, the household of what became of it, both of what spoils."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import partial

from django.db.models import Q
from django.urls import reverse
from django_tasks import task

from farmers.registry.models import Officer
from farmers.stock.models import Lot
from marketplace.days import today
from marketplace.notices.tell import tell
from marketplace.notices.words import in_both
from marketplace.templatetags.market import amount, month_day, name_


def officers_of(lots: Iterable[Lot]) -> dict[int, set[int]]:
    """The accounts that answer for these lots' villages, with the lots of each."""
    places = {lot.pk: (lot.village_id, lot.town_id) for lot in lots}
    posts = Officer.objects.filter(user__isnull=False).filter(
        Q(village__in={village for village, _town in places.values()})
        | Q(village=None, town__in={town for _village, town in places.values()})
    )
    found: dict[int, set[int]] = defaultdict(set)
    for user_id, village_id, town_id in posts.values_list("user", "village", "town"):
        for pk, (village, town) in places.items():
            if village_id == village or (village_id is None and town_id == town):
                found[user_id].add(pk)
    return found


def _lots(lot_ids: Sequence[int]) -> list[Lot]:
    return list(
        Lot.objects.filter(pk__in=lot_ids)
        .select_related("product", "village", "household")
        .defer("household__phone", "household__id_number", "household__bank_account")
    )


def _goods(lot: Lot) -> dict[str, str]:
    return in_both("goods", lambda: f"{name_(lot.product)} {amount(lot.listed, lot.unit_size, lot.unit)}")


@task(backend="notices")
def lot_waits(lot_id: int) -> int:
    """A household wrote something down: somebody has to look at it."""
    lots = _lots([lot_id])
    told = 0
    for lot in lots:
        facts = _goods(lot) | in_both("village", partial(name_, lot.village))
        told += tell(officers_of(lots), "to_check", facts, reverse("officer"), f"lot:{lot.pk}:waits")
    return told


@task(backend="notices")
def lots_checked(lot_ids: Sequence[int]) -> int:
    """The household hears what its officer decided."""
    told = 0
    for lot in _lots(lot_ids):
        check = lot.checks.order_by("-pk").first()
        if check is None or not lot.household.user_id:
            continue
        facts = in_both("product", partial(name_, lot.product)) | {"why": check.why}
        kind = "on_sale" if check.approved else "sent_back"
        told += tell(
            [lot.household.user_id], kind, facts, reverse("selling:one", args=[lot.pk]), f"check:{check.pk}"
        )
    return told


@task(backend="notices")
def lots_in_danger(lot_ids: Sequence[int]) -> int:
    """Each household of its own goods; each officer once a day, of how many there are."""
    day = today()
    lots = _lots(lot_ids)
    told = 0
    for lot in lots:
        if lot.household.user_id:
            facts = in_both("product", partial(name_, lot.product))
            facts |= in_both("day", partial(month_day, lot.good_until))
            link = reverse("selling:one", args=[lot.pk])
            told += tell([lot.household.user_id], "spoils", facts, link, f"lot:{lot.pk}:spoils")
    counts = Counter({user: len(own) for user, own in officers_of(lots).items()})
    for user, count in sorted(counts.items()):
        link = reverse("clearance:list")
        told += tell([user], "spoiling", {"count": str(count)}, link, f"spoiling:{day}")
    return told


def on_lot_checked(sender: object, lot_ids: Sequence[int], **kwargs: object) -> None:
    lots_checked.enqueue(list(lot_ids))


def on_stock_in_danger(sender: object, lot_ids: Sequence[int], **kwargs: object) -> None:
    lots_in_danger.enqueue(list(lot_ids))
