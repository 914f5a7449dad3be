"""The sentences of a briefing, with named places for its figures that editors may move about but not invent.

A place is a name in braces. Nothing else is understood: no formats, no attributes, no code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

CHINESE, ENGLISH = "zh-hans", "en"


class Piece(NamedTuple):
    """Words of a text; with a `figure`, its key: the words are what that figure says."""

    words: str
    figure: str = ""


Value = str | Piece | Sequence[Piece]


class Sentence(NamedTuple):
    """One sentence that editors may write: what places it may have, and must have, and how it reads by default."""

    label: Any  # translated when it is shown
    places: tuple[str, ...]
    chinese: str
    english: str
    needed: tuple[str, ...] = ()

    def default(self, language: str) -> str:
        return self.english if language == ENGLISH else self.chinese


_COMPARED = ("now", "before")

SENTENCES: dict[str, Sentence] = {
    "sold": Sentence(
        _("the whole paragraph"),
        ("period", "place", "goods", "amount", "households", "buyers", "channels", "compared"),
        "{period}，{place}通过消费帮扶共销售{goods}，销售额{amount}元，惠及农户{households}户，"
        "参与采购的单位和个人{buyers}个。其中，{channels}。{compared}",
        "{period} {place} sold {goods} for {amount} yuan in all, from {households} to {buyers}."
        " Of this, {channels}. {compared}",
        needed=("period", "place"),
    ),
    "nothing": Sentence(
        _("the paragraph when nothing was sold"),
        ("period", "place", "compared"),
        "{period}，{place}台账中没有消费帮扶销售记录。{compared}",
        "{period} the ledger holds no sales of {place}. {compared}",
        needed=("period", "place"),
    ),
    "produce": Sentence(_("produce by weight"), ("jin",), "农产品{jin}斤", "{jin} jin of produce", ("jin",)),
    "saplings": Sentence(_("saplings"), ("saplings",), "苗木{saplings}株", "{saplings}", ("saplings",)),
    "others": Sentence(_("other goods, also those not told apart"), (), "其他货物", "other goods"),
    "canteen": Sentence(
        _("through canteens"),
        ("goods", "amount"),
        "机关单位食堂采购{goods}，{amount}元",
        "public canteens bought {goods} for {amount} yuan",
    ),
    "online": Sentence(
        _("through the online shop"),
        ("goods", "amount"),
        "电商平台销售{goods}，{amount}元",
        "the online shop sold {goods} for {amount} yuan",
    ),
    "green": Sentence(
        _("through the green channel"),
        ("goods", "amount"),
        "苗木绿色通道销售{goods}，{amount}元",
        "the green channel sold {goods} for {amount} yuan",
    ),
    "up": Sentence(
        _("more saplings than the year before"),
        ("percent", *_COMPARED),
        "苗木销售同比增长{percent}%（上年同期{before}株）。",
        "Sapling sales are up {percent}% on the {before} in the same period last year.",
    ),
    "down": Sentence(
        _("fewer saplings than the year before"),
        ("percent", *_COMPARED),
        "苗木销售同比下降{percent}%（上年同期{before}株）。",
        "Sapling sales are down {percent}% on the {before} in the same period last year.",
    ),
    "level": Sentence(
        _("as many saplings as the year before"),
        _COMPARED,
        "苗木销售与上年同期{before}株持平。",
        "Sapling sales are level with the {before} in the same period last year.",
    ),
    "manifold": Sentence(
        _("saplings many times those of the year before, without a percentage"),
        _COMPARED,
        "苗木销售{now}株，上年同期{before}株。",
        "Saplings sold: {now}, against {before} in the same period last year.",
    ),
    "first": Sentence(
        _("saplings where there were none the year before"),
        ("now",),
        "苗木销售实现从无到有，上年同期无销售记录。",
        "No saplings were sold in the same period last year.",
    ),
    "none": Sentence(
        _("no saplings where there were some the year before"),
        ("before",),
        "本期无苗木销售，上年同期{before}株。",
        "No saplings were sold, against {before} in the same period last year.",
    ),
}  # fmt: skip

_PLACE = re.compile(r"\{([a-z]+)\}")


def faults(name: str, written: str) -> list[Promise | str]:
    """What is wrong with an editor's sentence, in words for the field; an empty one is the default and right."""
    if not written.strip():
        return []
    sentence = SENTENCES[name]
    literal, places = _PLACE.sub("", written), _PLACE.findall(written)
    known = " ".join(f"{{{place}}}" for place in sentence.places) or "–"
    found: list[Promise | str] = []
    if "{" in literal or "}" in literal:
        found.append(
            format_lazy(
                _("A brace is open, doubled or holds more than a name. Known here: {known}"), known=known
            )
        )
    found += [
        format_lazy(_("{place} is not known here. Known: {known}"), place=f"{{{place}}}", known=known)
        for place in dict.fromkeys(places)
        if place not in sentence.places
    ]
    found += [
        format_lazy(_("{place} must stand in it."), place=f"{{{place}}}")
        for place in sentence.needed
        if place not in places
    ]
    if any(sign.isdigit() for sign in literal):
        found.append(_("Write no figures: they come from the ledger alone, by their places in braces."))
    return found


def filled(written: str, values: Mapping[str, Value]) -> list[Piece]:
    """The sentence with its places filled. A place that nobody knows stays as it is written."""
    pieces: list[Piece] = []
    for at, part in enumerate(_PLACE.split(written)):
        value = values.get(part, f"{{{part}}}") if at % 2 else part
        if isinstance(value, str):
            pieces.append(Piece(value))
        elif isinstance(value, Piece):
            pieces.append(value)
        else:
            pieces += value
    return joined_up(pieces)


def joined_up(pieces: Sequence[Piece]) -> list[Piece]:
    """Without empty pieces, and words that follow each other as one."""
    whole: list[Piece] = []
    for piece in pieces:
        if whole and not piece.figure and not whole[-1].figure:
            whole[-1] = Piece(whole[-1].words + piece.words)
        elif piece.words:
            whole.append(piece)
    return whole


def between(parts: Sequence[Sequence[Piece]], sign: str) -> list[Piece]:
    """The parts in a row, with a sign between each and the next."""
    row: list[Piece] = []
    for part in parts:
        row += [*([Piece(sign)] if row else []), *part]
    return row


def plain(pieces: Sequence[Piece]) -> str:
    return "".join(piece.words for piece in pieces)
