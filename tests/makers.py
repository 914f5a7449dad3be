"""People, goods and orders for tests, made by the real verbs. One set for all rooms.

What migrations load (towns, categories, products) is taken from there by slug.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Sum
from django.test import Client
from django.utils import timezone

from farmers.registry.models import Household, Officer, Town, Village
from farmers.stock.list_lot import NewLot, list_lots
from farmers.stock.models import Lot, Product, StockMovement
from marketplace.access.models import Role, User
from shop.buyers.models import BuyerOrganisation, Duty, Member, PickupPoint
from shop.orders.accept import accept
from shop.orders.dispatch import deliver, dispatch
from shop.orders.models import Order, PayBy
from shop.orders.place import Delivery, Wanted, place
from shop.orders.transitions import locked
from shop.payments.models import Payment, Provider
from shop.payments.receive import count

_numbers = itertools.count(1)
JIN = 500
PHONE, ADDRESS = "13800138000", "清风店镇 3 号"
DELIVERY = Delivery("王小明", PHONE, ADDRESS)


# --- people ------------------------------------------------------------------------------------


def a_person(role: Role = Role.CITIZEN, password: str | None = None) -> User:
    """Somebody with an account; without a password (hashing one is slow) they come in by `signed_in`."""
    return User.objects.create_user(f"{role}-{next(_numbers)}", password=password, role=role)


def signed_in(user: User | Role = Role.CITIZEN) -> Client:
    client = Client()
    client.force_login(user if isinstance(user, User) else a_person(user))
    return client


def an_organisation(
    *members: User,
    kind: BuyerOrganisation.Kind = BuyerOrganisation.Kind.CANTEEN,
    duties: Mapping[User, Iterable[Duty.Kind | str]] | None = None,
    **facts: Any,
) -> BuyerOrganisation:
    """A unit with its members. Who is named in `duties` is a member too, with those."""
    number = next(_numbers)
    canteen = "own" if kind == BuyerOrganisation.Kind.CANTEEN else "none"
    facts = {
        "name": f"试验小学{number}食堂",
        "address": "中山路 1 号",
        "contact": "赵老师",
        "canteen": canteen,
    } | facts
    unit = BuyerOrganisation.objects.create(kind=kind, **facts)
    duties = duties or {}
    for user in dict.fromkeys([*members, *duties]):
        member = Member.objects.create(organisation=unit, user=user)
        Duty.objects.bulk_create(Duty(member=member, kind=kind) for kind in duties.get(user, ()))
    return unit


# --- places and households ---------------------------------------------------------------------


def a_village(town: str = "qingfengdian") -> Village:
    return Village.objects.create(
        town=Town.objects.get(slug=town), name=f"试{next(_numbers)}村", name_en="Test Village"
    )


def a_household(village: Village | None = None, **facts: Any) -> Household:
    facts = {"head_name": f"李{next(_numbers)}"} | facts
    return Household.objects.create(village=village or a_village(), **facts)


def an_officer(place: Village | Town) -> User:
    """The account of somebody in charge of a village, or of a whole town."""
    user = a_person(Role.OFFICER)
    town, village = (place.town, place) if isinstance(place, Village) else (place, None)
    Officer.objects.create(name=f"周{next(_numbers)}", town=town, village=village, user=user)
    return user


def a_pickup_point(town: str = "qingfengdian") -> PickupPoint:
    return PickupPoint.objects.create(
        town=Town.objects.get(slug=town),
        name=f"便民大厅{next(_numbers)}",
        address="大街 1 号",
        hours="8:00–18:00",
    )


# --- goods -------------------------------------------------------------------------------------


def a_lot(
    jin: int = 1_000,
    price_fen: int = 120,
    *,
    household: Household | None = None,
    product: str = "tudou",
    grams: int | None = None,
    **facts: Any,
) -> Lot:
    """Potatoes, or another product that is weighed, sold by the jin."""
    quantity = jin * JIN if grams is None else grams
    row = NewLot(
        household or a_household(), Product.objects.get(slug=product), quantity, "jin", price_fen, **facts
    )
    return list_lots([row], None)[0]


def saplings(
    count: int = 100, price_fen: int = 3500, *, household: Household | None = None, **facts: Any
) -> Lot:
    """Pagoda trees, sold by the plant."""
    product = Product.objects.get(slug="guohuai")
    return list_lots([NewLot(household or a_household(), product, count, "zhu", price_fen, **facts)], None)[0]


def counters(lot: Lot) -> tuple[int, int, int]:
    """Listed, reserved and sold, as the table has them now."""
    return Lot.objects.values_list("listed", "reserved", "sold").get(pk=lot.pk)


def assert_stock_adds_up() -> None:
    """Every lot's counters are the sums of its movements, and nothing is promised that is not there."""
    names = ("listed", "reserved", "sold")
    moved = {
        pk: tuple(sums)
        for pk, *sums in StockMovement.objects.order_by().values_list("lot").annotate(*map(Sum, names))
    }
    kept = {pk: tuple(counts) for pk, *counts in Lot.objects.values_list("pk", *names)}
    assert moved == kept
    assert not Lot.objects.exclude(
        reserved__gte=0, sold__gte=0, listed__gte=F("reserved") + F("sold")
    ).exists()


# --- orders ------------------------------------------------------------------------------------


def wanted(lots: Sequence[Lot], quantity: int = 10 * JIN) -> list[Wanted]:
    """`quantity` grams or pieces of each lot, at its price."""
    return [Wanted(lot.pk, quantity, lot.price_fen) for lot in lots]


def an_order(
    pay_by: PayBy = PayBy.ONLINE,
    *,
    buyer: User | None = None,
    lots: list[Lot] | None = None,
    jin: int = 10,
    quantity: int | None = None,
    organisation: BuyerOrganisation | None = None,
) -> Order:
    """`jin` (or `quantity` grams or pieces) of each lot; of two at ¥1.20 and ¥1.30 when none are given: ¥25.00."""
    lines = wanted(lots or [a_lot(), a_lot(price_fen=130)], jin * JIN if quantity is None else quantity)
    return place(buyer or a_person(), uuid.uuid4(), lines, pay_by, DELIVERY, organisation=organisation)


def sent_off(order: Order, delivered: bool = False) -> Order:
    """All of its goods have left their villages, or have been handed over."""
    officer = a_person(Role.OFFICER)
    for consignment in order.consignments.all():
        dispatch(consignment.pk, officer)
        if delivered:
            deliver(consignment.pk, officer)
    order.refresh_from_db()
    return order


def accepted(order: Order, short_jin: int = 0) -> Order:
    """The order sent off and accepted; of its first line, `short_jin` were missing."""
    sent_off(order)
    quantities = {line.pk: line.quantity for line in order.lines.all()}
    quantities[min(quantities)] -= short_jin * JIN
    return accept(order.pk, quantities, order.buyer)


@transaction.atomic
def paid_by_card(order_id: int, fen: int) -> Payment:
    """Money that the payment service says came, whatever is due."""
    order = locked(order_id)
    payment = Payment(order=order, provider=Provider.STRIPE, reference=uuid.uuid4().hex, amount_fen=fen)
    payment.received_fen, payment.paid_at = fen, timezone.now()
    count(payment, order, by=None)
    return payment


# --- threads -----------------------------------------------------------------------------------


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """All of them begun together, each in a thread with its own connection; what each returned or raised."""
    line = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            line.wait(30)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [task.result(120) for task in [pool.submit(run, act) for act in acts]]
