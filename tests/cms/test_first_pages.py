"""What a fresh site answers with, in whichever language it is read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from wagtail.models import Locale, Page, Site

from cms.models import HomePage
from cms.publish import NoticeWords, StoryWords, publish_notice, publish_story

pytestmark = pytest.mark.django_db
ZH, EN = {"accept-language": "zh-CN,zh;q=0.9"}, {"accept-language": "en-US,en;q=0.9"}
DAY = dt.date(2026, 4, 18)


def text(client: Client, path: str, headers: dict[str, str]) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200, path
    return response.content.decode()


def a_story(slug: str = "baicai", en: bool = True, **facts: Any) -> Any:
    return publish_story(
        slug,
        DAY,
        StoryWords("白菜进了食堂", "四亩白菜，一车拉走。", [("text", "<p>那年雾大。</p>")]),
        StoryWords("Cabbage for the canteen", "One cart.", [("text", "<p>It was foggy.</p>")])
        if en
        else None,
        **facts,
    )


@pytest.mark.parametrize("path", ["/", "/stories/", "/notices/"])
@pytest.mark.parametrize("headers", [ZH, EN, {"accept-language": "fr"}, {}])
def test_an_empty_database_answers(client: Client, path: str, headers: dict[str, str]) -> None:
    assert "<h1" in text(client, path, headers)


def test_the_home_page_speaks_the_readers_language(client: Client) -> None:
    assert "村里的好收成" in text(client, "/", ZH)
    assert "straight from the village" in text(client, "/", EN)
    client.post("/i18n/setlang/", {"language": "en"})
    assert "straight from the village" in text(client, "/", ZH)


def test_a_story_and_a_notice_are_read_in_both_languages_at_one_address(client: Client) -> None:
    a_story()
    publish_notice(
        "tongzhi",
        DAY,
        NoticeWords("通知", "办公室", "<p>正文</p>"),
        NoticeWords("Notice", "Office", "<p>Text</p>"),
    )
    for path, zh, en in (
        ("/stories/baicai/", "那年雾大", "It was foggy"),
        ("/notices/tongzhi/", "正文", "Text"),
    ):
        assert zh in text(client, path, ZH)
        assert en in text(client, path, EN)


def test_a_page_nobody_has_translated_is_read_in_chinese_and_says_so(client: Client) -> None:
    a_story(en=False)
    page = text(client, "/stories/baicai/", EN)
    assert "那年雾大" in page
    assert "not been translated" in page
    assert 'lang="zh-hans"' in page
    for path in ("/stories/", "/"):
        assert "白菜进了食堂" in text(client, path, EN)


def test_publishing_again_changes_the_page_and_adds_none(client: Client) -> None:
    a_story()
    count = Page.objects.count()
    a_story()
    assert Page.objects.count() == count
    assert Page.find_problems() == ([], [], [], [], [])


def test_there_is_no_page_but_those_that_are_published(client: Client) -> None:
    story = a_story()
    story.unpublish()
    assert client.get("/stories/baicai/", headers=ZH).status_code == 404
    for path in ("/nothing/", "/stories/nothing/", "/home/", "/home-en/"):
        assert client.get(path).status_code == 404


def test_the_start_stands_in_the_tree_as_wagtail_itself_would_have_put_it() -> None:
    site = Site.objects.get(is_default_site=True)
    assert {locale.language_code for locale in Locale.objects.all()} == {"zh-hans", "en"}
    assert isinstance(site.root_page.specific, HomePage)
    assert Page.find_problems() == ([], [], [], [], [])
    assert not Page.objects.filter(title__startswith="Welcome").exists()


@pytest.mark.django_db(transaction=True)
def test_migrations_go_back_to_wagtails_own_welcome_and_forth_again() -> None:
    a_story()
    call_command("migrate", "cms", "0001", verbosity=0)
    assert Site.objects.get().root_page.title.startswith("Welcome")
    assert Page.find_problems() == ([], [], [], [], [])
    call_command("migrate", "cms", "zero", verbosity=0)
    call_command("migrate", "cms", verbosity=0)
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes("cms")) == []
    assert Client().get("/").status_code == 200
