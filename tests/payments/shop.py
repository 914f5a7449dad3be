"""Orders to pay, made by the real verbs."""

from __future__ import annotations

import itertools
import json
import uuid
from typing import Any

from django.test import Client

from farmers.registry.models import Household, Town, Village
from farmers.stock.list_lot import NewLot, list_lots
from farmers.stock.models import Category, Lot, Product
from marketplace.access.models import Role, User
from marketplace.quantity import Measure, Unit
from shop.buyers.models import BuyerOrganisation
from shop.orders.accept import accept
from shop.orders.dispatch import dispatch
from shop.orders.models import Order, PayBy
from shop.orders.place import Delivery, Wanted, place
from shop.payments import stripe_checkout
from shop.payments.models import Payment
from tests.stripe_standin import StandIn

_numbers = itertools.count(1)
PHONE, ADDRESS = "13800138000", "清风店镇 3 号"
JIN = 500


def a_person(role: Role = Role.CITIZEN) -> User:
    return User.objects.create_user(f"{role}-{next(_numbers)}", password="a-pass-word", role=role)


def a_lot(jin: int = 1_000, price_fen: int = 120) -> Lot:
    """Potatoes of a household in Qingfengdian."""
    town, _new = Town.objects.get_or_create(
        slug="qingfengdian",
        defaults={"name": "清风店镇", "name_en": "Qingfengdian Town", "kind": Town.Kind.TOWN},
    )
    village, _new = Village.objects.get_or_create(town=town, name="南李村")
    household = Household.objects.create(village=village, head_name=f"李{next(_numbers)}")
    category, _new = Category.objects.get_or_create(
        slug="roots", defaults={"name": "根茎", "name_en": "Roots"}
    )
    product, _new = Product.objects.get_or_create(
        slug="tudou",
        defaults={
            "category": category,
            "name": "土豆",
            "name_en": "Potato",
            "measure": Measure.GRAM,
            "unit": Unit.JIN,
            "illustration": "tudou",
        },
    )
    return list_lots([NewLot(household, product, jin * JIN, "jin", price_fen)], None)[0]


def an_order(
    pay_by: PayBy = PayBy.ONLINE,
    *,
    buyer: User | None = None,
    lots: list[Lot] | None = None,
    jin: int = 10,
    organisation: BuyerOrganisation | None = None,
) -> Order:
    """`jin` of each lot; of two lots at ¥1.20 and ¥1.30 when none are given: ¥25.00."""
    lots = lots or [a_lot(), a_lot(price_fen=130)]
    wanted = [Wanted(lot.pk, jin * JIN, lot.price_fen) for lot in lots]
    delivery = Delivery("王小明", PHONE, ADDRESS)
    return place(buyer or a_person(), uuid.uuid4(), wanted, pay_by, delivery, organisation=organisation)


def accepted(order: Order, short_jin: int = 0) -> Order:
    """The order sent off and accepted; of its first line, `short_jin` were missing."""
    officer = a_person(Role.OFFICER)
    for consignment in order.consignments.all():
        dispatch(consignment.pk, officer)
    quantities = {line.pk: line.quantity for line in order.lines.all()}
    quantities[min(quantities)] -= short_jin * JIN
    return accept(order.pk, quantities, order.buyer)


def sent_to_pay(order: Order) -> Payment:
    """As far as the pay page."""
    page = f"https://market.example{order.get_absolute_url()}"
    return stripe_checkout.start(order, success_url=f"{page}?paid=1", cancel_url=page, locale="zh-hans")


def deliver(client: Client, standin: StandIn, event: dict[str, Any] | None = None, **signing: Any) -> Any:
    """The newest event (or this one) at the webhook, as Stripe signs it."""
    body, signature = standin.post.signed(event or standin.post.events[-1], **signing)
    return knock(client, body, signature)


def knock(client: Client, body: str | bytes, signature: str) -> Any:
    return client.post(
        "/webhooks/stripe/", body, content_type="application/json", headers={"stripe-signature": signature}
    )


def everything_stored() -> str:
    """All that the payments' tables hold, as text."""
    from shop.payments.models import ProviderEvent

    tables = (Payment, ProviderEvent)
    return json.dumps([list(table.objects.order_by("pk").values()) for table in tables], default=str)
