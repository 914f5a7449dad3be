"""Units that ask in bulk, and what they ask for."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

from farmers.registry.models import Household, HouseholdMark, MarkKind
from farmers.stock.models import Product
from marketplace.access.models import Role, User
from marketplace.days import today
from marketplace.money import yuan
from shop.bulk.models import BulkLine, BulkRequest
from shop.buyers.models import BuyerOrganisation, Duty, Member
from tests.makers import JIN, a_household, a_person, an_organisation

_numbers = itertools.count(1)
NEXT_WEEK = 7


def a_unit(
    *, approval_from_fen: int = 1, two_approvals_from_fen: int = 10**9, **facts: Any
) -> BuyerOrganisation:
    return an_organisation(
        approval_from_fen=approval_from_fen, two_approvals_from_fen=two_approvals_from_fen, **facts
    )


def member(unit: BuyerOrganisation, *duties: Duty.Kind, role: Role = Role.CANTEEN) -> User:
    user = a_person(role)
    joined = Member.objects.create(organisation=unit, user=user)
    Duty.objects.bulk_create(Duty(member=joined, kind=duty) for duty in duties)
    return user


def requester(unit: BuyerOrganisation) -> User:
    return member(unit, Duty.Kind.REQUESTER)


def approver(unit: BuyerOrganisation) -> User:
    return member(unit, Duty.Kind.APPROVER, role=Role.APPROVER)


def in_a_week() -> dt.date:
    return today() + dt.timedelta(days=NEXT_WEEK)


def a_request(
    by: User, lines: Sequence[tuple[str, int]] = (("tudou", 100),), price_fen: int | None = 200, **facts: Any
) -> BulkRequest:
    """A draft whose cells were read: (product, jin) each, wanted in a week."""
    request = BulkRequest.objects.create(
        number=f"JC-{next(_numbers)}", organisation=by.membership.organisation, by=by
    )
    for position, (slug, jin) in enumerate(lines):
        a_line(request, position, slug, jin, max_price_fen=price_fen, **facts)
    return request


def a_line(request: BulkRequest, position: int, slug: str, jin: int, **facts: Any) -> BulkLine:
    product = Product.objects.get(slug=slug)
    price_fen = facts.get("max_price_fen")
    return BulkLine.objects.create(
        **{
            "request": request,
            "position": position,
            "product_text": product.name,
            "quantity_text": f"{jin}斤",
            "price_text": yuan(price_fen) if price_fen else "",
            "wanted_text": in_a_week().isoformat(),
            "product": product,
            "quantity": jin * JIN,
            "unit": "jin",
            "unit_size": JIN,
            "wanted_on": in_a_week(),
        }
        | facts
    )


def watched(**facts: Any) -> Household:
    household = a_household(**facts)
    HouseholdMark.objects.create(household=household, kind=MarkKind.EDGE, since=dt.date(2020, 1, 1))
    return household


def marked(**facts: Any) -> Household:
    household = a_household(**facts)
    HouseholdMark.objects.create(household=household, kind=MarkKind.LIFTED, since=dt.date(2020, 1, 1))
    return household
