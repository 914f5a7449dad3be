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
            client = Client()
            client.force_login(user)
            name = site_settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        return console.listen(page)

    yield come
    for context in contexts:
        context.close()


@pytest.fixture
def people(live_server: Any) -> Callable[[str], User]:
    """`people("cashier")`: the demo's account of that role, once `city` is there."""
    return lambda role: User.objects.get(username=role)
