"""The home page: which lots it shows, as they are now, and at what cost."""

from __future__ import annotations

import datetime as dt
import re
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from cms.models import HomePage, LandingPage
from cms.shelves import Pick, pick_lots
from farmers.stock.models import Lot
from marketplace.days import today
from shop.catalogue.kept import SECONDS
from shop.orders.models import PayBy
from tests.makers import a_household, a_lot, a_person, accepted, an_order, saplings, signed_in

from .test_first_pages import ZH, a_story, text

pytestmark = pytest.mark.django_db


def arrange(*blocks: tuple[str, Any]) -> None:
    home = HomePage.objects.get(locale__language_code="zh-hans")
    home.body = list(blocks)
    home.save_revision().publish()


def row(rule: str, count: int = 4, products: list[str] | None = None) -> tuple[str, dict[str, Any]]:
    return ("featured", {"heading": rule, "rule": rule, "count": count, "products": products or []})


def shown(client: Client) -> list[str]:
    return re.findall(r'href="/shop/([\w-]+)/"', text(client, "/", ZH))


def many_lots(count: int) -> None:
    """One in ten a tree. Copies of two lots, as listing so many by their verb would take half a minute."""
    household = a_household(consent_on=today())
    models = [a_lot(household=household), saplings(household=household)]
    names = [f.attname for f in Lot._meta.concrete_fields if not f.generated and f.name not in ("id", "slug")]
    facts = [{name: getattr(lot, name) for name in names} for lot in models]
    Lot.objects.bulk_create(
        [Lot(slug=f"copy-{n}", **facts[n % 10 == 0]) for n in range(count - len(models))], batch_size=1_000
    )


def test_each_rule_shows_its_own_lots_in_its_own_order() -> None:
    day, now = today(), timezone.now()
    old = a_lot(
        harvested_on=day - dt.timedelta(days=20), price_fen=99_00, listed_at=now - dt.timedelta(days=3)
    )
    fresh = a_lot(product="bocai", harvested_on=day, price_fen=99_00, listed_at=now - dt.timedelta(days=2))
    tree = saplings(listed_at=now - dt.timedelta(days=1))
    cheap = a_lot(product="dabaicai", price_fen=1, listed_at=now)
    picks = {rule: Pick(rule, 8) for rule in ("newest", "soon", "saplings", "clearance")}
    found = pick_lots(picks.values())
    picked = {rule: [lot.pk for lot in found[pick]] for rule, pick in picks.items()}
    assert picked["newest"] == [cheap.pk, tree.pk, fresh.pk, old.pk]
    assert [lot.good_until for lot in found[picks["soon"]]] == sorted(
        lot.good_until for lot in (old, fresh, cheap) if lot.good_until
    )
    assert picked["saplings"] == [tree.pk]
    assert cheap.pk in picked["clearance"] and old.pk not in picked["clearance"]


def test_products_chosen_by_hand_stand_in_the_chosen_order(client: Client) -> None:
    potato, spinach = a_lot(), a_lot(product="bocai")
    a_lot(product="dabaicai")
    arrange(row("chosen", products=["bocai", "tudou", "huanggua"]))
    assert shown(client) == [spinach.slug, potato.slug]


def test_a_row_shows_the_first_lot_of_each_product_alone(client: Client) -> None:
    spinach = a_lot(product="bocai", listed_at=timezone.now() - dt.timedelta(hours=1))
    first, *_others = (a_lot(listed_at=timezone.now() - dt.timedelta(minutes=m)) for m in range(1, 12))
    arrange(row("newest", 3))
    assert shown(client) == [first.slug, spinach.slug]


def test_price_and_stock_are_those_of_now_though_the_page_is_kept(client: Client, query_budget: Any) -> None:
    lots = [a_lot(product=slug) for slug in ("tudou", "bocai", "dabaicai", "huanggua", "hongshu")]
    arrange(row("newest", 4))
    assert lots[4].slug in shown(client)
    # as another process would: nothing here is told of it
    Lot.objects.filter(pk=lots[4].pk).update(listed=0)
    Lot.objects.filter(pk=lots[3].pk).update(price_fen=777)
    page = text(client, "/", ZH)
    assert lots[4].slug not in page
    assert lots[0].slug in page
    assert "¥7.77" in page


def test_the_figures_are_the_ledgers(client: Client) -> None:
    accepted(an_order(PayBy.ON_DELIVERY, lots=[a_lot(2_000, 200)], jin=1_234))
    page = text(client, "/", ZH)
    assert "<strong>1,234</strong>" in page
    assert "<strong>2,468</strong>" in page


@pytest.mark.parametrize("count", [400, 20_000])
def test_the_home_page_is_within_its_budget(count: int, client: Client, query_budget: Any) -> None:
    many_lots(count)
    image = Image.objects.create(title="田", file=get_test_image_file())
    for slug in ("a", "b", "c"):
        a_story(slug, image=image)
    for path in ("/stories/", "/stories/a/"):  # so that the pictures have their sizes, as on a site that runs
        text(client, path, ZH)
    with query_budget(5):
        text(client, "/", ZH)
    with query_budget(1):
        text(client, "/", ZH)
    with query_budget(8):
        text(client, "/stories/", ZH)
    cache.clear()
    with query_budget(8):
        text(client, "/stories/a/", ZH)


def test_every_block_shows_itself(client: Client) -> None:
    image = Image.objects.create(title="田", description="一片田", file=get_test_image_file())
    link = {"text": "去看看", "address": "/shop/"}
    arrange(
        ("hero", {"heading": "开头", "text": "几句话", "link": link, "image": image, "drawing": ""}),
        ("text", "<p>一段正文</p>"),
        ("call", {"heading": "来吧", "text": "说明", "link": link}),
        row("clearance"),
    )
    page = text(client, "/", ZH)
    for words in ("<h1>开头</h1>", "一段正文", "来吧", 'alt="一片田"', "/media/images/"):
        assert words in page


def test_whoever_is_signed_in_sees_at_once_what_an_editor_changed() -> None:
    person = signed_in(a_person())
    arrange(row("newest"), ("text", "<p>从前</p>"))
    assert "从前" in text(person, "/", ZH)
    arrange(("text", "<p>如今</p>"), row("newest", 2), row("saplings", 2))
    page = text(person, "/", ZH)
    assert "如今" in page and "从前" not in page


def test_a_page_edited_elsewhere_never_breaks_and_is_shown_within_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person, lot = signed_in(a_person()), a_lot()
    arrange(row("newest"), ("text", "<p>从前</p>"))
    page = LandingPage(title="苗木季", slug="season", body=[("text", "<p>从前</p>")])
    HomePage.objects.get(locale__language_code="zh-hans").add_child(instance=page)
    for address in ("/", "/season/"):
        assert "从前" in text(person, address, ZH)
    # as another process would: nothing here is told of it
    for model in (HomePage, LandingPage):
        model.objects.update(body=[("text", "<p>如今</p>"), row("newest"), row("soon")])
    for address in ("/", "/season/"):
        text(person, address, ZH)
    later = time.time() + SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    for address in ("/", "/season/"):
        shown_now = text(person, address, ZH)
        assert "如今" in shown_now and lot.get_absolute_url() in shown_now


def test_a_draft_that_is_looked_at_leaves_nothing_behind(client: Client) -> None:
    arrange(("text", "<p>从前</p>"))
    home = HomePage.objects.get(locale__language_code="zh-hans")
    home.body = [("text", "<p>草稿</p>"), row("newest")]
    draft = home.make_preview_request(preview_mode=home.default_preview_mode)
    assert "草稿" in draft.content.decode()
    assert "草稿" not in text(client, "/", ZH)
