"""What an editor sees beside the form, from the first moment: of every kind of page, and of every block."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.blocks import HelpBody, HomeBody, StoryBody
from cms.models import (
    HelpIndexPage,
    HelpPage,
    HomePage,
    LandingPage,
    NoticeIndexPage,
    NoticePage,
    StoryIndexPage,
    StoryPage,
)
from cms.site_page import SitePage
from marketplace.access.models import Role
from tests.makers import a_household, a_lot, signed_in

from .test_editing import comments

pytestmark = pytest.mark.django_db
LINK = {"text": "去", "address": "/shop/"}
NO_LINK = {"text": "", "address": ""}
INDEXES = {"title": "列", "slug": "lie", "intro": ""}
ONES = {"title": "题", "slug": "ti", "intro": "话", "date": "2026-04-18"}
# kind of page: the parent it may stand under, what its form says
PAGES: dict[type[SitePage], tuple[type[Page], dict[str, Any]]] = {
    HomePage: (Page, {"title": "家", "slug": "jia", "body": streamfield([])}),
    LandingPage: (HomePage, {"title": "页", "slug": "ye", "body": streamfield([])}),
    StoryIndexPage: (HomePage, INDEXES),
    StoryPage: (
        StoryIndexPage,
        {**ONES, "body": streamfield([]), "image": "", "product": "", "household": ""},
    ),
    NoticeIndexPage: (HomePage, INDEXES),
    NoticePage: (
        NoticeIndexPage,
        {**ONES, "office": "局", "number": "", "body": rich_text(""), "document": ""},
    ),
    HelpIndexPage: (HomePage, INDEXES),
    HelpPage: (HelpIndexPage, {"title": "助", "slug": "zhu", "body": streamfield([])}),
}
# block: no more than it needs, and nothing at all in it
BLOCKS: dict[str, tuple[dict[str, Any] | str, dict[str, Any] | str]] = {
    "hero": (
        {"heading": "头", "text": "", "link": LINK, "image": "", "drawing": "tudou"},
        {"heading": "", "text": "", "link": NO_LINK, "image": "", "drawing": ""},
    ),
    "featured": (
        {"heading": "货", "rule": "newest", "count": "4", "products": streamfield([])},
        {"heading": "", "rule": "", "count": "", "products": streamfield([])},
    ),
    "figures": ({"heading": "数"}, {"heading": ""}),
    "stories": ({"heading": "事", "count": "3"}, {"heading": "", "count": ""}),
    "notices": ({"heading": "告", "count": "3"}, {"heading": "", "count": ""}),
    "categories": ({"heading": "类"}, {"heading": ""}),
    "season": ({"heading": "季", "count": "3"}, {"heading": "", "count": ""}),
    "supermarkets": ({"heading": "店", "text": ""}, {"heading": "", "text": ""}),
    "call": ({"heading": "来", "text": "", "link": LINK}, {"heading": "", "text": "", "link": NO_LINK}),
    "text": (rich_text("<p>字</p>"), rich_text("")),
    "picture": ({"image": "IMAGE", "caption": ""}, {"image": "", "caption": ""}),
    "quote": ({"words": "言", "speaker": ""}, {"words": "", "speaker": ""}),
    "question": (
        {"question": "问", "answer": rich_text("<p>答</p>")},
        {"question": "", "answer": rich_text("")},
    ),
}
HOLDERS = {LandingPage: HomeBody, StoryPage: StoryBody, HelpPage: HelpBody}
PLACES = [(kind, name) for kind, body in HOLDERS.items() for name in body().child_blocks]


@pytest.fixture
def editor() -> Client:
    return signed_in(Role.EDITOR)


def preview(editor: Client, kind: type[SitePage], **changed: Any) -> str:
    """The page beside the form for a new page, of which nothing is saved yet."""
    parent_kind, form = PAGES[kind]
    parent = parent_kind.objects.filter(depth=1).first() or parent_kind.objects.first()
    args = ["cms", kind._meta.model_name, parent.pk]
    address = reverse("wagtailadmin_pages:preview_on_add", args=args)
    answer = editor.post(address, nested_form_data({**form, "comments": comments(), **changed}))
    assert answer.json()["is_available"], answer.content.decode()
    shown = editor.get(address)
    assert shown.status_code == 200
    return shown.content.decode()


def test_every_kind_of_page_and_of_block_is_tried() -> None:
    assert set(PAGES) == {kind for kind in SitePage.__subclasses__() if not kind._meta.abstract}
    assert set(BLOCKS) == {name for _kind, name in PLACES}


@pytest.mark.parametrize("kind", PAGES)
def test_a_new_page_of_every_kind_is_seen_before_it_is_saved(kind: type[SitePage], editor: Client) -> None:
    a_lot()
    if kind.max_count_per_parent:
        # the only one is there: no other can be added, so take its place
        kind.objects.all().delete()
    before = Page.objects.count()
    # a home's title is the site's, in the head
    assert PAGES[kind][1]["title"] in preview(editor, kind)
    assert Page.objects.count() == before


@pytest.mark.parametrize("kind", PAGES)
def test_every_mode_of_every_kind_of_page_answers(kind: type[SitePage]) -> None:
    facts = {"intro": "话"} if kind in (StoryPage, StoryIndexPage) else {}
    page = kind(title="题", slug="ti", **facts)
    parent = (kind.allowed_parent_page_models()[0]).objects.first()
    page.path, page.depth, page.locale = f"{parent.path}00ZZ", parent.depth + 1, parent.locale
    page.set_url_path(parent)
    assert page.preview_modes
    for mode, _name in page.preview_modes:
        assert page.make_preview_request(preview_mode=mode).status_code == 200


@pytest.mark.parametrize(("kind", "name"), PLACES)
def test_every_block_is_seen_full_and_still_empty(kind: type[SitePage], name: str, editor: Client) -> None:
    a_lot()
    full, empty = BLOCKS[name]
    if name == "picture":
        image = Image.objects.create(title="田", file=get_test_image_file())
        full = {"image": str(image.pk), "caption": "田里"}
    for value in (full, empty):
        preview(editor, kind, body=streamfield([(name, value)]))


def test_a_draft_of_a_household_that_has_not_agreed_is_seen_by_its_author(editor: Client) -> None:
    household = a_household(consent_on="2026-01-01")
    assert "题" in preview(editor, StoryPage, household=str(household.pk))
    assert "题" in preview(editor, StoryPage, household=str(a_household().pk))


def test_a_product_not_chosen_yet_is_no_row_yet(editor: Client) -> None:
    nothing_yet = {"count": "1", "0": {"value": "", "order": "0", "deleted": "", "id": ""}}
    row = {"heading": "货", "rule": "chosen", "count": "4", "products": nothing_yet}
    assert "货" not in preview(editor, LandingPage, body=streamfield([("featured", row)]))
