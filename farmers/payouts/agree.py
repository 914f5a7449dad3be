"""What payouts and the books must say alike: a part of `verify_ledger`."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Sum

from farmers.ledger.accounts import Account
from farmers.ledger.bad import Bad
from farmers.ledger.models import Posting

from .models import LIVE, RETURNED, Payout, PayoutLine, PayoutRun


def payouts_hold() -> Iterator[Bad]:
    """Each payout is the sum of its lines, each run of its payouts; and what was paid is posted, once, and nothing else."""
    lines = Payout.objects.annotate(fen=Sum("lines__amount_fen")).exclude(fen=F("amount_fen"))
    for payout in lines.select_related("run").defer("account").order_by("pk")[:1]:
        yield Bad(None, payout.number, "the payout is not the sum of its lines")
    amounts = PayoutLine.objects.exclude(amount_fen=F("entry__amount_fen"))
    owners = PayoutLine.objects.exclude(payout__household=F("entry__household"))
    for line in (amounts | owners).select_related("entry").order_by("pk")[:1]:
        yield Bad(line.entry_id, line.entry.key, "a payout's line is not like its entry")
    for line in PayoutLine.objects.filter(live=True).exclude(payout__state__in=LIVE).order_by("pk")[:1]:
        yield Bad(line.entry_id, "", "a payout that failed still holds its entry")
    for line in PayoutLine.objects.filter(live=False, payout__state__in=LIVE).order_by("pk")[:1]:
        yield Bad(line.entry_id, "", "a payout that was made has let go of its entry")
    for run in PayoutRun.objects.annotate(fen=Sum("payouts__amount_fen")).exclude(fen=F("amount_fen"))[:1]:
        yield Bad(None, run.number, "the run is not the sum of its payouts")
    posted = Posting.objects.filter(kind=Posting.Kind.PAYOUT)
    paid: dict[str, tuple[int, int]] = {}
    for made in (
        Payout.objects.filter(state=Payout.State.PAID).select_related("run").defer("account").iterator(2_000)
    ):
        paid[f"payout:{made.number}"] = (made.household_id, made.amount_fen)
    # what the bank returned stands there twice, there and back
    back = {
        key.removesuffix(RETURNED): (household_id, fen)
        for key, household_id, fen in posted.filter(credit=Account.PAYABLE).values_list(
            "key", "household", "fen"
        )
    }
    out = posted.filter(debit=Account.PAYABLE).values_list("key", "household", "fen")
    for key, *facts in out.iterator(2_000):
        stands = back.pop(key) if key in back else paid.pop(key, None)
        if stands != tuple(facts):
            yield Bad(None, key, "the books have a payout that was not made so")
    for key in sorted(back)[:1]:
        yield Bad(None, key, "the books have a payout returned that was not made")
    for key in sorted(paid)[:1]:
        yield Bad(None, key, "a payout that was made is not in the books")
