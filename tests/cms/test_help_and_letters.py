"""Landing pages, help, and the contact form."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from wagtail.models import Locale, Page

from cms.contact import MOST_IN_AN_HOUR
from cms.letters import Letter
from cms.models import HelpIndexPage, HelpPage, HomePage, LandingPage
from marketplace.access.models import Role
from tests.makers import a_lot, saplings, signed_in

from .test_first_pages import EN, ZH, text

pytestmark = pytest.mark.django_db
LETTER = {"subject": "order", "name": "王小明", "phone": "13800138000", "text": "白菜少了两斤。"}


def below(parent: type[Page], page: Page, language: str = "zh-hans") -> Page:
    above = parent.objects.get(locale=Locale.objects.get(language_code=language))
    page.locale = above.locale
    above.add_child(instance=page)
    page.save_revision().publish()
    return page


def send(client: Client, **facts: str) -> Any:
    return client.post("/contact/", {**LETTER, **facts})


def test_a_landing_page_shows_lots_by_rule_as_the_home_does(client: Client, query_budget: Any) -> None:
    tree, potato = saplings(), a_lot()
    hero = {
        "heading": "春天栽树",
        "text": "",
        "link": {"text": "", "address": ""},
        "image": None,
        "drawing": "guohuai",
    }
    row = {"heading": "苗木", "rule": "saplings", "count": 4, "products": []}
    below(HomePage, LandingPage(title="春季苗木", slug="spring", body=[("hero", hero), ("featured", row)]))
    page = text(client, "/spring/", ZH)
    assert "<h1>春天栽树</h1>" in page
    assert "<title>春季苗木 · " in page
    assert f'href="/shop/{tree.slug}/"' in page
    assert potato.slug not in page
    with query_budget(6):
        text(client, "/spring/", ZH)


def test_help_answers_in_the_readers_language_and_opens_without_a_script(client: Client) -> None:
    question = [("question", {"question": "怎么付款？", "answer": "<p>微信或货到付款。</p>"})]
    zh = below(HelpIndexPage, HelpPage(title="付款", slug="paying", body=question))
    english = [("question", {"question": "How do I pay?", "answer": "<p>On delivery.</p>"})]
    page = HelpPage(title="Paying", slug="paying", body=english, translation_key=zh.translation_key)
    below(HelpIndexPage, page, "en")
    for path in ("/help/", "/help/paying/"):
        shown = text(client, path, ZH)
        assert "<summary>怎么付款？</summary>" in shown
        assert "微信或货到付款" in shown
        assert 'href="/contact/"' in shown
        shown = text(client, path, EN)
        assert "<summary>How do I pay?</summary>" in shown
        assert "怎么付款" not in shown


def test_a_fresh_site_has_a_help_page_and_a_season_calendar(client: Client) -> None:
    for headers in (ZH, EN):
        assert 'href="/contact/"' in text(client, "/help/", headers)
        assert 'class="season"' in text(client, "/", headers)
    assert not Page.find_problems()[0]
    assert not any(Page.find_problems())


def test_a_letter_reaches_the_editors_and_is_readable_in_no_table(client: Client) -> None:
    assert send(client).status_code == 302
    letter = Letter.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone, text FROM cms_letter")
        assert not any(word in str(cursor.fetchall()) for word in LETTER.values())
    editor = signed_in(Role.EDITOR)
    assert LETTER["text"] not in editor.get("/admin/letter/").content.decode()
    page = editor.get(f"/admin/letter/edit/{letter.pk}/").content.decode()
    assert all(LETTER[name] in page for name in ("name", "phone", "text"))
    kept = editor.post(f"/admin/letter/edit/{letter.pk}/", {"done": "on", "note": "补发", "text": "另一句"})
    assert kept.status_code == 302
    letter.refresh_from_db()
    assert (letter.done, letter.note, letter.text) == (True, "补发", LETTER["text"])


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.CASHIER, Role.CITIZEN])
def test_nobody_else_reads_letters(role: Role, client: Client) -> None:
    send(client)
    letter = Letter.objects.get()
    for path in ("", f"edit/{letter.pk}/"):
        assert signed_in(role).get(f"/admin/letter/{path}").status_code == 302
    assert signed_in(Role.EDITOR).get("/admin/letter/new/").status_code == 302


def test_a_letter_that_lacks_something_says_what(client: Client) -> None:
    for wrong in ({"name": ""}, {"text": ""}, {"phone": "12"}, {"subject": "x"}):
        response = send(client, **wrong)
        assert response.status_code == 422
        assert "aria-invalid" in response.content.decode()
    assert not Letter.objects.exists()
    assert send(client, phone="").status_code == 302


def test_one_address_writes_a_few_letters_in_an_hour(client: Client) -> None:
    for _ in range(MOST_IN_AN_HOUR):
        assert send(client).status_code == 302
    assert send(client).status_code == 429
    assert Letter.objects.count() == MOST_IN_AN_HOUR
    assert client.post("/contact/", LETTER, REMOTE_ADDR="10.1.1.1").status_code == 302


def test_a_letter_leaves_nothing_in_logs_or_addresses(client: Client, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    response = send(client)
    send(client, phone="12")
    assert response.headers["location"] == "/contact/"
    assert not any(word in caplog.text for word in (LETTER["name"], LETTER["phone"], LETTER["text"]))
    assert Client(enforce_csrf_checks=True).post("/contact/", LETTER).status_code == 403
