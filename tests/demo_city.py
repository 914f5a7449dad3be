"""The demo as data for tests, which ask for the fixture `city`; accounts are named for their roles."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, NamedTuple

from farmers.monitoring.models import OtherIncome, Problem, ProblemStep, Warning
from farmers.registry.models import Household
from farmers.stock.models import Lot
from marketplace.access.models import User
from marketplace.days import SHANGHAI
from marketplace.demo.fill import fill
from marketplace.demo.names import ACCOUNTS, PASSWORD
from marketplace.notices.models import Notice
from shop.buyers.models import Address, BackAlert, CanteenBudget, CreditedOrder, Favourite
from shop.green.models import Step
from shop.orders.models import Order, OrderLine, Review
from shop.payments.models import Payment

__all__ = ["ACCOUNTS", "PASSWORD", "City", "fill", "fingerprint", "the_city"]


class City(NamedTuple):
    # its own moment, to which all has happened
    now: dt.datetime


def the_city() -> City:
    """What stands in the database."""
    made = User.objects.get(username="citizen").date_joined
    return City(made.astimezone(SHANGHAI).replace(second=0, microsecond=0))


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
        "budgets": list(
            CanteenBudget.objects.order_by("organisation__name", "year", "version")
            .values_list("organisation__name", "year", "version", "budget_fen", "reserved_percent", "state", "filed_at")
        ),
        "credited": list(
            CreditedOrder.objects.order_by("order_number").values_list("order_number", "organisation__name", "kind", "at")
        ),
        "talks": list(
            Step.objects.order_by("talk__number", "pk").values_list(
                "talk__number", "talk__state", "talk__held", "kind", "side", "by__username", "why", "quantity", "price_fen"
            )
        ),
        "wishes": [
            *Favourite.objects.order_by("product__slug").values_list("user__username", "product__slug"),
            *BackAlert.objects.order_by("product__slug").values_list("user__username", "product__slug", "town__slug"),
            *sorted(Address.objects.values_list("user__username", "recipient", "phone", "address", "is_default")),
        ],
        "incomes": sorted(
            OtherIncome.objects.values_list("household__head_name", "kind", "amount_fen", "first_month", "by__username")
        ),
        "warnings": sorted(
            (*row[:3], row[3]["day"], str(row[4:]))
            for row in Warning.objects.values_list("household__head_name", "kind", "state", "evidence", "due_on")
        ),
        "problems": [
            *Problem.objects.order_by("pk").values_list("title", "state", "due_on", "warning__household__head_name"),
            *ProblemStep.objects.order_by("pk").values_list("kind", "at", "by__username", "item__words"),
        ],
        "notices": sorted(
            (name, kind, str(sorted((fact, _without_key(kind, str(told))) for fact, told in facts.items())))
            for name, kind, facts in Notice.objects.values_list("user__username", "kind", "facts")
        ),
    }  # fmt: skip


def _without_key(kind: str, told: str) -> str:
    """Problems are numbered by their key, statements by their unit's."""
    return "" if kind == "problem_overdue" else re.sub(r"^(ZD\d{6})-\d+$", r"\1", told)
