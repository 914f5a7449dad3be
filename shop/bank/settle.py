"""Match whatever is sure, by itself: after a file is taken in, or when the cashier asks again."""

from __future__ import annotations

from typing import NamedTuple

from marketplace.access.models import User
from shop.payments.receive import NotTaken

from .guess import asked, guess, read_statements
from .match import match
from .models import BankLine


class Settled(NamedTuple):
    """Lines that found whose they are, and their fen; those still to match."""

    lines: int
    fen: int
    left: int


def settle_sure(by: User) -> Settled:
    """The oldest line first, each in a transaction of its own. May run twice, and beside another."""
    lines = list(BankLine.objects.filter(state=BankLine.State.NEW).order_by("day", "time", "pk"))
    of = asked(lines)
    done = fen = 0
    for line in lines:
        best = guess(line, of)
        if best is None or not best.sure:
            continue
        try:
            match(line.pk, best.parts, by, by_itself=True)
        except NotTaken:
            continue
        done, fen = done + 1, fen + line.amount_fen
        # it has paid something: the next line finds what is left
        read_statements(of)
        for order in of.orders.values():
            order.refresh_from_db(fields=["paid_fen", "state"])
    return Settled(done, fen, len(lines) - done)
