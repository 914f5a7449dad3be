"""Names to choose from while somebody types, and names near to an address where nothing is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .search import MAX_QUERY, Word, by_own_name, neighbours, tokens, vocabulary
from .slips import mended

MOST = 8
# a village is left out: few are named on sale, and a suggestion should lead somewhere
_KINDS = ("product", "category", "town")


class Suggestion(NamedTuple):
    """A name as it is read, and the whole query it makes of what was typed."""

    name: str
    query: str


@require_safe
@cache_control(private=True, max_age=60)
def suggest(request: HttpRequest) -> HttpResponse:
    """The options of the list under a search box, or under a field for products alone."""
    kinds = _KINDS[:1] if request.GET.get("only") == "products" else _KINDS
    return render(
        request, "catalogue/_suggestions.html", {"suggestions": suggestions(request.GET.get("q", ""), kinds)}
    )


def suggestions(typed: str, kinds: Sequence[str] = _KINDS) -> list[Suggestion]:
    """Names that the last word typed may become, the likeliest first; the words before it stay."""
    words = vocabulary()
    *before, token = tokens(typed[:MAX_QUERY].replace("\0", "")) or [""]
    if not token:
        return []
    shown = by_own_name(words)
    ranked: dict[tuple[str, int], tuple[int, int, int]] = {}
    for place, word in enumerate(words):
        rank = _rank(token, word)
        if rank is None or word.kind not in kinds:
            continue
        found = (rank, _KINDS.index(word.kind), place)
        ranked[word.kind, word.id] = min(found, ranked.get((word.kind, word.id), found))
    names = [shown[key].read for key in sorted(ranked, key=ranked.__getitem__)][:MOST]
    if not names and not before and kinds == _KINDS and (meant := mended(token)):
        names = [meant]
    return [Suggestion(name, " ".join([*before, name])) for name in dict.fromkeys(names)]


def _rank(token: str, word: Word) -> int | None:
    """How likely `token` is the beginning of `word`; None when it is no part of it."""
    english = word.name_en.lower()
    for rank, fits in enumerate(
        (
            word.name.startswith(token),
            token.isascii() and word.pinyin.startswith(token),
            token.isascii() and word.initials.startswith(token),
            any(part.startswith(token) for part in english.replace("-", " ").split()),
            token in word.name,
        )
    ):
        if fits:
            return rank
    return None


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing is at this address; what the goods may be called that it was meant for."""
    last = request.path.rstrip("/").rpartition("/")[2][:MAX_QUERY]
    wanted = re.sub(r"[\W\d_]+", " ", last).strip()
    near: list[str] = []
    for part in wanted.split():
        near += [found.name for found in suggestions(part)] if len(part) > 1 else []
    near = list(dict.fromkeys(near or neighbours(wanted)))
    return render(request, "404.html", {"neighbours": near[:4]}, status=404)
