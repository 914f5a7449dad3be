"""Match whatever is sure, by itself: after a file is taken in, or when the cashier asks again."""

from __future__ import annotations

import time
from typing import NamedTuple

from marketplace.access.models import User
from shop.payments.receive import NotTaken

from .guess import asked, guess, read_statements
from .match import match
from .models import BankLine

# nobody waits longer for one page, and no server either
SECONDS = 15.0


class Settled(NamedTuple):
    """Lines that found whose they are, and their fen; those still to match, of which `unseen` were not looked at yet."""

    lines: int
    fen: int
    left: int
    unseen: int = 0


def settle_sure(by: User, seconds: float = SECONDS) -> Settled:
    """The oldest line first, each in a transaction of its own, for so long. May run twice, and beside another."""
    until = time.monotonic() + seconds
    lines = list(BankLine.objects.filter(state=BankLine.State.NEW).order_by("day", "time", "pk"))
    of = asked(lines)
    done = fen = 0
    for seen, line in enumerate(lines):
        if time.monotonic() > until:
            return Settled(done, fen, len(lines) - done, len(lines) - seen)
        best = guess(line, of)
        if best is None or not best.sure:
            continue
        try:
            match(line.pk, best.parts, by, by_itself=True)
        except NotTaken:
            continue
        done, fen = done + 1, fen + line.amount_fen
        # it has paid something: the next line finds what is left
        read_statements(of, {part.unit for part in best.parts if part.unit})
        for order in of.orders.values():
            if any(part.order == order.pk or part.unit == order.organisation_id for part in best.parts):
                order.refresh_from_db(fields=["paid_fen", "state"])
    return Settled(done, fen, len(lines) - done)
