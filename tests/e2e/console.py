"""The browser's console as a witness: a refused script, a broken picture or an error is a failure of the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from playwright.sync_api import ConsoleMessage, Error, Page

# Chromium says so for every page whose answer is not 2xx; whether it may be is asked of `expects`
_STATUS = re.compile(r"the server responded with a status of (\d+)")
# Chromium's word for a page left while it was still fading in: nothing is wrong with either page
_LEFT_EARLY = re.compile(r"Transition was (aborted|skipped)|ViewTransition opt-in disabled")
# htmx's word for a question that a newer one overtook; what really failed it reports as sendError or responseError
_OVERTAKEN = re.compile(r"^htmx:(afterRequest|sendAbort)\b")

# what a browser says of anything that it could not fetch
_NO_NETWORK = re.compile(r"Failed to load resource: net::ERR_(INTERNET_DISCONNECTED|FAILED)")


class Console:
    def __init__(self, site: str) -> None:
        self.site = site
        self.complaints: list[str] = []
        self._expected: set[str] = set()
        self._ears: dict[Page, Callable[[Error], None]] = {}
        self._without_network = False

    def listen(self, page: Page) -> Page:
        self._ears[page] = partial(self._threw, page)
        page.on("console", self._said)
        page.on("pageerror", self._ears[page])
        return page

    def leave(self, page: Page) -> None:
        """What is heard of a window from now on is the next test's."""
        page.remove_listener("console", self._said)
        page.remove_listener("pageerror", self._ears.pop(page))

    def _threw(self, page: Page, error: Error) -> None:
        if not _LEFT_EARLY.search(str(error)):
            self.complaints.append(f"{page.url}: {error}")

    def expects(self, *statuses: int) -> None:
        """Answers that this test asks for: a form filled in wrongly, a page that is not there."""
        self._expected |= {str(status) for status in statuses}

    def expects_no_network(self) -> None:
        """This test takes the network away."""
        self._without_network = True

    def _said(self, message: ConsoleMessage) -> None:
        where = message.page.url if message.page else ""
        if message.type not in {"error", "warning"} or not where.startswith(self.site):
            return
        if _LEFT_EARLY.search(message.text) or _OVERTAKEN.search(message.text):
            return
        if self._without_network and _NO_NETWORK.search(message.text):
            return
        status = _STATUS.search(message.text)
        if status and status.group(1) in self._expected:
            return
        self.complaints.append(f"{where}: {message.text} ({message.location.get('url', '')})")
