"""The towns and products of the site, found by the words that officers write."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from farmers.registry.models import Town
from farmers.stock.models import Product, ProductAlias

from .cells import Refusal
from .words import fold, tight

_ABOVE = re.compile(r"^(河北省?)?(保定市?)?(定州市?)?")
_BRACKETED = re.compile(r"[(\[【](.*?)[)\]】]")


class Known:
    """Read once for a workbook: two small tables, two queries."""

    def __init__(self) -> None:
        self.towns: dict[str, list[Town]] = {}
        for town in Town.objects.all():
            for word in _town_words(town.name):
                self.towns.setdefault(word, []).append(town)
        # a whole name counts before a short one: 杨家庄乡 is no village of 杨家庄
        self._openings = sorted((word for word in self.towns if _is_whole(word)), key=len, reverse=True)
        self.products: dict[str, Product] = {}
        for product in Product.objects.select_related("category"):
            self.products[tight(product.name)] = product
        for alias in ProductAlias.objects.select_related("product__category"):
            self.products.setdefault(tight(alias.name), alias.product)

    def town(self, text: str) -> Town:
        """Raises Refusal for a town that is not ours, or a short name that two share (西城)."""
        found = self.towns.get(_plain_town(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            names = " ".join(town.name for town in found)
            raise Refusal(
                _("“%(word)s” can be %(names)s: write the whole name.") % {"word": text, "names": names}
            )
        near = _nearest(_plain_town(text), self.towns)
        close = [town.name for word in near for town in self.towns[word]]
        raise Refusal(_unknown(_("The town “%s” is not one of Dingzhou's.") % text, close))

    def town_in(self, text: str) -> Town | None:
        """The one town that a line names by its whole name: `填报单位：高蓬镇人民政府`."""
        words = tight(text)
        found = {town for name in self._openings if name in words for town in self.towns[name]}
        return found.pop() if len(found) == 1 else None

    def town_alone(self, text: str) -> Town | None:
        """The town of a line that says nothing else: `高蓬镇`, `乡镇：高蓬镇`, `一、高蓬镇（10户）`."""
        words = re.sub(r"^(?:所属|所在)?(?:乡镇|乡\(镇\)|镇|乡|街道)(?:名称)?[::]", "", tight(text))
        words = re.sub(r"^[(]?[一二三四五六七八九十0-9]+[)]?[、.,]?", "", _BRACKETED.sub("", words))
        words = re.sub(r"(?:共)?[0-9]+(?:户|条|人)$", "", words).rstrip(":")
        found = self.towns.get(_plain_town(words), [])
        return found[0] if len(found) == 1 and _is_whole(words) else None

    def split_address(self, text: str) -> tuple[Town | None, str]:
        """`定州市高蓬镇南李村` as the town and 南李村."""
        words = _ABOVE.sub("", tight(text))
        for name in self._openings:
            if words.startswith(name) and len(self.towns[name]) == 1:
                return self.towns[name][0], words[len(name) :].lstrip("/-、,")
        return None, words

    def product(self, text: str) -> tuple[Product, str]:
        """The product, and what a bracket adds to it (`土豆（黄心）`). Raises Refusal."""
        folded = fold(text)
        found = self.products.get(tight(folded))
        if found:
            return found, ""
        bare = tight(_BRACKETED.sub("", folded)).strip("*、,.;:")
        found = self.products.get(bare)
        if found:
            inside = [piece for piece in _BRACKETED.findall(folded) if tight(piece) not in self.products]
            return found, " ".join(inside)
        close = [self.products[word].name for word in _nearest(bare, self.products)]
        raise Refusal(_unknown(_("The product “%s” is not known here.") % text[:40], close))


def _town_words(name: str) -> list[str]:
    """What people write for a town: its name, and the name without the word for its kind."""
    kind = next((kind for kind in ("街道", "镇", "乡") if name.endswith(kind)), "")
    short = name.removesuffix(kind)
    found = [name, short]
    if kind == "街道":
        found += [f"{short}办事处", f"{name}办事处", f"{short}街道办"]
    if short.endswith("回族"):
        found += [short.removesuffix("回族"), f"{short.removesuffix('回族')}乡"]
    return [tight(word) for word in found]


def _is_whole(word: str) -> bool:
    return word.endswith(("镇", "乡", "街道", "办事处", "街道办"))


def _plain_town(text: str) -> str:
    words = _ABOVE.sub("", tight(text)) or tight(text)
    return re.sub(r"(?<=[镇乡])(?:人民)?政府$|党委$", "", words).strip("*:、,.;")


def _nearest(
    word: str, words: Sequence[str] | dict[str, object] | dict[str, list[Town]] | dict[str, Product]
) -> list[str]:
    if not word:
        return []
    inside = [one for one in words if len(one) > 1 and one in word]
    return list(dict.fromkeys([*inside, *difflib.get_close_matches(word, list(words), n=3, cutoff=0.5)]))[:3]


def _unknown(sentence: str, close: list[str]) -> str:
    names = " ".join(dict.fromkeys(close))
    return _("%(sentence)s Is it %(names)s?") % {"sentence": sentence, "names": names} if names else sentence
