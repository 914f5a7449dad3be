"""Every page by day and by night, on a desk, on a small phone and made four times as large; in English its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT as AXE
from playwright.sync_api import Page

from marketplace.access.models import User
from tests.conftest import PHONE, VIEWPORT

from . import chinese, zoom
from .console import Console
from .places import PLACES, Place

LANGUAGES = {"zh-CN": "zh-hans", "en-US": "en"}
# half a pixel less, for browsers that round
FINGER = 43.5

# What a finger has to hit. A link within a sentence is as large as its words (WCAG 2.5.8 exempts it), a card's link
# as large as its card, and a trail's short words are as high as a finger, but not as wide.
TOO_SMALL = """(least) => {
  const found = [];
  const targets = "button, input:not([type=hidden]), select, textarea, summary, .button, .chip, nav:not(.breadcrumb) a";
  for (const target of document.querySelectorAll(targets)) {
    if (!target.checkVisibility({ visibilityProperty: true })) continue;
    const ticked = target.matches("[type=radio], [type=checkbox]");
    // a box is hit by its label as well
    const boxes = [target, ...(ticked ? target.labels : [])].map((each) => each.getBoundingClientRect());
    const width = Math.max(...boxes.map((box) => box.width));
    const height = Math.max(...boxes.map((box) => box.height));
    if (width < least || height < least)
      found.push(`${target.outerHTML.slice(0, 120)} is ${Math.round(width)} x ${Math.round(height)}`);
  }
  return found;
}"""
# colours change over a moment, from parents to children
SETTLED = """async () => {
  do await new Promise(requestAnimationFrame);
  while (document.getAnimations().some((each) => each.playState === "running"));
}"""
BROKEN = """() => [...document.images].filter((each) => each.complete && !each.naturalWidth).map((each) => each.src)"""


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
@pytest.mark.parametrize("locale", LANGUAGES)
def test_nobody_is_shut_out(
    place: Place,
    locale: str,
    used_city: None,
    people: Callable[[str], User],
    window: Callable[..., Page],
    console: Console,
) -> None:
    if place.status != 200:
        console.expects(place.status)
    page = window(people(place.role) if place.role else None, locale)
    if place.first:
        place.first(page)
    if place.url():
        answer = page.goto(place.url())
        assert answer is not None
        assert answer.status == place.status
    assert page.locator("html").get_attribute("lang") == LANGUAGES[locale]
    assert page.get_by_role("heading", level=1).count() == 1
    if locale == "en-US":
        # the page is the same but for its words: whether they are there, and have room where there is least
        assert [*zoom.problems(page, ["400 %"])] == []
        page.set_viewport_size(VIEWPORT)
        assert chinese.left_in(page) == []
    else:
        assert [*_problems(page)] == []


def _problems(page: Page) -> Iterator[str]:
    page.evaluate(AXE)
    yield from _axe(page, "by day")
    page.emulate_media(color_scheme="dark")
    page.evaluate(SETTLED)
    yield from _axe(page, "by night", {"runOnly": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    zoom.resize(page, **PHONE)
    for element in page.evaluate(zoom.TOO_WIDE):
        yield f"scrolls sideways on a phone: {element}"
    for element in page.evaluate(TOO_SMALL, FINGER):
        yield f"small for a finger: {element}"
    yield from zoom.problems(page)
    for source in page.evaluate(BROKEN):
        yield f"broken picture: {source}"
    page.set_viewport_size(VIEWPORT)


def _axe(page: Page, when: str, options: dict[str, Any] | None = None) -> Iterator[str]:
    options = {"resultTypes": ["violations"], **(options or {})}
    for violation in page.evaluate("async (how) => (await axe.run(how)).violations", options):
        for node in violation["nodes"]:
            why = "; ".join(check["message"] for check in [*node["any"], *node["all"], *node["none"]])
            yield f"{when}: {violation['id']}: {node['html'][:200]}: {why}"


def test_what_the_browser_refuses_is_heard(somebody: Callable[..., Page], console: Console) -> None:
    """The check on the checks: no test above is quiet because nobody listens."""
    page = somebody()
    page.goto("/shop/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">no</p>')")
    page.evaluate("console.error('broken')")
    heard = "\n".join(console.complaints)
    console.complaints.clear()
    assert "Content Security Policy" in heard
    assert "broken" in heard


def test_what_is_cut_off_or_covered_is_found(somebody: Callable[..., Page]) -> None:
    page = somebody()
    page.goto("/help/")
    assert [*zoom.problems(page)] == []
    page.evaluate("""() => {
      const put = (text, looks) => {
        const each = Object.assign(document.createElement("p"), { textContent: text });
        Object.assign(each.style, looks);
        document.querySelector("main").append(each);
      };
      put("too long for its box", { width: "3rem", overflow: "hidden", whiteSpace: "nowrap" });
      put("below", {});
      put("on top of it", { marginTop: "-1.5rem" });
    }""")
    found = "\n".join(zoom.problems(page))
    assert "at 200 % cut off: too long for its box" in found
    assert "on top of it" in found
    page.evaluate("document.querySelector('h1').style.width = '400px'")
    assert "scrolls sideways at 400 %" in "\n".join(zoom.problems(page))
