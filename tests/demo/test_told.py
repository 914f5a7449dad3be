"""Every account of the demo has an inbox with something to read, of what has really happened to it."""

from __future__ import annotations

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from marketplace.access.models import User
from marketplace.notices.models import Delivery, Notice
from marketplace.notices.words import KINDS
from tests.demo_city import ACCOUNTS, City
from tests.notices.heard import assert_tell_of_nobody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

# what each is sure to find; more depends on the day of the month
SURE = {
    "citizen": {"confirmed", "dispatched", "delivered", "cancelled", "lapsed", "paid", "back"},
    "canteen": {"confirmed", "dispatched", "delivered", "statement", "approved", "request_back"},
    "approver": {"to_approve"},
    "nursery": {"confirmed", "dispatched", "delivered", "statement"},
    "seller": {"bought", "sent_back"},
    "officer": {"collect", "to_check", "complained_of"},
    "cashier": {"to_match", "disputed"},
    "official": {"complaint", "problem_overdue"},
    "editor": {"back"},
    "admin": {"back"},
}


@pytest.mark.parametrize("name", [str(role) for role in ACCOUNTS])
def test_each_account_has_something_to_read(name: str) -> None:
    told = Notice.objects.filter(user__username=name)
    assert SURE[name] <= set(told.values_list("kind", flat=True)) <= set(KINDS)
    assert told.filter(read_at=None).exists()
    assert_tell_of_nobody(told)


@pytest.mark.parametrize("name", [str(role) for role in ACCOUNTS])
def test_each_notice_leads_to_a_page_that_its_reader_may_see(name: str, client: Client) -> None:
    user = User.objects.get(username=name)
    client.force_login(user)
    for link in set(Notice.objects.filter(user=user).values_list("link", flat=True)):
        assert client.get(link).status_code == 200, link


def test_nobody_else_was_told_and_nothing_waits_to_be_sent(city: City) -> None:
    assert set(Notice.objects.values_list("user__username", flat=True)) == set(map(str, ACCOUNTS))
    assert not Delivery.objects.exists()
    left = DBTaskResult.objects.filter(backend_name="notices").values_list("task_path", flat=True)
    # goods in danger are said on commit, and told of once a day
    assert set(left) <= {"farmers.selling.told.lots_in_danger", "shop.bulk.told.tell_of_clearance"}
    assert Notice.objects.latest("created_at").created_at <= city.now
