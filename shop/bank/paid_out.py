"""What of the money that went out was paid to households: by the run's number in the bank's words, and the amount.

Only shown: what became of each payout is the bank's answer's to say, and the run's page tells it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Q, Sum
from django.urls import reverse

from farmers.payouts.models import Payout, PayoutRun

from .models import BankLine
from .values import folded

_RUN = re.compile(r"FK\s*(\d{8})\s*[-—–]\s*(\d{1,4})(?!\d)")


class PaidOut(NamedTuple):
    """A run, or one payout of it, that a line names. `agrees`: to the fen."""

    number: str
    url: str
    agrees: bool


def paid_out(lines: Sequence[BankLine]) -> dict[int, PaidOut]:
    """By the lines' keys, those that name a run of ours. In three queries, however many lines."""
    named = {line.pk: number for line in lines if not line.came_in and (number := _number(line.words))}
    if not named:
        return {}
    by_bank = Q(payouts__way=Payout.Way.BANK)
    runs = {
        run.number: run
        for run in PayoutRun.objects.filter(number__in=named.values()).annotate(
            sent_fen=Sum("payouts__amount_fen", filter=by_bank, default=0),
            paid_fen=Sum(
                "payouts__amount_fen", filter=by_bank & Q(payouts__state=Payout.State.PAID), default=0
            ),
        )
    }
    amounts = {line.amount_fen for line in lines if line.pk in named}
    single = Payout.objects.filter(run__in=runs.values(), way=Payout.Way.BANK, amount_fen__in=amounts)
    payouts = list(single.select_related("run").only("run__number", "position", "amount_fen", "account_tail"))
    found = {}
    for line in lines:
        run = runs.get(named.get(line.pk, ""))
        if run is None:
            continue
        own = [
            one
            for one in payouts
            if (one.run_id, one.amount_fen) == (run.pk, line.amount_fen)
            and line.payer_tail in {"", one.account_tail}
        ]
        if line.amount_fen in {run.sent_fen, run.paid_fen}:
            found[line.pk] = PaidOut(run.number, run.get_absolute_url(), True)
        elif len(own) == 1:
            url = reverse("payouts:payout", args=[run.number, own[0].position])
            found[line.pk] = PaidOut(own[0].number, url, True)
        else:
            found[line.pk] = PaidOut(run.number, run.get_absolute_url(), False)
    return found


def _number(words: str) -> str:
    found = _RUN.search(folded(words).upper())
    return f"FK{found[1]}-{int(found[2])}" if found else ""
