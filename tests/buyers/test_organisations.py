from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from farmers.ledger.kinds import Channel
from marketplace.access.models import Role
from shop.buyers.models import BuyerOrganisation, Member, organisation_of
from shop.orders.models import Order, PayBy
from tests.makers import a_person, an_order, an_organisation

pytestmark = pytest.mark.django_db


def test_a_person_acts_for_one_unit_or_none() -> None:
    buyer, approver, stranger = a_person(Role.CANTEEN), a_person(Role.APPROVER), a_person()
    unit = an_organisation(buyer, approver)
    assert organisation_of(buyer) == organisation_of(approver) == unit
    assert organisation_of(stranger) is None
    assert organisation_of(AnonymousUser()) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(organisation=an_organisation(), user=buyer)


@pytest.mark.parametrize(
    ("kind", "channel"),
    [("canteen", Channel.CANTEEN), ("nursery", Channel.GREEN), ("enterprise", Channel.ONLINE)],
)
def test_each_kind_of_unit_buys_by_its_channel(kind: str, channel: Channel) -> None:
    assert an_organisation(kind=BuyerOrganisation.Kind(kind)).channel == channel


def test_the_table_refuses_an_unknown_kind_and_an_account_without_a_unit() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        BuyerOrganisation.objects.create(name="x", kind="hotel", address="y")
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=an_order().pk).update(pay_by=PayBy.ON_ACCOUNT)
