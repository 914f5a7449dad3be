"""Placing an order: stock is reserved and the order written in one transaction, as the buyer saw it."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from farmers.ledger.kinds import BuyerKind, Channel
from farmers.registry.models import Town, Village
from farmers.stock import movements
from farmers.stock.models import Lot
from farmers.stock.signals import stock_missed
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.days import shanghai_day, today
from marketplace.money import line_amount_fen
from shop.basket.models import BasketLine
from shop.buyers.models import BuyerOrganisation, PickupPoint, organisations_of

from .models import Consignment, Order, OrderLine, PayBy, State, TrackingEvent, Transition
from .transitions import begin, track

# a card payment must come within this; Stripe's own shortest session is as long
PAYMENT_WINDOW = dt.timedelta(minutes=30)
MAX_LINES = 100


class Wanted(NamedTuple):
    """One line of what the buyer agreed to: grams or pieces, and the price in fen per unit that was shown."""

    lot_id: int
    quantity: int
    price_fen: int


class Delivery(NamedTuple):
    recipient: str
    phone: str
    address: str = ""
    pickup_point: PickupPoint | None = None
    wanted_on: dt.date | None = None
    note: str = ""


class Change(StrEnum):
    GONE = "gone"
    PRICE = "price"
    STOCK = "stock"
    TOO_LITTLE = "too_little"


class Problem(NamedTuple):
    """What is no longer as the buyer saw it, or costs less than a fen. `now`: the new price in fen, or what is left."""

    lot_id: int
    change: Change
    now: int = 0


class NotAsShown(Exception):
    """Price or stock changed since the buyer looked; nothing was saved."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(f"{p.change} {p.lot_id}" for p in problems))
        self.problems = list(problems)


def next_number(moment: dt.datetime) -> str:
    """A number people can read out, and nobody can guess the next of."""
    letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return f"DZ{shanghai_day(moment):%y%m%d}-" + "".join(secrets.choice(letters) for _ in range(8))


def place(
    buyer: User,
    key: uuid.UUID,
    wanted: Sequence[Wanted],
    pay_by: PayBy,
    delivery: Delivery,
    organisation: BuyerOrganisation | None = None,
) -> Order:
    """Reserve the stock and write the order. The same `key` sent twice gives the same order.

    Raises NotAsShown when any line's price or stock is not what the buyer saw, or a line would cost nothing
    (and saves nothing),
    ValueError for an empty or overlong order, a lot named twice or a quantity that is none, or on account of
    nobody; PermissionDenied when the buyer does not act for the unit, or may not buy on its account.
    """
    _check_unit(buyer, pay_by, organisation)
    if not 0 < len(wanted) <= MAX_LINES:
        raise ValueError("an order has between 1 and 100 lines")
    if len({line.lot_id for line in wanted}) < len(wanted) or any(line.quantity <= 0 for line in wanted):
        raise ValueError("an order names each lot once, with a positive quantity")
    try:
        try:
            return _place(buyer, key, wanted, pay_by, delivery, organisation)
        except NotAsShown as missed:
            short = [problem.lot_id for problem in missed.problems if problem.change == Change.STOCK]
            if not short:
                raise
            # what misses may be held by orders that were never paid: let those go, and try once more
            stock_missed.send(sender=Order, lot_ids=short)
            return _place(buyer, key, wanted, pay_by, delivery, organisation)
    except (NotAsShown, IntegrityError):
        # the same form may have become the order before, and taken the goods for it
        if twin := _twin(buyer, key):
            return twin
        raise


def _check_unit(buyer: User, pay_by: PayBy, organisation: BuyerOrganisation | None) -> None:
    """Whoever asks, nobody buys for a unit that is not theirs, nor lets one pay later that does not."""
    if organisation and organisation not in organisations_of(buyer):
        raise PermissionDenied("the buyer does not act for this unit")
    if pay_by == PayBy.ON_ACCOUNT:
        if organisation is None:
            raise ValueError("only a unit buys on account")
        if not (organisation.on_account and may(buyer, Act.BUY_ON_ACCOUNT)):
            raise PermissionDenied("this unit, or who buys for it, does not buy on account")


def _twin(buyer: User, key: uuid.UUID) -> Order | None:
    return Order.objects.filter(buyer=buyer, key=key).first()


@transaction.atomic
def _place(
    buyer: User,
    key: uuid.UUID,
    wanted: Sequence[Wanted],
    pay_by: PayBy,
    delivery: Delivery,
    organisation: BuyerOrganisation | None,
) -> Order:
    order = _write(buyer, key, wanted, pay_by, delivery, organisation)
    BasketLine.objects.filter(basket__user=buyer, lot_id__in=[line.lot_id for line in wanted]).delete()
    return order


def place_on_account(
    buyer: User,
    key: uuid.UUID,
    wanted: Sequence[Wanted],
    delivery: Delivery,
    organisation: BuyerOrganisation,
    held_until: dt.datetime | None,
) -> Order:
    """An order of a bulk request, inside the caller's transaction, in which nothing is tried twice.

    With `held_until` its stock is held until the unit approves; without, the village prepares it at once.
    Raises NotAsShown and PermissionDenied as `place` does, and then the transaction must be given up.
    """
    _check_unit(buyer, PayBy.ON_ACCOUNT, organisation)
    return _write(buyer, key, wanted, PayBy.ON_ACCOUNT, delivery, organisation, held_until)


def place_agreed(
    buyer: User,
    key: uuid.UUID,
    agreed: Wanted,
    pay_by: PayBy,
    delivery: Delivery,
    organisation: BuyerOrganisation,
) -> Order:
    """An order of saplings at the price that a nursery firm and a household agreed on, inside the caller's transaction.

    On account or on delivery. Raises NotAsShown and PermissionDenied as `place` does; nothing is tried twice.
    """
    _check_unit(buyer, pay_by, organisation)
    if pay_by == PayBy.ONLINE:
        raise ValueError("what was agreed on is paid on account or on delivery")
    return _write(buyer, key, [agreed], pay_by, delivery, organisation, agreed=True)


def _write(
    buyer: User,
    key: uuid.UUID,
    wanted: Sequence[Wanted],
    pay_by: PayBy,
    delivery: Delivery,
    organisation: BuyerOrganisation | None,
    held_until: dt.datetime | None = None,
    *,
    agreed: bool = False,
) -> Order:
    """`agreed`: the prices are those of `wanted`, and the goods may still be for nursery firms alone."""
    # locked in key order, so that prices stand still until the order is written and nobody deadlocks
    lots = {
        lot.pk: lot
        for lot in Lot.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[line.lot_id for line in wanted])
        .select_related("product", "category", "household", "village", "town")
        .order_by("pk")
    }
    problems = [problem for line in wanted if (problem := _problem(line, lots.get(line.lot_id), agreed))]
    if problems:
        raise NotAsShown(problems)
    now = timezone.now()
    if pay_by == PayBy.ONLINE:
        held_until = now + PAYMENT_WINDOW
    order = Order.objects.create(
        number=next_number(now),
        key=key,
        buyer=buyer,
        organisation=organisation,
        channel=organisation.channel if organisation else Channel.ONLINE,
        buyer_kind=organisation.kind if organisation else BuyerKind.CITIZEN,
        state=_first_state(pay_by, held_until),
        pay_by=pay_by,
        total_fen=sum(_amount(line, lots[line.lot_id]) for line in wanted),
        placed_at=now,
        reserved_until=held_until,
        **delivery._asdict(),
    )
    step = begin(order, buyer)
    lines = _write_lines(order, wanted, lots)
    movements.reserve(reservations(lines, step), buyer, green=agreed)
    track(order, TrackingEvent.Kind.PLACED, buyer)
    return order


def _first_state(pay_by: PayBy, held_until: dt.datetime | None) -> State:
    if pay_by == PayBy.ONLINE:
        return State.AWAITING_PAYMENT
    return State.AWAITING_APPROVAL if held_until else State.CONFIRMED


def _problem(line: Wanted, lot: Lot | None, agreed: bool) -> Problem | None:
    on_sale = lot and (lot.is_for_green_channel(today()) if agreed else lot.is_on_sale(today()))
    if lot is None or not on_sale:
        return Problem(line.lot_id, Change.GONE)
    if lot.price_fen != line.price_fen and not agreed:
        return Problem(line.lot_id, Change.PRICE, lot.price_fen)
    if lot.available < line.quantity:
        return Problem(line.lot_id, Change.STOCK, lot.available)
    if not _amount(line, lot):
        return Problem(line.lot_id, Change.TOO_LITTLE)
    return None


def _amount(line: Wanted, lot: Lot) -> int:
    return line_amount_fen(line.price_fen, line.quantity, lot.unit_size)


def _write_lines(order: Order, wanted: Sequence[Wanted], lots: dict[int, Lot]) -> list[OrderLine]:
    places = {lot.village_id: lot for lot in lots.values()}
    consignments = Consignment.objects.bulk_create(
        sent_from(order, lot.village, lot.town) for _, lot in sorted(places.items())
    )
    by_village = {consignment.village_id: consignment for consignment in consignments}
    return OrderLine.objects.bulk_create(
        sold_as(
            order,
            by_village[lots[line.lot_id].village_id],
            lots[line.lot_id],
            line.quantity,
            price_fen=line.price_fen,
        )
        for line in wanted
    )


def sent_from(order: Order, village: Village, town: Town) -> Consignment:
    """An unsaved consignment that copies where it comes from, as its place is called on that day."""
    return Consignment(
        order=order,
        village=village,
        village_name=village.name,
        village_name_en=village.name_en,
        town_name=town.name,
        town_name_en=town.name_en,
    )


def sold_as(
    order: Order, consignment: Consignment, lot: Lot, quantity: int, *, price_fen: int | None = None
) -> OrderLine:
    """An unsaved order line that copies everything the lot is sold as, so that later edits change nothing in it.

    `price_fen`: the price agreed on, by default the lot's own.
    """
    price_fen = lot.price_fen if price_fen is None else price_fen
    return OrderLine(
        order=order,
        consignment=consignment,
        lot=lot,
        household=lot.household,
        town=lot.town,
        product_slug=lot.product.slug,
        product_name=lot.product.name,
        product_name_en=lot.product.name_en,
        illustration=lot.product.illustration,
        category_slug=lot.category.slug,
        category_name=lot.category.name,
        category_name_en=lot.category.name_en,
        is_sapling=lot.category.is_sapling,
        household_name=lot.household.public_name,
        grade=lot.grade,
        measure=lot.product.measure,
        unit=lot.unit,
        unit_size=lot.unit_size,
        price_fen=price_fen,
        quantity=quantity,
        amount_fen=line_amount_fen(price_fen, quantity, lot.unit_size),
    )


def reservations(lines: Sequence[OrderLine], step: Transition) -> list[movements.Change]:
    """The stock changes of one step of an order: a step happens once, so its key makes each change happen once."""
    return [
        movements.Change(line.lot_id, line.quantity, line.order.number, f"step:{step.pk}:{line.pk}")
        for line in lines
    ]
