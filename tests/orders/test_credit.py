"""A citizen's purchase counts for a unit when its buyer says so, and when nobody else does."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from marketplace.access.models import Role
from shop.buyers.models import BuyerOrganisation, CreditedOrder
from shop.orders.cancel import cancel
from shop.orders.credit import CREDIT_DAYS, credit
from shop.orders.models import Order, PayBy
from shop.orders.transitions import NotAllowed
from tests.makers import a_person, an_order, an_organisation, signed_in

pytestmark = pytest.mark.django_db
STAFF, UNION = CreditedOrder.Kind.STAFF, CreditedOrder.Kind.UNION


def said() -> list[tuple[str, int, str]]:
    return list(CreditedOrder.objects.values_list("order_number", "organisation", "kind"))


def test_the_buyer_names_a_unit_changes_it_and_takes_it_back() -> None:
    order, school, hospital = an_order(PayBy.ON_DELIVERY), an_organisation(), an_organisation()
    credit(order.pk, school, STAFF, order.buyer)
    assert said() == [(order.number, school.pk, "staff")]
    credit(order.pk, hospital, UNION, order.buyer)
    assert said() == [(order.number, hospital.pk, "union")]
    credit(order.pk, None, STAFF, order.buyer)
    assert said() == []


@pytest.mark.parametrize("role", list(Role))
def test_nobody_else_says_so(role: Role) -> None:
    order, unit, other = an_order(PayBy.ON_DELIVERY), an_organisation(), a_person(role)
    with pytest.raises(PermissionDenied):
        credit(order.pk, unit, STAFF, other)
    address = f"/orders/{order.number}/counts-for/"
    assert signed_in(other).post(address, {"unit": unit.pk, "kind": "staff"}).status_code in {403, 404}
    assert said() == []


def test_a_unit_s_own_order_counts_once_and_for_that_unit() -> None:
    buyer = a_person(Role.CANTEEN)
    order = an_order(PayBy.ON_ACCOUNT, buyer=buyer, organisation=an_organisation(buyer))
    with pytest.raises(PermissionDenied):
        credit(order.pk, an_organisation(), STAFF, buyer)


def test_what_cannot_count_is_refused() -> None:
    order = an_order(PayBy.ON_DELIVERY)
    for unit in (an_organisation(canteen="none"), an_organisation(kind=BuyerOrganisation.Kind.NURSERY)):
        with pytest.raises(NotAllowed):
            credit(order.pk, unit, STAFF, order.buyer)
    Order.objects.filter(pk=order.pk).update(
        placed_at=timezone.now() - dt.timedelta(days=CREDIT_DAYS, hours=1)
    )
    with pytest.raises(NotAllowed):
        credit(order.pk, an_organisation(), STAFF, order.buyer)
    ended = an_order(PayBy.ON_DELIVERY)
    cancel(ended.pk, ended.buyer, "改天再买")
    with pytest.raises(NotAllowed):
        credit(ended.pk, an_organisation(), STAFF, ended.buyer)
    assert said() == []


def test_it_is_said_on_a_page_of_its_own_that_the_order_leads_to() -> None:
    order, unit = (
        an_order(PayBy.ON_DELIVERY),
        an_organisation(name="向阳小学食堂", name_en="Xiangyang School"),
    )
    client, address = signed_in(order.buyer), f"/orders/{order.number}/counts-for/"
    assert address in client.get(f"/orders/{order.number}/").content.decode()
    page = client.get(address)
    assert "向阳小学食堂" in page.content.decode()
    assert client.post(address, {"unit": "999999", "kind": "staff"}).status_code == 422
    assert client.post(address, {"unit": unit.pk, "kind": "friend"}).status_code == 422
    assert said() == []
    done = client.post(address, {"unit": unit.pk, "kind": "union"}, follow=True)
    assert "向阳小学食堂" in done.content.decode()
    assert said() == [(order.number, unit.pk, "union")]
    assert f'value="{unit.pk}" selected' in client.get(address).content.decode()
    client.post(address, {"unit": "", "kind": "staff"})
    assert said() == []
    Order.objects.filter(pk=order.pk).update(
        placed_at=timezone.now() - dt.timedelta(days=CREDIT_DAYS, hours=1)
    )
    assert client.post(address, {"unit": unit.pk, "kind": "staff"}).status_code == 409


def test_strangers_are_sent_to_sign_in() -> None:
    order = an_order(PayBy.ON_DELIVERY)
    answer = Client().get(f"/orders/{order.number}/counts-for/")
    assert (answer.status_code, answer["Location"][:16]) == (302, "/accounts/login/")
