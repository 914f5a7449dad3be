"""What a phone has to fetch: the home page with pictures and the listing, each to its very end."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Response

from cms.models import HomePage
from tests.cms.test_first_pages import a_story
from tests.cms.test_pictures import a_picture
from tests.conftest import PHONE
from tests.makers import a_lot, saplings

BUDGET = 300_000
# what a server sends compressed; the tests' own does not
TEXT = ("text/", "image/svg", "application/javascript", "application/json")


def weight(page: Page, address: str) -> dict[str, int]:
    """Bytes of each file on the wire, once all of the page has been scrolled through."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address)
    for _ in range(30):
        page.mouse.wheel(0, 600)
        page.wait_for_timeout(60)
    page.wait_for_load_state("networkidle")
    return {answer.url: on_the_wire(answer) for answer in answers if answer.ok}


def on_the_wire(answer: Response) -> int:
    text = answer.headers.get("content-type", "").startswith(TEXT)
    return len(gzip.compress(answer.body())) if text else len(answer.body())


@pytest.fixture
def full_home(live_server: Any) -> None:
    """A picture at the top, one for each story, and a lot of each drawing."""
    for product in ("tudou", "bocai", "dabaicai", "dacong", "hongshu", "qincai", "huluobo", "nangua"):
        a_lot(product=product)
    for _ in range(4):
        saplings()
    for slug in ("a", "b", "c"):
        a_story(slug, image=a_picture())
    for home in HomePage.objects.all():
        body = [(block.block_type, block.value) for block in home.body]
        body[0][1]["image"] = a_picture()
        home.body = body
        home.save_revision().publish()


def test_home_with_pictures_and_listing_are_light_on_a_phone(
    full_home: None, somebody: Callable[..., Page]
) -> None:
    pictures = []
    for address in ("/", "/shop/"):
        # a browser that has nothing yet
        weighed = weight(somebody(viewport=PHONE), address)
        heaviest = sorted(weighed.items(), key=lambda pair: -pair[1])[:8]
        assert sum(weighed.values()) < BUDGET, (address, sum(weighed.values()), heaviest)
        pictures += [url for url in weighed if "/media/" in url]
    assert len(pictures) == 4
    assert all(url.endswith(".avif") for url in pictures)
