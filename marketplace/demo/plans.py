"""An order of the demo before it is written: what was taken off the shelves, and how far it came."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from farmers.ledger.kinds import BuyerKind, Channel
from farmers.registry.models import Household
from marketplace.access.models import User
from marketplace.days import SHANGHAI
from marketplace.money import line_amount_fen
from marketplace.quantity import unit_size
from shop.buyers.models import BuyerOrganisation
from shop.orders.models import PayBy, State

from .season import FACTS
from .supply import Batch, Shelves


@dataclass(eq=False)
class PlannedLine:
    """Quantities in grams or pieces. `sound` goods that came back are for sale again."""

    batch: Batch
    quantity: int
    accepted: int | None = None
    returned: int = 0
    sound: bool = False

    def fen(self, quantity: int) -> int:
        return line_amount_fen(self.batch.new.price_fen, quantity, unit_size(self.batch.new.unit))


@dataclass(eq=False)
class Plan:
    """Each moment that is not None has come. `paid_at`: an online order's total, else what was accepted."""

    buyer: User
    unit: BuyerOrganisation | None
    pay_by: PayBy
    placed_at: dt.datetime
    lines: list[PlannedLine]
    state: State = State.CONFIRMED
    reserved_until: dt.datetime | None = None
    confirmed_at: dt.datetime | None = None
    dispatched_at: dt.datetime | None = None
    stops: list[dt.datetime] = field(default_factory=list)
    delivered_at: dt.datetime | None = None
    accepted_at: dt.datetime | None = None
    returned_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    paid_at: dt.datetime | None = None
    # the officer who took the cash at the door, and has it in hand
    taken_by: User | None = None
    refunded_at: dt.datetime | None = None
    # the buyer sends the money by bank on that day, and the cashier reads of it in the bank's file
    by_bank_on: dt.date | None = None
    # money that came in another amount than was asked for
    differs_fen: int = 0
    # of several villages, only the first has sent its goods
    partly: bool = False
    wanted_on: dt.date | None = None
    why: str = ""
    note: str = ""

    @property
    def channel(self) -> Channel:
        return self.unit.channel if self.unit else Channel.ONLINE

    @property
    def buyer_kind(self) -> str:
        return self.unit.kind if self.unit else BuyerKind.CITIZEN

    @property
    def total_fen(self) -> int:
        return sum(line.fen(line.quantity) for line in self.lines)

    @property
    def received_fen(self) -> int:
        """What was accepted, before any return."""
        return sum(line.fen(line.accepted or 0) for line in self.lines)

    @property
    def accepted_fen(self) -> int:
        """What was accepted and kept."""
        return sum(line.fen((line.accepted or 0) - line.returned) for line in self.lines)


def moment(day: dt.date, hour: int, minute: int) -> dt.datetime:
    """A time of a Shanghai day."""
    return dt.datetime.combine(day, dt.time(hour, minute), SHANGHAI)


def line(
    shelves: Shelves,
    slug: str,
    day: dt.date,
    units: int,
    lines: list[PlannedLine],
    household: Household | None = None,
) -> None:
    """Take `units` of the product's usual unit off the shelves, as one more of the order's lines."""
    quantity = units * unit_size(FACTS[slug].unit)
    batch = shelves.take(slug, day, quantity, household)
    if any(other.batch is batch for other in lines):  # a lot stands in an order once
        batch.left += quantity
        return
    lines.append(PlannedLine(batch, quantity))


def accept(plan: Plan, at: dt.datetime, rng: Random, short: float = 0.07) -> None:
    """Accepted: most of it whole, some a little short."""
    plan.state, plan.accepted_at = State.ACCEPTED, at
    for each in plan.lines:
        each.accepted = each.quantity
        if rng.random() < short and each.quantity > 20:
            step = 500 if each.quantity % 500 == 0 else 1
            missing = max(int(each.quantity * rng.uniform(0.02, 0.09)) // step, 1) * step
            each.accepted = max(each.quantity - missing, 0)
            plan.note = "short"


def return_some(plan: Plan, at: dt.datetime, rng: Random) -> None:
    """A part of one line comes back."""
    each = rng.choice(plan.lines)
    size = unit_size(each.batch.new.unit)
    each.returned = max((each.accepted or 0) // size // rng.randrange(4, 9), 1) * size
    each.returned = min(each.returned, each.accepted or 0)
    # what spoils is not sold twice
    each.sound = each.batch.good_until is None and rng.random() < 0.6
    each.batch.left += each.returned if each.sound else 0
    if each.returned:
        plan.returned_at = at
