"""Cash that officers take at the door: owed no more at once, counted once, handed in once."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from farmers.registry.models import Village
from marketplace.access.models import Role, User
from shop.orders.models import Order, PayBy
from shop.payments.books import books
from shop.payments.door import by_officer, collect, hand_in, in_hand, to_collect
from shop.payments.receive import NotTaken
from tests.makers import (
    a_household,
    a_lot,
    a_person,
    a_village,
    accepted,
    an_officer,
    an_order,
    at_once,
    sent_off,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def village() -> Village:
    return a_village()


@pytest.fixture
def officer(village: Village) -> User:
    return an_officer(village)


def there(village: Village, pay_by: PayBy = PayBy.ON_DELIVERY) -> Order:
    """¥12.00, brought and not yet weighed."""
    return sent_off(an_order(pay_by, lots=[a_lot(household=a_household(village))]), delivered=True)


def test_what_is_paid_at_the_door_is_owed_no_more(village: Village, officer: User) -> None:
    order = there(village)
    assert list(to_collect(officer)) == [order]
    key = uuid.uuid4()
    for _again in range(2):
        collect(order.pk, 1200, officer, key)
    order.refresh_from_db()
    assert (order.paid_fen, order.due_fen) == (1200, 0)
    assert not to_collect(officer).exists()
    assert [payment.received_fen for payment in in_hand()] == [1200]
    assert books().difference == 0


def test_no_more_is_taken_than_is_due_and_only_at_the_door(village: Village, officer: User) -> None:
    order = there(village)
    with pytest.raises(NotTaken):
        collect(order.pk, 1201, officer, uuid.uuid4())
    on_the_way = sent_off(an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=a_household(village))]))
    with pytest.raises(NotTaken):
        collect(on_the_way.pk, 1200, officer, uuid.uuid4())
    for stranger in (an_officer(a_village()), a_person(Role.CASHIER), a_person(Role.CITIZEN)):
        assert not to_collect(stranger).exists()
        with pytest.raises(PermissionDenied):
            collect(order.pk, 1200, stranger, uuid.uuid4())


def test_what_was_short_comes_back_from_the_cashier(village: Village, officer: User) -> None:
    order = accepted(an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=a_household(village))]), short_jin=5)
    with pytest.raises(NotTaken):
        collect(order.pk, 1200, officer, uuid.uuid4())
    collect(order.pk, 600, officer, uuid.uuid4())
    order.refresh_from_db()
    assert order.due_fen == 0


def test_the_cashier_counts_all_of_it_or_none(village: Village, officer: User) -> None:
    cashier = a_person(Role.CASHIER)
    for order in (there(village), there(village)):
        collect(order.pk, 1200, officer, uuid.uuid4())
    assert [(each.officer, each.payments, each.fen) for each in by_officer()] == [(officer.pk, 2, 2400)]
    with pytest.raises(PermissionDenied):
        hand_in(officer.pk, 2400, "XJ-1", officer)
    with pytest.raises(NotTaken):
        hand_in(officer.pk, 1200, "XJ-1", cashier)
    for _again in range(2):
        assert len(hand_in(officer.pk, 2400, "XJ-1", cashier)) == 2
    assert by_officer() == []
    order = there(village)
    collect(order.pk, 1200, officer, uuid.uuid4())
    with pytest.raises(NotTaken):
        hand_in(officer.pk, 1200, "XJ-1", cashier)
    hand_in(officer.pk, 1200, "XJ-2", cashier)
    assert not in_hand().exists()
    other = an_officer(village)
    collect(there(village).pk, 1200, other, uuid.uuid4())
    with pytest.raises(NotTaken):
        hand_in(other.pk, 1200, "XJ-2", cashier)
    hand_in(other.pk, 1200, "XJ-3", cashier)


def test_from_the_door_to_the_cashiers_table_by_page(village: Village, officer: User) -> None:
    order = there(village)
    client, cashier = signed_in(officer), signed_in(Role.CASHIER)
    page = client.get("/officer/cash/")
    assert order.number in page.content.decode()
    address = f"/officer/cash/{order.number}/"
    form: dict[str, Any] = {"key": str(uuid.uuid4()), "amount": "12.00"}
    assert client.post(address, form | {"amount": "x"}).status_code == 422
    assert signed_in(an_officer(a_village())).post(address, form).status_code == 404
    assert client.post(address, form)["Location"] == "/officer/cash/"
    assert "¥12.00" in client.get("/officer/").content.decode()
    brought = f"/cashier/officers/{officer.pk}/hand-in/"
    assert brought in cashier.get("/cashier/").content.decode()
    assert client.post(brought, {"amount": "12", "receipt": "XJ-9"}).status_code == 403
    for wrong in ({"amount": "11", "receipt": "XJ-9"}, {"amount": "12", "receipt": ""}):
        cashier.post(brought, wrong)
        assert in_hand().exists()
    cashier.post(brought, {"amount": "12", "receipt": "XJ-9"})
    assert not in_hand().exists()
    assert "XJ-9" in client.get("/officer/cash/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_who_collect_at_once_take_it_once() -> None:
    village = a_village()
    order = there(village)
    first, second = an_officer(village), an_officer(village.town)
    came = at_once([partial(collect, order.pk, 1200, by, uuid.uuid4()) for by in (first, second)])
    assert sum(isinstance(each, NotTaken) for each in came) == 1
    order.refresh_from_db()
    assert order.paid_fen == 1200
