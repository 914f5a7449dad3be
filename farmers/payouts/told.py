"""Who is told of payouts: the household that its money was sent or could not be, its officer of the latter."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.urls import reverse
from django_tasks import task

from farmers.registry.models import encrypted
from farmers.registry.officers import answering_for
from marketplace.money import yuan
from marketplace.notices.tell import tell
from marketplace.notices.words import in_both
from marketplace.templatetags.market import name_

from .models import Payout


@task(backend="notices")
def payouts_ended(payout_ids: Sequence[int]) -> int:
    payouts = (
        Payout.objects.filter(pk__in=payout_ids, state__in=[Payout.State.PAID, Payout.State.FAILED])
        .select_related("household__village", "run")
        .defer("account", *encrypted("household__"))
    )
    told = 0
    for payout in payouts:
        facts = {"amount": yuan(payout.amount_fen), "tail": payout.account_tail, "why": payout.reason}
        paid = payout.state == Payout.State.PAID
        kind = ("paid_out" if payout.account_tail else "paid_cash") if paid else "not_paid"
        own = reverse("selling:payout", args=[payout.pk])
        told += tell([payout.household.user_id], kind, facts, own, f"payout:{payout.pk}:{payout.state}")
        if not paid:
            facts |= in_both("village", partial(name_, payout.household.village))
            link = reverse("officers:payouts", args=[payout.household_id])
            officers = answering_for([payout.household.village_id])
            told += tell(officers, "household_not_paid", facts, link, f"payout:{payout.pk}:officer")
    return told
