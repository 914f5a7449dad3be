"""Feeds, site map, robots and redirects: what machines read of the site, and nothing that people may not."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Pixels
from wagtail.contrib.redirects.models import Redirect
from wagtail.images.models import Image
from wagtail.models import Page, PageViewRestriction

from cms import sitemaps
from cms.publish import NoticeWords, StoryWords, publish_notice, publish_story
from farmers.registry.models import Household
from farmers.stock.models import Lot
from marketplace.access.models import Role
from marketplace.days import today
from tests.makers import a_household, a_lot, signed_in

pytestmark = pytest.mark.django_db
ZH, EN = {"accept-language": "zh-CN"}, {"accept-language": "en"}
ATOM, MAP = "{http://www.w3.org/2005/Atom}", "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SITE = "https://market.example"
DAY = dt.date(2026, 4, 18)


def a_picture() -> Image:
    target = io.BytesIO()
    Pixels.new("RGB", (1600, 1200)).save(target, "PNG")
    return Image.objects.create(title="白菜", file=SimpleUploadedFile("a.png", target.getvalue()))


@pytest.fixture(autouse=True)
def _site(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SITE_URL = SITE
    monkeypatch.setattr(sitemaps.Section, "protocol", "https")


def a_story(slug: str = "baicai", en: bool = True, **facts: Any) -> Any:
    english = StoryWords("Cabbage for the <canteen>", "One cart.", []) if en else None
    return publish_story(slug, DAY, StoryWords("白菜进了食堂", "四亩白菜。", []), english, **facts)


def a_notice() -> Any:
    return publish_notice(
        "tongzhi", DAY, NoticeWords("通知", "办公室", "<p>正&amp;文</p><p>其二</p>"), number="1号"
    )


def feed(client: Client, path: str, headers: dict[str, str] = ZH) -> list[dict[str, str]]:
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    return [
        {
            "title": entry.findtext(f"{ATOM}title") or "",
            "link": entry.find(f"{ATOM}link").get("href"),  # type: ignore[union-attr]
            "summary": entry.findtext(f"{ATOM}summary") or "",
        }
        for entry in root.iter(f"{ATOM}entry")
    ]


def mapped(client: Client, path: str = "/sitemap.xml") -> list[str]:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/xml")
    root = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    return [place.text or "" for place in root.iter(f"{MAP}loc")]


# --- feeds -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/stories/feed/", "/notices/feed/"])
def test_an_empty_feed_is_a_feed(client: Client, path: str) -> None:
    assert feed(client, path) == []


def test_stories_are_fed_in_the_reader_s_language(client: Client) -> None:
    a_story()
    a_story("yumi", en=False)
    link = f"{SITE}/stories/baicai/"
    assert {"title": "白菜进了食堂", "link": link, "summary": "四亩白菜。"} in feed(client, "/stories/feed/")
    english = feed(client, "/stories/feed/", EN)
    assert {"title": "Cabbage for the <canteen>", "link": link, "summary": "One cart."} in english
    assert len(english) == 2


def test_a_notice_is_fed_as_plain_words(client: Client) -> None:
    a_notice()
    assert [entry["summary"].replace("&amp;", "&") for entry in feed(client, "/notices/feed/")] == [
        "正&文 其二"
    ]


def test_lists_and_articles_name_their_feed(client: Client) -> None:
    a_story(), a_notice()
    for path, name in (
        ("/", "/stories/feed/"),
        ("/stories/", "/stories/feed/"),
        ("/stories/baicai/", "/stories/feed/"),
        ("/notices/", "/notices/feed/"),
        ("/notices/tongzhi/", "/notices/feed/"),
    ):
        soup = BeautifulSoup(client.get(path).content, "html.parser")
        links = soup.select('head link[rel="alternate"][type="application/atom+xml"]')
        assert name in [link["href"] for link in links], path


def test_what_a_household_takes_back_or_editors_close_is_in_no_feed_or_map(client: Client) -> None:
    household = a_household(consent_on=today())
    a_story("theirs", household=household), a_story("closed")
    address = f"{SITE}/stories/theirs/"
    assert address in mapped(client)
    Household.objects.filter(pk=household.pk).update(consent_on=None)
    for page in Page.objects.filter(slug="closed"):
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert feed(client, "/stories/feed/") == []
    assert not {address, f"{SITE}/stories/closed/"} & set(mapped(client))


def test_feeds_and_map_cost_the_same_however_much_there_is(client: Client, query_budget: Any) -> None:
    for number in range(5):
        a_story(f"s{number}"), a_lot()
    for path, most in (("/stories/feed/", 4), ("/notices/feed/", 4), ("/sitemap.xml", 7)):
        with query_budget(most):
            assert client.get(path).status_code == 200


# --- the map -----------------------------------------------------------------------------------


def test_the_map_has_every_page_once_and_every_offer_on_sale(client: Client) -> None:
    a_story(), a_notice()
    lots = [a_lot(), a_lot(), a_lot()]
    Lot.objects.filter(pk=lots[2].pk).update(state=Lot.State.WITHDRAWN)
    found = mapped(client)
    assert len(found) == len(set(found))
    paths = ["/", "/shop/", "/ledger/", "/stories/", "/stories/baicai/", "/notices/", "/notices/tongzhi/"]
    assert {f"{SITE}{path}" for path in paths} <= set(found)
    assert [place for place in found if place.startswith(f"{SITE}/shop/") and place != f"{SITE}/shop/"] == [
        f"{SITE}{lot.get_absolute_url()}" for lot in lots[:2]
    ]


def test_a_large_map_is_an_index_of_small_ones(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps.Section, "limit", 4)
    lots = [a_lot() for _ in range(6)]
    files = [place.removeprefix("https://testserver") for place in mapped(client)]
    assert "/sitemap-offers.xml?p=2" in files
    found = [place for file in files for place in mapped(client, file)]
    assert {f"{SITE}{lot.get_absolute_url()}" for lot in lots} <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    "path",
    ["/sitemap-orders.xml", "/sitemap-offers.xml?p=99", "/sitemap.xml?p=x", "/sitemap-offers.xml?p=-1"],
)
def test_a_map_that_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_robots_are_shown_the_map_and_kept_out_of_what_is_private(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
    for room in ("/basket/", "/checkout/", "/orders/", "/admin/", "/seller/", "/officer/", "/cashier/"):
        assert f"Disallow: {room}" in lines
    assert not {"Disallow: /", "Disallow: /shop/", "Disallow: /stories/"} & set(lines)


# --- cards -------------------------------------------------------------------------------------


def test_a_story_is_passed_on_with_its_picture_and_a_notice_with_the_market_s(client: Client) -> None:
    a_story(image=a_picture()), a_notice()
    cards = {}
    for path in ("/", "/stories/baicai/", "/notices/tongzhi/"):
        soup = BeautifulSoup(client.get(path, headers=EN).content, "html.parser")
        assert soup.select_one('link[rel="canonical"]')["href"] == f"{SITE}{path}"
        cards[path] = {tag["property"]: tag["content"] for tag in soup.select("meta[property]")}
    assert cards["/stories/baicai/"]["og:title"] == "Cabbage for the <canteen>"
    assert cards["/stories/baicai/"]["og:type"] == "article"
    assert cards["/stories/baicai/"]["og:image"].startswith(f"{SITE}/media/images/")
    assert cards["/notices/tongzhi/"]["og:image"] == cards["/"]["og:image"] == f"{SITE}/static/og.png"


# --- redirects ---------------------------------------------------------------------------------


def test_an_old_address_leads_on(client: Client) -> None:
    Redirect.add_redirect("/pinkun/", "/stories/")
    assert client.get("/pinkun/?from=wechat").headers["Location"] == "/stories/"
    assert client.get("/pinkun/").status_code == 301
    assert client.get("/pinkun-2/").status_code == 404


def test_a_renamed_story_is_found_at_its_old_address(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    story = a_story(en=False)
    story.slug = "baicai-2"
    with django_capture_on_commit_callbacks(execute=True):
        story.save_revision().publish()
    assert client.get("/stories/baicai/").headers["Location"].endswith("/stories/baicai-2/")


def test_editors_write_redirects_and_others_do_not() -> None:
    for role, status in ((Role.EDITOR, 200), (Role.OFFICIAL, 302), (Role.CITIZEN, 302)):
        assert signed_in(role).get("/admin/redirects/").status_code == status, role
