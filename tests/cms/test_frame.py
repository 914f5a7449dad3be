"""The frame of every page: its menu and its foot, as editors have them."""

from __future__ import annotations

from typing import Any

import pytest
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
