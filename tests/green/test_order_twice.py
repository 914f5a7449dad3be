"""The order form of the green channel sent twice: one order, and both answers lead to it."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from marketplace.access.models import Role
from marketplace.days import today
from shop.buyers.models import BuyerOrganisation
from shop.orders.models import Order
from tests.green.test_first_look import a_marked_household
from tests.makers import a_person, an_organisation, saplings, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("share", [3, 2, 1])
def test_sent_twice_both_answers_lead_to_the_one_order(share: int) -> None:
    buyer = a_person(Role.NURSERY)
    an_organisation(buyer, kind=BuyerOrganisation.Kind.NURSERY)
    lot = saplings(household=a_marked_household())
    client, address = signed_in(buyer), reverse("green:one", args=[lot.slug])
    quantity = lot.available // share
    form = {"key": uuid.uuid4(), "price_fen": lot.price_fen, "quantity": quantity, "lifted_on": today()}
    answers = [client.post(address, {**form, "phone": "13900000001"}) for _ in range(2)]
    order = Order.objects.get()
    assert [answer.url for answer in answers] == [order.get_absolute_url()] * 2  # type: ignore[attr-defined]
