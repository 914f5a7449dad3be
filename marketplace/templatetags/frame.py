"""The frame of every page: drawn once for all who see the same, with gaps for what is one visitor's own."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from django import template
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from marketplace import context as shown_everywhere
from marketplace.drawn import drawn_once

register = template.Library()

# of Unicode's private use, so that no text has them
_TOKEN, _ADDRESS, _WORDS, _UNREAD = "\ue000", "\ue001", "\ue002", "\ue003"

# more unread notices than are counted
MANY = 100

# what editors say about the site, as a key
Info = tuple[tuple[str, Any], ...]


class Head(NamedTuple):
    """All that the header tells but for its gaps. `here`: the page's address, where a menu may lead to it."""

    language: str
    info: Info
    here: str
    among_stories: bool
    role: str | None
    basket_count: int


@register.simple_tag(takes_context=True)
def header(context: template.Context) -> SafeString:
    """The way to all parts of the site, the search box, inbox and basket, and the language."""
    request, user = context.get("request"), context.get("user")
    path = request.path if request else ""
    head = Head(
        language=get_language() or "",
        info=_info(),
        here="",
        among_stories="/stories/" in path,
        role=user.role if user and user.is_authenticated else None,
        basket_count=context.get("basket_count") or 0,
    )
    drawn = _header(head._replace(here=path) if path in _links(head) else head)
    # a page that answers a sent form may have no address to come back to
    address = request.get_full_path() if request and request.method == "GET" else "/"
    words = getattr(context.get("filters"), "query", "")
    gaps = {
        _TOKEN: context.get("csrf_token") or "",
        _ADDRESS: address,
        _WORDS: words,
        _UNREAD: _unread(head.language, min(user.unread, MANY)) if head.role and user else "",
    }
    for gap, own in gaps.items():
        drawn = drawn.replace(gap, conditional_escape(own))
    return SafeString(drawn)


@drawn_once(500)
def _header(head: Head) -> str:
    shown = {**head._asdict(), "info": dict(head.info)}
    gaps = {"csrf_token": _TOKEN, "address": _ADDRESS, "words": _WORDS, "unread": _UNREAD}
    drawn: str = get_template("includes/header.html").render({**shown, **gaps})
    return drawn


@drawn_once(2 * MANY)
def _unread(language: str, count: int) -> SafeString:
    """How many notices wait; nothing where none do."""
    return SafeString(get_template("includes/unread.html").render({"count": count}) if count else "")


@drawn_once(500)
def _links(head: Head) -> frozenset[str]:
    return frozenset(re.findall(r'href="([^"]+)"', _header(head)))


@register.simple_tag
def footer() -> SafeString:
    """What the site is, its links and its hotline."""
    return _footer(get_language() or "", _info())


@drawn_once(50)
def _footer(language: str, info: Info) -> SafeString:
    return SafeString(get_template("includes/footer.html").render({"info": dict(info)}))


@register.simple_tag
def once(name: str) -> SafeString:
    """A template that shows the same on every page: `{% once "includes/drawer.html" %}`."""
    return _once(name, get_language() or "")


@drawn_once(50)
def _once(name: str, language: str) -> SafeString:
    return SafeString(get_template(name).render())


def _info() -> Info:
    told = shown_everywhere.site_info()
    return tuple((name, tuple(said) if isinstance(said, list) else said) for name, said in told.items())
