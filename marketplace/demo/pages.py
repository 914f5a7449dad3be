"""The demo's stories, notices and site details, published as an editor would."""

from __future__ import annotations

import datetime as dt
from typing import Any

from wagtail.models import Site

from cms.models import HomePage, SiteInfo
from cms.publish import (
    HelpWords,
    LandingWords,
    NoticeWords,
    StoryWords,
    publish_help,
    publish_landing,
    publish_notice,
    publish_story,
)
from cms.supermarkets import WarmHeartShop
from farmers.registry.models import Household, Town
from marketplace.pinyin import pinyin

from .notices import NOTICES, SAID_EN, SAID_ZH, Paper
from .people import City
from .site import HELP, LANDING, LANDING_SLUG, MENU, SHOPS, SHOPS_BLOCK
from .stories import STORIES, Telling


def publish(city: City) -> None:
    """Write all of them; each story is of a household that grows what it tells of, and agreed."""
    for story in STORIES:
        household = _family(city, story.village, story.product)
        publish_story(
            story.slug,
            city.day - dt.timedelta(days=story.days_ago),
            _story(story.zh, household, household.head_name[0]),
            _story(story.en, household, pinyin(household.head_name[0]).title()),
            product=city.products[story.product],
            household=household,
        )
    for notice in NOTICES:
        day = city.day - dt.timedelta(days=notice.days_ago)
        publish_notice(
            notice.slug,
            day,
            _notice(notice.zh, SAID_ZH),
            _notice(notice.en, SAID_EN),
            number=notice.number.format(year=day.year),
        )
    info = SiteInfo.for_site(Site.objects.get(is_default_site=True))
    info.hotline = "0312-0000000"
    info.address = "河北省定州市示例大街 1 号"
    info.icp_number = "冀ICP备00000000号（示例）"
    info.menu = [("link", item) for item in MENU]
    info.save()
    _open_supermarkets()
    for topic in HELP:
        publish_help(topic.slug, _help(*topic.zh), _help(*topic.en))
    publish_landing(LANDING_SLUG, LandingWords(*LANDING["zh-hans"]), LandingWords(*LANDING["en"]))


def _help(title: str, questions: tuple[tuple[str, str], ...]) -> HelpWords:
    return HelpWords(title, [(asked, f"<p>{said}</p>") for asked, said in questions])


def _open_supermarkets() -> None:
    """Two of them, and a place on the home page, before the invitation at its end."""
    towns = {town.name: town for town in Town.objects.all()}
    for shop in SHOPS:
        WarmHeartShop.objects.update_or_create(
            name=shop.name,
            defaults={**shop._asdict(), "town": towns[shop.town], "invented": True},
        )
    for home in HomePage.objects.select_related("locale"):
        blocks = [(block.block_type, block.value) for block in home.body]
        if "supermarkets" not in {kind for kind, _value in blocks}:
            blocks.insert(-1, ("supermarkets", SHOPS_BLOCK[home.locale.language_code]))
            home.body = blocks
            home.save_revision().publish()


def _family(city: City, village: str, product: str) -> Household:
    """A family of the village that agreed to be shown, one that grows the product if there is one."""
    there = [h for h in city.households if h.village.name == village and h.consent_on]
    return next((h for h in there if h in city.growers[product]), there[0])


def _story(told: Telling, household: Household, name: str) -> StoryWords:
    words = {"name": name, "village": household.village.name, "town": household.village.town.name}
    said = [paragraph.format(**words) for paragraph in told.paragraphs]
    quote = {"words": told.quote.format(**words), "speaker": told.speaker.format(**words)}
    body: list[tuple[str, Any]] = [("text", f"<p>{paragraph}</p>") for paragraph in said]
    body.insert(-1, ("quote", quote))
    return StoryWords(told.title.format(**words), told.intro.format(**words), body)


def _notice(paper: Paper, said: str) -> NoticeWords:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in (f"<b>{said}</b>", *paper.paragraphs))
    return NoticeWords(paper.title, paper.office, body)
