"""The demo as data for tests: `fill()` it inside a test's transaction; accounts are named for their roles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from farmers.registry.models import Household
from farmers.stock.models import Lot
from marketplace.demo import fill as demo
from marketplace.demo.names import ACCOUNTS, PASSWORD
from marketplace.demo.people import City
from shop.buyers.models import Address, BackAlert, Favourite, Notice
from shop.orders.models import Order, OrderLine, Review
from shop.payments.models import Payment

__all__ = ["ACCOUNTS", "PASSWORD", "City", "fill", "filled", "fingerprint"]


def fill() -> City:
    """All of the demo, in about eight seconds."""
    return demo.fill()


@contextmanager
def filled(django_db_blocker: Any) -> Iterator[City]:
    """The demo for all tests of a module (a module-scoped fixture's body), gone afterwards.

    Needs the fixtures `django_db_setup` and `django_db_blocker`; its tests may not be `transaction=True`.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        city = fill()
        # foreign keys are checked at a commit, or at the end of each test as Django has it: once is enough
        connection.check_constraints()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # autovacuum cannot count what is not committed, and plans made for empty tables are slow
                cursor.execute("ANALYZE")
        yield city
        transaction.set_rollback(True)


def fingerprint() -> dict[str, list[tuple[Any, ...]]]:
    """What people would see of the demo, without the keys that a database gives."""
    return {
        "households": list(
            Household.objects.order_by("phone_digest").values_list(
                "village__name", "head_name", "members", "consent_on", "officer__name"
            )
        ),
        "lots": sorted(
            (str(row[0]), *row[1:])
            for row in Lot.objects.values_list(
                "listed_at__date", "product__slug", "household__head_name", "price_fen", "unit", "listed", "reserved",
                "sold", "state", "grade", "note",
            )
        ),
        "orders": list(
            Order.objects.order_by("number").values_list(
                "number", "key", "buyer__username", "organisation__name", "state", "total_fen", "accepted_fen", "paid_fen"
            )
        ),
        "lines": list(
            OrderLine.objects.order_by("order__number", "product_slug", "household__head_name", "quantity", "price_fen")
            .values_list("order__number", "product_slug", "household__head_name", "quantity", "price_fen",
                         "accepted_quantity", "returned_quantity")
        ),
        "payments": list(
            Payment.objects.order_by("provider", "reference").values_list("provider", "reference", "received_fen", "state")
        ),
        "reviews": sorted(
            (*row[:2], str(row[2]), *row[3:])
            for row in Review.objects.values_list(
                "line__order__number", "product__slug", "created_at", "stars", "words", "hidden_reason"
            )
        ),
        "wishes": [
            *Favourite.objects.order_by("product__slug").values_list("user__username", "product__slug"),
            *BackAlert.objects.order_by("product__slug").values_list("user__username", "product__slug", "town__slug"),
            *Notice.objects.order_by("created_at").values_list("user__username", "kind", "facts__product"),
            *sorted(Address.objects.values_list("user__username", "recipient", "phone", "address", "is_default")),
        ],
    }  # fmt: skip
