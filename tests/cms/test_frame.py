"""The frame of every page: its menu and its foot, as editors have them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.urls import reverse
from wagtail.models import Site
from wagtail.test.utils.form_data import nested_form_data, streamfield

from cms.models import SiteInfo
from marketplace.access.models import Role
from tests.makers import signed_in

from .test_first_pages import EN, ZH, text

pytestmark = pytest.mark.django_db


def link(name: str, name_en: str, address: str) -> tuple[str, dict[str, str]]:
    return ("link", {"name": name, "name_en": name_en, "address": address})


def save(menu: list[Any], foot: list[Any] = []) -> Any:  # noqa: B006
    site = Site.objects.get()
    form = {"hotline": "0312-12", "address": "", "icp_number": ""}
    return signed_in(Role.EDITOR).post(
        reverse("wagtailsettings:edit", args=["cms", "siteinfo", site.pk]),
        nested_form_data({**form, "menu": streamfield(menu), "foot": streamfield(foot)}),
    )


def test_a_menu_nobody_wrote_leads_to_the_shop(client: Client) -> None:
    page = text(client, "/ledger/", EN)
    assert page.count('href="/shop/"') >= 3
    assert page.count('href="/stories/"') >= 3


def test_an_editor_writes_menu_and_foot_in_both_languages(client: Client) -> None:
    menu = [link("买苗木", "Saplings", "/shop/?kind=sapling"), link("故事", "Stories", "/stories/")]
    assert save(menu, [link("办法", "Rules", "/notices/")]).status_code == 302
    zh, en = text(client, "/ledger/", ZH), text(client, "/ledger/", EN)
    assert zh.count("买苗木") == 2  # wide pages and phones
    assert en.count("Saplings</a>") == 2
    assert 'href="/notices/">办法<' in zh
    assert 'href="/notices/">Rules<' in en
    assert 'href="/shop/">集市' not in zh


def test_a_menu_leads_to_no_script() -> None:
    assert save([link("坏", "Bad", "javascript:alert(1)")]).status_code == 200
    assert not SiteInfo.objects.filter(hotline="0312-12").exists()


def test_the_menu_costs_no_query_once_it_is_known(client: Client, query_budget: Any) -> None:
    save([link("故事", "Stories", "/stories/")])
    text(client, "/accounts/login/", ZH)
    with query_budget(0):
        text(client, "/accounts/login/", ZH)


# --- drawn once, and yet each visitor's own ----------------------------------------------------


def drawn(client: Client, address: str, part: str = "header.site-header") -> Tag:
    found = BeautifulSoup(text(client, address, EN), "html.parser").select_one(part)
    assert found is not None
    return found


def test_the_search_box_holds_this_visitors_words_as_text() -> None:
    for words in ("tudou", '"><script>alert(1)</script>', "\ue000\ue001\ue002", ""):
        box = drawn(Client(), f"/shop/?{urlencode({'q': words})}").select_one("#site-q")
        assert box is not None
        assert box["value"] == words


def test_the_language_button_leads_back_to_this_page() -> None:
    for address in ("/shop/?q=tudou&page=1", "/ledger/", "/accounts/login/?next=/orders/%22%3E"):
        fields = drawn(Client(), address).select("[name=next]")
        assert {field["value"] for field in fields} == {address}


def test_the_menu_marks_the_page_one_is_on() -> None:
    def current(address: str) -> set[str]:
        return {link.get_text() for link in drawn(Client(), address).select("[aria-current=page]")}

    assert [current(address) for address in ("/shop/", "/ledger/", "/stories/", "/accounts/login/")] == [
        {"Shop"},
        {"Ledger"},
        {"Stories"},
        set(),
    ]
    save([link("故事", "Told", "/stories/"), link("账", "Figures", "/ledger/")])
    assert current("/ledger/") == {"Figures"}
    assert current("/stories/") == {"Told"}


def test_each_role_has_its_own_menu() -> None:
    official, citizen, stranger = (signed_in(Role.OFFICIAL), signed_in(Role.CITIZEN), Client())
    for _ in range(2):
        assert "Complaints" in drawn(official, "/ledger/").get_text()
        assert "Complaints" not in drawn(citizen, "/ledger/").get_text()
        assert "Sign out" in drawn(citizen, "/ledger/").get_text()
        assert "Sign in" in drawn(stranger, "/ledger/").get_text()


def test_the_frames_forms_work_for_each_visitor() -> None:
    for visitor in (Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)):
        token = drawn(visitor, "/ledger/").select_one("[name=csrfmiddlewaretoken]")
        assert token is not None
        form = {"language": "en", "next": "/", "csrfmiddlewaretoken": token["value"]}
        assert visitor.post("/i18n/setlang/", form).status_code == 302
        assert visitor.post("/i18n/setlang/", {**form, "csrfmiddlewaretoken": "x" * 64}).status_code == 403


def test_a_hotline_that_changes_is_at_the_foot_at_once() -> None:
    for hotline in ("0312-12", "0312-34"):
        SiteInfo.objects.update_or_create(site=Site.objects.get(), defaults={"hotline": hotline})
        assert hotline in drawn(Client(), "/ledger/", "footer").get_text()
