"""The inbox: unread first, with its count wherever somebody is signed in; and the language that people choose."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.access.models import Role, User
from marketplace.notices.models import Notice
from marketplace.notices.tell import tell
from tests.makers import a_person, signed_in

pytestmark = pytest.mark.django_db


def told(user: User, *products: str) -> None:
    for product in products:
        facts = {"product": product, "town": "高蓬镇"}
        tell([user.pk], "back", facts, f"/shop/?q={len(product)}", f"k:{product}")


def badge(client: Client, address: str = "/shop/") -> str:
    link = BeautifulSoup(client.get(address).content, "html.parser").select_one(".inbox-link")
    assert link
    return "".join(re.findall(r"[\d+]+", link.get_text()))


@pytest.mark.parametrize("role", Role)
def test_every_page_shows_whoever_is_signed_in_how_much_waits(role: Role) -> None:
    user = a_person(role)
    client = signed_in(user)
    assert badge(client) == ""
    told(user, "土豆", "大葱")
    told(a_person(role), "白菜")
    assert badge(client) == "2"
    assert badge(client, "/ledger/") == "2"
    assert 'class="basket-link inbox-link"' not in Client().get("/shop/").content.decode()


def test_a_very_full_inbox_is_not_counted_to_the_last() -> None:
    user = a_person()
    Notice.objects.bulk_create(Notice(user=user, key=str(n), kind="back", link="/") for n in range(150))
    assert badge(signed_in(user)) == "99+"


def test_the_count_costs_no_query_of_its_own() -> None:
    user = a_person()
    client = signed_in(user)
    told(user, "土豆")
    client.get("/shop/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/shop/")
    about = [query["sql"] for query in asked if "notices_notice" in query["sql"]]
    assert len(about) == 1
    assert "access_user" in about[0]


def test_unread_notices_stand_first_and_each_leads_to_what_it_is_about() -> None:
    user = a_person()
    client = signed_in(user)
    told(user, "土豆", "大葱", "大白菜")
    first, _second, last = Notice.objects.order_by("pk")
    assert client.post(reverse("notices:open", args=[last.pk])).url == "/shop/?q=3"
    page = client.get(reverse("notices:inbox")).content.decode()
    assert page.index("大葱") < page.index("土豆") < page.index("大白菜")
    assert badge(client) == "2"
    first.refresh_from_db()
    assert first.read_at is None


def test_all_are_read_at_once_and_only_ones_own() -> None:
    user, other = a_person(), a_person()
    told(user, "土豆", "大葱")
    told(other, "白菜")
    client = signed_in(user)
    assert client.get(reverse("notices:read_all")).status_code == 405
    client.post(reverse("notices:read_all"))
    assert (badge(client), badge(signed_in(other))) == ("", "1")
    assert reverse("notices:read_all") not in client.get(reverse("notices:inbox")).content.decode()


def test_who_is_switched_off_is_signed_in_no_longer() -> None:
    user = a_person()
    client = signed_in(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(reverse("notices:inbox")).status_code == 302


# --- language ------------------------------------------------------------------------------------


def language(user: User) -> str:
    return User.objects.values_list("language", flat=True).get(pk=user.pk)


def test_the_switch_is_kept_with_the_account() -> None:
    user = a_person()
    client = signed_in(user)
    for wanted in ("en", "zh-hans"):
        client.post("/i18n/setlang/", {"language": wanted, "next": "/"})
        assert language(user) == wanted
    for nonsense in ("de", "", "x" * 500):
        assert client.post("/i18n/setlang/", {"language": nonsense, "next": "/"}).status_code == 302
    client.get("/i18n/setlang/", {"language": "en"})
    assert language(user) == "zh-hans"
    assert Client().post("/i18n/setlang/", {"language": "en", "next": "/"}).status_code == 302


def test_who_has_chosen_none_reads_what_they_signed_in_in(settings: Any) -> None:
    user = a_person(password="harvest-2026")
    for wanted, kept in (("en", "en"), ("zh-hans", "en")):
        client = Client()
        client.post("/i18n/setlang/", {"language": wanted, "next": "/"})
        client.post(reverse("login"), {"username": user.username, "password": "harvest-2026"})
        assert language(user) == kept
