"""A site to walk through, the people who walk, and an ear at the browser's console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from marketplace.access.models import User

from .console import Console

# what a site may have left with a browser, but for what it may fetch anew
KEPT = "cookies,local_storage,indexeddb,service_workers,cache_storage"


def sign_in(context: BrowserContext, user: User, site: str) -> None:
    client = Client()
    client.force_login(user)
    name = site_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])


@pytest.fixture
def console(live_server: Any) -> Iterator[Console]:
    """What the browser complained about on any page of the test: at its end, nothing but what it foretold."""
    heard = Console(live_server.url)
    yield heard
    assert not heard.complaints, "\n".join(heard.complaints)


@pytest.fixture
def page(page: Page, console: Console) -> Page:
    return console.listen(page)


@pytest.fixture
def somebody(
    browser: Browser, browser_context_args: dict[str, Any], console: Console, live_server: Any
) -> Iterator[Callable[..., Page]]:
    """`somebody(user, locale="en-US", ...)`: a browser of their own at the running site, signed in already.

    Without a user, a guest. The rest is as `browser.new_context` takes it.
    """
    contexts: list[BrowserContext] = []

    def come(user: User | None = None, **how: Any) -> Page:
        context = browser.new_context(**{**browser_context_args, "base_url": live_server.url, **how})
        contexts.append(context)
        if user is not None:
            sign_in(context, user, live_server.url)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return console.listen(page)

    yield come
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def _windows() -> Iterator[dict[str, Page]]:
    windows: dict[str, Page] = {}
    yield windows
    for window in windows.values():
        window.context.close()


@pytest.fixture
def window(
    browser: Browser,
    browser_context_args: dict[str, Any],
    console: Console,
    live_server: Any,
    _windows: dict[str, Page],
) -> Iterator[Callable[..., Page]]:
    """`window(user, "en-US")`: one in each language for all tests of a module, signed in anew for each.

    Of whoever looked before it keeps what the browser fetched, such as styles and scripts, and nothing else.
    """
    opened: list[Page] = []

    def come(user: User | None, locale: str) -> Page:
        if locale not in _windows:
            how = {"base_url": live_server.url, "locale": locale, "reduced_motion": "reduce"}
            _windows[locale] = browser.new_context(**{**browser_context_args, **how}).new_page()
        page = _windows[locale]
        page.set_default_timeout(10_000)
        if user is not None:
            sign_in(page.context, user, live_server.url)
        opened.append(console.listen(page))
        return page

    yield come
    for page in opened:
        console.leave(page)
        page.goto("about:blank")
        page.set_viewport_size(browser_context_args["viewport"])
        page.emulate_media(color_scheme="light")
        wire = page.context.new_cdp_session(page)
        wire.send("Storage.clearDataForOrigin", {"origin": live_server.url, "storageTypes": KEPT})
        wire.detach()
        page.context.clear_cookies()


@pytest.fixture
def people(live_server: Any) -> Callable[[str], User]:
    """`people("cashier")`: the demo's account of that role, once `city` is there."""
    return lambda role: User.objects.get(username=role)
