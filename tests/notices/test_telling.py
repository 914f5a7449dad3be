"""People are told at each step, once, by the ways they chose, and never by a number in the clear."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from farmers.registry.models import Household
from farmers.stock.check import approve_lot, resubmit, send_back
from farmers.stock.clearance import watch
from farmers.stock.models import Lot
from marketplace.access.models import Role, User
from marketplace.access.phones import set_phone
from marketplace.days import SHANGHAI, today
from marketplace.notices import deliver as postman
from marketplace.notices.deliver import PAUSES, deliver, quiet_until, send_due
from marketplace.notices.models import Channel, Delivery, Group, Notice, Wish
from marketplace.notices.tell import tell
from marketplace.notices.words import KINDS, said
from marketplace.sms import SmsFailed
from shop.orders.cancel import cancel
from shop.orders.models import PayBy
from tests.makers import a_household, a_lot, a_person, accepted, an_officer, an_order, at_once, signed_in
from tests.notices.worker import work

pytestmark = pytest.mark.django_db
NUMBER = "13900000001"
NOON = dt.datetime(2026, 4, 18, 12, tzinfo=SHANGHAI)
FACTS = {"product": "土豆", "product_en": "Potato", "town": "高蓬镇", "town_en": "Gaopeng"}


@pytest.fixture(autouse=True)
def _by_day(monkeypatch: Any) -> None:
    """Whenever the suite runs, it is day."""
    monkeypatch.setattr(postman, "quiet_until", lambda now: None)


@pytest.fixture
def seller() -> User:
    user = a_person(Role.SELLER)
    set_phone(user, NUMBER)
    a_household(user=user)
    return user


def kinds(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def household(user: User) -> Household:
    return Household.objects.get(user=user)


# --- each step ----------------------------------------------------------------------------------


def test_of_an_order_buyer_household_and_officer_hear_what_concerns_them(seller: User) -> None:
    lots = [a_lot(household=household(seller)), a_lot(household=household(seller), product="dacong")]
    officer, other = an_officer(lots[0].village), an_officer(a_household().village)
    order = an_order(PayBy.ON_DELIVERY, lots=lots)
    work()
    assert kinds(order.buyer) == ["confirmed"]
    assert kinds(seller) == ["bought"]
    assert kinds(officer) == ["collect"]
    with override("en"):
        text = said(Notice.objects.get(user=seller))
    assert "Potato 10 jin" in text
    assert order.number in text
    accepted(order)
    work()
    assert kinds(order.buyer) == ["confirmed", "dispatched"]
    assert kinds(seller) == ["bought", "accepted"]
    assert kinds(other) == []
    assert "¥" in said(Notice.objects.get(user=seller, kind="accepted"))


def test_called_off_whoever_was_to_bring_it_need_not(seller: User) -> None:
    order = an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=household(seller))])
    cancel(order.pk, order.buyer, "算错了")
    work()
    assert kinds(seller) == ["bought", "not_needed"]
    assert kinds(order.buyer) == ["confirmed", "cancelled"]


def test_an_order_that_is_undone_tells_nobody(seller: User) -> None:
    from django.db import transaction

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=household(seller))])
        raise ZeroDivisionError
    work()
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_a_lot_officer_and_household_hear() -> None:
    seller = a_person(Role.SELLER)
    home = a_household(user=seller)
    officer = an_officer(home.village.town)
    data = {"product": "tudou", "amount": "80", "price": "1.2"}
    signed_in(seller).post(reverse("selling:new"), {"key": "0b9a2b3c-7d7c-4d8e-9b57-1f6f5a3e2a11", **data})
    work()
    assert kinds(officer) == ["to_check"]
    lot = Lot.objects.get()
    send_back(lot.pk, an_officer(home.village), "照片看不清")
    work()
    assert kinds(seller) == ["sent_back"]
    assert "照片看不清" in said(Notice.objects.get(user=seller))
    resubmit(lot.pk, seller)
    work()
    assert kinds(officer) == ["to_check", "to_check"]
    approve_lot(lot.pk, an_officer(home.village), stock_seen=True)
    Lot.objects.update(good_until=today())
    watch()
    work()
    assert kinds(seller) == ["sent_back", "on_sale", "spoils"]
    assert kinds(officer) == ["to_check", "to_check", "spoiling"]


# --- once ---------------------------------------------------------------------------------------


def test_told_twice_is_told_once(seller: User) -> None:
    assert tell([seller.pk, None], "back", FACTS, "/shop/", "k") == 1
    assert tell([seller.pk], "back", FACTS, "/shop/", "k") == 0
    assert Notice.objects.count() == Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_once(capsys: Any) -> None:
    user = a_person(Role.SELLER)
    set_phone(user, NUMBER)
    at_once([lambda: tell([user.pk], "back", FACTS, "/shop/", "k")] * 3)
    assert Notice.objects.count() == 1
    pk = Delivery.objects.get().pk
    came = at_once([lambda: deliver(pk, timezone.now())] * 4)
    assert came.count(True) == 1
    assert capsys.readouterr().err.count("SMS ") == 1


def test_many_people_cost_no_more_queries_than_few(django_assert_max_num_queries: Any) -> None:
    few, many = ([a_person(Role.SELLER).pk for _ in range(number)] for number in (2, 60))
    for number, people in enumerate((few, many)):
        with django_assert_max_num_queries(9):
            tell(people, "back", FACTS, "/shop/", f"k{number}")
    assert Notice.objects.count() == 62


# --- on its way ---------------------------------------------------------------------------------


def test_a_text_message_goes_out_in_chinese_and_the_log_shows_no_number(seller: User, capsys: Any) -> None:
    tell([seller.pk], "back", FACTS, "/shop/", "k")
    work()
    said_out = capsys.readouterr().err
    assert "土豆" in said_out
    assert NUMBER not in said_out
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries, bool(delivery.sent_at)) == ("sent", 1, True)


def test_what_fails_is_tried_again_after_growing_pauses_and_given_up_at_last(
    seller: User, monkeypatch: Any
) -> None:
    def fail(*args: Any) -> None:
        raise SmsFailed("ServiceUnavailable", again=True)

    monkeypatch.setattr(postman, "send_sms", fail)
    tell([seller.pk], "back", FACTS, "/shop/", "k")
    delivery = Delivery.objects.get()
    for number in range(len(PAUSES)):
        assert not deliver(delivery.pk, timezone.now())
        delivery.refresh_from_db()
        assert (delivery.state, delivery.tries, delivery.error) == (
            "waiting",
            number + 1,
            "ServiceUnavailable",
        )
        assert delivery.due_at > timezone.now() + PAUSES[number] - dt.timedelta(minutes=1)
    deliver(delivery.pk, timezone.now())
    delivery.refresh_from_db()
    assert delivery.state == "given_up"


def test_a_number_that_is_none_is_not_tried_again(seller: User, monkeypatch: Any) -> None:
    def fail(*args: Any) -> None:
        raise SmsFailed("isv.MOBILE_NUMBER_ILLEGAL", again=False)

    monkeypatch.setattr(postman, "send_sms", fail)
    tell([seller.pk], "back", FACTS, "/shop/", "k")
    work()
    assert Delivery.objects.get().state == "given_up"


def test_what_a_dying_worker_held_is_not_sent_a_second_time(seller: User, capsys: Any) -> None:
    tell([seller.pk], "back", FACTS, "/shop/", "k")
    long_ago = timezone.now() - dt.timedelta(hours=1)
    Delivery.objects.update(state="sending", due_at=long_ago)
    send_due.call()
    assert Delivery.objects.get().state == "given_up"
    assert "SMS" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("hour", "waits_hours"), [(7, None), (12, None), (20, None), (21, 10), (23, 8), (0, 7), (6, 1)]
)
def test_nobody_is_woken(hour: int, waits_hours: int | None) -> None:
    now = NOON.replace(hour=hour)
    assert quiet_until(now) == (now + dt.timedelta(hours=waits_hours) if waits_hours else None)


def test_at_night_a_text_message_waits_and_a_letter_does_not(
    seller: User, settings: Any, monkeypatch: Any, capsys: Any
) -> None:
    settings.EMAIL_URL = "memory:"
    User.objects.filter(pk=seller.pk).update(email="a@example.com")
    Wish.objects.create(user=seller, group=Group.GOODS, channel=Channel.EMAIL, wanted=True)
    monkeypatch.setattr(postman, "quiet_until", quiet_until)
    tell([seller.pk], "back", FACTS, "/shop/", "k")
    night = timezone.now() + dt.timedelta(days=1)
    night = night.astimezone(SHANGHAI).replace(hour=23)
    for pk in Delivery.objects.values_list("pk", flat=True):
        deliver(pk, night)
    assert Delivery.objects.get(channel="sms").state == "waiting"
    assert Delivery.objects.get(channel="sms").due_at.astimezone(SHANGHAI).hour == 7
    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == ["a@example.com"]
    assert "SMS" not in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_the_command_that_runs_beside_the_site_does_all_that_waits(capsys: Any) -> None:
    user = a_person(Role.SELLER)
    set_phone(user, NUMBER)
    an_order(PayBy.ON_DELIVERY, lots=[a_lot(household=a_household(user=user))])
    call_command("db_worker", "--batch", "--backend=notices", "--no-startup-delay", "--no-reload", interval=0)
    assert kinds(user) == ["bought"]
    assert Delivery.objects.get(notice__user=user).state == "sent"


# --- who wants what -----------------------------------------------------------------------------


def test_people_choose_and_the_inbox_has_everything(seller: User) -> None:
    client = signed_in(seller)
    address = reverse("notices:wishes")
    assert 'name="goods-sms" checked' in client.get(address).content.decode()
    assert client.post(address, {"orders-sms": "on"}).status_code == 302
    tell([seller.pk], "back", FACTS, "/shop/", "k")
    assert not Delivery.objects.exists()
    assert "土豆" in client.get(reverse("notices:inbox")).content.decode()


def test_an_address_counts_when_its_owner_says_so(settings: Any) -> None:
    settings.EMAIL_URL = "memory:"
    user, other = a_person(), a_person()
    client = signed_in(user)
    assert client.post(reverse("notices:address"), {"email": "nonsense"}).status_code == 422
    assert client.post(reverse("notices:address"), {"email": "a@example.com"}).status_code == 302
    link = mail.outbox[0].body.split()[-1].removeprefix(settings.SITE_URL)
    user.refresh_from_db()
    assert user.email == ""
    assert signed_in(other).post(link).status_code == 404
    assert client.get(link).status_code == 200
    assert client.post(link).status_code == 302
    user.refresh_from_db()
    assert user.email == "a@example.com"
    assert client.post(f"{link[:-3]}x/").status_code == 404
    client.post(reverse("notices:no_address"))
    user.refresh_from_db()
    assert user.email == ""


def test_nobody_sees_or_opens_anothers_notices(seller: User) -> None:
    tell([seller.pk], "back", FACTS, "/shop/", "k")
    other = signed_in()
    assert "土豆" not in other.get(reverse("notices:inbox")).content.decode()
    pk = Notice.objects.get().pk
    assert other.post(reverse("notices:open", args=[pk])).status_code == 404
    assert Notice.objects.get().read_at is None


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_kind_can_be_said_with_whatever_facts(language: str, seller: User) -> None:
    with override(language):
        for kind in [*KINDS, "one of a later version"]:
            assert isinstance(said(Notice(user=seller, kind=kind, facts={"number": "1"})), str)


def test_the_inbox_costs_the_same_for_few_and_for_many(seller: User, query_budget: Any) -> None:
    client = signed_in(seller)
    for number in range(40):
        tell([seller.pk], "back", FACTS, "/shop/", f"k{number}")
        if number in {1, 39}:
            client.get(reverse("notices:inbox"))
            with query_budget(7):
                client.get(reverse("notices:inbox"))
