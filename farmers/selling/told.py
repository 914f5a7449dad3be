"""Who is told of lots: the officer of what a household lists, the household of what became of it, both of what spoils."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from django.urls import reverse
from django_tasks import task

from farmers.registry.models import encrypted
from farmers.registry.officers import answering_for
from farmers.stock.models import Lot
from marketplace.days import today
from marketplace.notices.tell import Telling, tell, tell_each
from marketplace.notices.words import in_both
from marketplace.templatetags.market import amount, month_day, name_


def _lots(lot_ids: Sequence[int]) -> list[Lot]:
    return list(
        Lot.objects.filter(pk__in=lot_ids)
        .select_related("product", "village", "household")
        .defer(*encrypted("household__"))
    )


def _goods(lot: Lot) -> dict[str, str]:
    return in_both("goods", lambda: f"{name_(lot.product)} {amount(lot.listed, lot.unit_size, lot.unit)}")


@task(backend="notices")
def lot_waits(lot_id: int) -> int:
    """A household wrote something down, or put it right: somebody has to look at it."""
    (lot,) = _lots([lot_id])
    facts = _goods(lot) | in_both("village", partial(name_, lot.village))
    # sent back and put right it is to be looked at again
    key = f"lot:{lot.pk}:waits:{lot.checks.count()}"
    return tell(
        answering_for([lot.village_id]), "to_check", facts, reverse("officers:check", args=[lot.pk]), key
    )


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
    villages = Counter(lot.village_id for lot in lots)
    link = reverse("clearance:list")
    tellings = [
        Telling(user_id, "spoiling", {"count": str(sum(villages[village] for village in own))}, link)
        for user_id, own in answering_for(villages).items()
    ]
    return told + tell_each(tellings, f"spoiling:{day}")


def on_lot_waits_again(sender: object, lot_ids: Sequence[int], **kwargs: object) -> None:
    for lot_id in lot_ids:
        lot_waits.enqueue(lot_id)


def on_lot_checked(sender: object, lot_ids: Sequence[int], **kwargs: object) -> None:
    lots_checked.enqueue(list(lot_ids))


def on_stock_in_danger(sender: object, lot_ids: Sequence[int], **kwargs: object) -> None:
    lots_in_danger.enqueue(list(lot_ids))
