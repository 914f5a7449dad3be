"""Cash that officers take at the door: owed no more at once, and taken once."""

from __future__ import annotations

import uuid
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied

from farmers.registry.models import Village
from marketplace.access.models import Role, User
from shop.orders.models import Order, PayBy
from shop.payments.books import books
from shop.payments.door import collect, in_hand, to_collect
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


@pytest.mark.django_db(transaction=True)
def test_two_who_collect_at_once_take_it_once() -> None:
    village = a_village()
    order = there(village)
    first, second = an_officer(village), an_officer(village.town)
    came = at_once([partial(collect, order.pk, 1200, by, uuid.uuid4()) for by in (first, second)])
    assert sum(isinstance(each, NotTaken) for each in came) == 1
    order.refresh_from_db()
    assert order.paid_fen == 1200
