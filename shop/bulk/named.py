"""Which product a cell names: by its Chinese or English name, another name for it, its pinyin or its initials."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from farmers.stock.models import Product
from farmers.stock.workbook.words import fold, tight
from marketplace.templatetags.market import in_language
from shop.catalogue.search import Word, vocabulary
from shop.catalogue.slips import nearest_word

# names offered for one that is not known
MOST = 4
LONGEST = 40


class Unknown(Exception):
    """No one product is meant. The message is for people; `near` are names to choose from."""

    def __init__(self, message: str, near: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.near = tuple(near)


def called(product: Product) -> str:
    return in_language(product.name, product.name_en)


class Named:
    """The products and every word for them. Loaded once for all rows: one query, and the words, which are kept."""

    def __init__(self, words: Iterable[Word], products: Mapping[int, Product]) -> None:
        self.products = products
        self.words = [word for word in words if word.kind == "product" and word.id in products]
        self._names: dict[str, set[int]] = defaultdict(set)
        self._sounds: dict[str, set[int]] = defaultdict(set)
        self._initials: dict[str, set[int]] = defaultdict(set)
        for word in self.words:
            self._names[tight(word.name)].add(word.id)
            if word.name_en:
                self._names[_singular(word.name_en)].add(word.id)
            self._sounds[word.pinyin].add(word.id)
            self._initials[word.initials].add(word.id)

    @classmethod
    def load(cls) -> Named:
        return cls(vocabulary(), Product.objects.order_by().in_bulk())

    def find(self, text: str) -> Product:
        """Raises Unknown when no product is named, or when more than one may be meant."""
        said = tight(text)
        meanings = [self._names.get(said), self._names.get(_singular(text))]
        if said.isascii():
            meanings += [self._sounds.get(said), self._initials.get(said)]
        found = next((ids for ids in meanings if ids), None)
        if found is None:
            raise Unknown(*self._not_known(text))
        if len(found) > 1:
            names = [called(self.products[each]) for each in sorted(found)]
            raise Unknown(
                _("“%(word)s” can be %(names)s: write the whole name.")
                % {"word": text.strip()[:LONGEST], "names": " · ".join(names)},
                names[: MOST * 2],
            )
        return self.products[next(iter(found))]

    def _not_known(self, text: str) -> tuple[str, list[str]]:
        sentence = _("The product “%s” is not known here.") % " ".join(text.split())[:LONGEST]
        near = self.near(text)
        if near:
            sentence = _("%(sentence)s Is it %(names)s?") % {"sentence": sentence, "names": " · ".join(near)}
        return sentence, near

    def near(self, text: str) -> list[str]:
        """Names that may have been meant, the likeliest first."""
        token = tight(text)[:LONGEST]
        found = dict.fromkeys(self._slipped(token) or self._resembling(token))
        return [called(self.products[each]) for each in found][:MOST]

    def _slipped(self, token: str) -> list[int]:
        """One letter or character away, then names that hold the word or stand in it."""
        nearest = nearest_word(token, self.words) if token else None
        slip = [word.id for word in self.words if nearest and nearest in {word.name, *_parts(word.name_en)}]
        inside = [word.id for word in self.words if token and _one_in_the_other(token, tight(word.name))]
        return slip + inside

    def _resembling(self, token: str) -> list[int]:
        names = {
            name: word.id
            for word in self.words
            for name in (word.name, word.pinyin, word.name_en.lower())
            if name
        }
        return [names[name] for name in difflib.get_close_matches(token, list(names), n=MOST, cutoff=0.6)]


def _singular(text: str) -> str:
    """`Potatoes` and `potato` alike; Chinese stays as it is."""
    words = fold(text)
    if not words.isascii():
        return tight(text)
    for ending, short in (("ies", "y"), ("oes", "o"), ("s", "")):
        if words.endswith(ending) and len(words) > len(ending) + 1:
            return f"{words[: -len(ending)]}{short}"
    return words


def _parts(english: str) -> list[str]:
    words = english.lower()
    return [words, *words.replace("-", " ").split()]


def _one_in_the_other(one: str, other: str) -> bool:
    return (len(one) > 1 and one in other) or (len(other) > 1 and other in one)
