"""Put a story, a notice, help or a landing page into the page tree, in Chinese and, where there are words for it, in English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import transaction
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Locale, Page

from farmers.registry.models import Household
from farmers.stock.models import Product

from .models import (
    HelpIndexPage,
    HelpPage,
    HomePage,
    LandingPage,
    NoticeIndexPage,
    NoticePage,
    StoryIndexPage,
    StoryPage,
)


class StoryWords(NamedTuple):
    """A story in one language.

    `body` is a list of blocks: `("text", "<p>…</p>")`, `("quote", {"words": …, "speaker": …})` or
    `("picture", {"image": Image, "caption": …})`.
    """

    title: str
    intro: str
    body: Sequence[tuple[str, Any]] = ()


class NoticeWords(NamedTuple):
    """A notice in one language; `body` is HTML of paragraphs, lists and links."""

    title: str
    office: str
    body: str


class HelpWords(NamedTuple):
    """A help page in one language: questions, each with its answer in HTML."""

    title: str
    questions: Sequence[tuple[str, str]]


class LandingWords(NamedTuple):
    """A landing page in one language; `body` is a list of the home's blocks."""

    title: str
    body: Sequence[tuple[str, Any]]


@transaction.atomic
def publish_story(
    slug: str,
    date: dt.date,
    zh: StoryWords,
    en: StoryWords | None = None,
    *,
    product: Product | None = None,
    household: Household | None = None,
    image: Image | None = None,
) -> StoryPage:
    """Publish a story at `/stories/<slug>/`, or publish it anew when it is there; the Chinese page.

    Raises ValidationError when the household has not agreed to be shown.
    """
    facts = {"date": date, "product": product, "household": household, "image": image}
    page = _publish(StoryPage, StoryIndexPage, slug, "zh-hans", {**zh._asdict(), **facts})
    if en:
        _publish(StoryPage, StoryIndexPage, slug, "en", {**en._asdict(), **facts}, original=page)
    return page


@transaction.atomic
def publish_notice(
    slug: str,
    date: dt.date,
    zh: NoticeWords,
    en: NoticeWords | None = None,
    *,
    number: str = "",
    document: Document | None = None,
) -> NoticePage:
    """Publish a notice at `/notices/<slug>/`, or publish it anew when it is there; the Chinese page."""
    facts = {"date": date, "number": number, "document": document}
    page = _publish(NoticePage, NoticeIndexPage, slug, "zh-hans", {**zh._asdict(), **facts})
    if en:
        _publish(NoticePage, NoticeIndexPage, slug, "en", {**en._asdict(), **facts}, original=page)
    return page


@transaction.atomic
def publish_help(slug: str, zh: HelpWords, en: HelpWords | None = None) -> HelpPage:
    """Publish questions and answers at `/help/<slug>/`, or publish them anew; the Chinese page."""
    page = _publish(HelpPage, HelpIndexPage, slug, "zh-hans", _help(zh))
    if en:
        _publish(HelpPage, HelpIndexPage, slug, "en", _help(en), original=page)
    return page


def _help(words: HelpWords) -> dict[str, Any]:
    body = [("question", {"question": asked, "answer": said}) for asked, said in words.questions]
    return {"title": words.title, "body": body}


@transaction.atomic
def publish_landing(slug: str, zh: LandingWords, en: LandingWords | None = None) -> LandingPage:
    """Publish a page of blocks at `/<slug>/`, or publish it anew; the Chinese page."""
    page = _publish(LandingPage, HomePage, slug, "zh-hans", zh._asdict())
    if en:
        _publish(LandingPage, HomePage, slug, "en", en._asdict(), original=page)
    return page


def _publish(
    kind: type[Page],
    index: type[Page],
    slug: str,
    language: str,
    facts: dict[str, Any],
    original: Page | None = None,
) -> Any:
    parent = index.objects.get(locale=Locale.objects.get_for_language(language))
    page = kind.objects.child_of(parent).filter(slug=slug).first()
    if page is None:
        page = kind(slug=slug, locale=parent.locale, **facts)
        if original is not None:
            page.translation_key = original.translation_key
        parent.add_child(instance=page)
    else:
        for name, value in facts.items():
            setattr(page, name, value)
    page.save_revision().publish()
    return page
