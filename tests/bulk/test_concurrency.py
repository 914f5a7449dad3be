"""Many units at once for the same scarce lots: nothing oversold, every hold accounted for, each share fair."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest
from django.db import connection

from farmers.registry.models import Household, HouseholdMark, MarkKind
from farmers.stock.list_lot import NewLot, list_lots
from farmers.stock.models import Lot, Product, StockMovement
from marketplace.days import today
from shop.bulk import approve as decide
from shop.bulk.models import BulkRequest, BulkShare, State
from shop.bulk.submit import NothingToHold, submit
from shop.orders.models import Order
from shop.orders.models import State as OrderState
from tests.makers import JIN, a_lot, a_village, assert_stock_adds_up, at_once, counters

from .needs import a_request, a_unit, approver, requester

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_units_at_once_for_the_same_lots_both_end_with_what_is_true() -> None:
    lots = [a_lot(60), a_lot(60)]
    requests = [a_request(requester(a_unit()), [("tudou", 100)]) for _ in range(2)]
    at_once([lambda request=request: submit(request.pk, request.by) for request in requests])
    held = [sum(line.quantity for line in order.lines.all()) for order in Order.objects.order_by("total_fen")]
    assert held == [20 * JIN, 100 * JIN]
    assert [counters(lot)[1] for lot in lots] == [60 * JIN, 60 * JIN]
    assert_stock_adds_up()


def test_an_approval_and_a_sending_back_at_once_are_one_of_the_two() -> None:
    lot = a_lot(100)
    unit = a_unit()
    asker = requester(unit)
    request = submit(a_request(asker).pk, asker)
    one, two = approver(unit), approver(unit)
    done = at_once(
        [
            lambda: decide.approve(request.pk, one),
            lambda: decide.send_back(request.pk, two, "?"),
            lambda: decide.withdraw(request.pk, asker),
        ]
    )
    assert sum(isinstance(each, BulkRequest) for each in done) >= 1
    request.refresh_from_db()
    state = Order.objects.get().state
    if request.state == State.APPROVED:
        assert state == OrderState.CONFIRMED and counters(lot)[1] == 100 * JIN
    else:
        assert state == OrderState.CANCELLED and counters(lot)[1] == 0
    assert_stock_adds_up()


def test_thirty_canteens_at_once_over_five_thousand_lots() -> None:
    # SQLite lets one writer in at a time: a few canteens of a small market are enough to see that it holds
    postgres = connection.vendor == "postgresql"
    homes, canteens, threads, jin = (500, 30, 16, 100) if postgres else (30, 6, 4, 40)
    products = list(Product.objects.filter(measure="g").order_by("pk")[:20])
    chance = random.Random(4)
    a_market(homes, products, chance)
    assert Lot.objects.count() == homes * 10
    requests = [
        a_request(
            requester(a_unit()),
            [(product.slug, jin) for product in products],
            price_fen=chance.choice([None, 120]),
        )
        for _ in range(canteens)
    ]
    for start in range(0, canteens, threads):
        done = at_once(
            [lambda request=request: ask(request) for request in requests[start : start + threads]]
        )
        assert all(isinstance(each, BulkRequest | NothingToHold) for each in done), done
    assert_stock_adds_up()
    held = sum(StockMovement.objects.filter(kind="reserve").values_list("reserved", flat=True))
    assert held == sum(BulkShare.objects.values_list("quantity", flat=True)) > 0
    assert held == sum(Lot.objects.values_list("reserved", flat=True))
    for request in BulkRequest.objects.filter(state=State.HELD):
        assert_fair(request)


def a_market(number: int, products: list[Product], chance: random.Random) -> None:
    """Households of every rank in 25 villages, each with ten lots of the products."""
    villages = [a_village() for _ in range(25)]
    homes = Household.objects.bulk_create(
        Household(village=villages[n % 25], head_name=f"户{n}", phone_digest=str(n)) for n in range(number)
    )
    HouseholdMark.objects.bulk_create(
        HouseholdMark(household=home, kind=(MarkKind.EDGE, MarkKind.LIFTED)[n % 3], since=today())
        for n, home in enumerate(homes)
        if n % 3 < 2
    )
    list_lots(
        [
            NewLot(
                home, products[(n * 10 + m) % 20], chance.randint(5, 40) * JIN, "jin", chance.randint(80, 150)
            )
            for n, home in enumerate(homes)
            for m in range(10)
        ],
        None,
    )


def ask(request: BulkRequest) -> object:
    try:
        return submit(request.pk, request.by)
    except NothingToHold as nothing:
        return nothing


def assert_fair(request: BulkRequest) -> None:
    """Within a line and a rank, nobody who could still have given less than another gave all: by the reasons kept."""
    shares: dict[tuple[int, int], dict[int, list[BulkShare]]] = defaultdict(lambda: defaultdict(list))
    for share in BulkShare.objects.filter(line__request=request).select_related("lot"):
        shares[share.line_id, share.reason["rank"]][share.lot.household_id].append(share)
    for homes in shares.values():
        open_ended = [
            sum(share.quantity for share in its) for its in homes.values() if not its[0].reason["all_it_has"]
        ]
        most = max(sum(share.quantity for share in its) for its in homes.values())
        if open_ended:
            assert most - min(open_ended) <= JIN
