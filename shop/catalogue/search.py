"""What the words of the search box mean: ids of the small tables, so that the cost does not follow the lots.

`白菜`, `baicai` and `bc` all find 白菜; `高蓬土豆` finds potatoes of Gaopeng.
"""

from __future__ import annotations

import difflib
import unicodedata
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import F, Q, Value
from django.db.models.signals import post_delete, post_save
from django.utils.translation import get_language

from farmers.registry.models import Town, Village
from farmers.stock.models import Category, Product, ProductAlias

MAX_QUERY = 60
_KEY = "catalogue.vocabulary"
_SECONDS = 60  # other processes hear of a new product's name within this
_SUFFIXES = ("街道", "回族乡", "镇", "乡", "村")


class Word(NamedTuple):
    """A name that can be searched for, and what it stands for."""

    kind: str
    id: int
    name: str
    name_en: str
    pinyin: str
    initials: str

    @property
    def read(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    @property
    def stem(self) -> str:
        """The name as people shorten it: 高蓬 for 高蓬镇."""
        for suffix in _SUFFIXES:
            if self.name.endswith(suffix) and len(self.name) - len(suffix) >= 2:
                return self.name[: -len(suffix)]
        return self.name


def vocabulary() -> list[Word]:
    """Every searchable name, in one query and kept for a minute."""
    words: list[Word] | None = cache.get(_KEY)
    if words is None:
        columns = ("meant", "target", "name", "english", "pinyin", "initials")
        rows = [
            model.objects.order_by()
            # `kind` would collide with a town's own column
            .annotate(meant=Value(kind), target=F(target), english=F(english) if english else Value(""))
            .values_list(*columns)
            for model, kind, target, english in (
                (Product, "product", "id", "name_en"),
                (ProductAlias, "product", "product_id", ""),
                (Category, "category", "id", "name_en"),
                (Town, "town", "id", "name_en"),
                (Village, "village", "id", "name_en"),
            )
        ]
        words = [Word(*row) for row in rows[0].union(*rows[1:], all=True)]
        cache.set(_KEY, words, _SECONDS)
    return words


def forget_vocabulary(**kwargs: object) -> None:
    cache.delete(_KEY)


def watch_names() -> None:
    """A new name is found at once by the process that saved it."""
    for model in (Product, ProductAlias, Category, Town, Village):
        for signal in (post_save, post_delete):
            signal.connect(
                forget_vocabulary, sender=model, dispatch_uid=f"{_KEY}.{model.__name__}.{id(signal)}"
            )


def meaning(query: str) -> Q | None:
    """The condition on lots that `query` stands for; None when some word of it means nothing here."""
    words = vocabulary()
    condition = Q()
    for token in tokens(query):
        hits = [word for word in words if _means(token, word)]
        if hits:
            condition &= _any_of(hits)
            continue
        # several names written as one: every kind of thing named in it must hold
        inside = _inside(token, words)
        goods = [word for word in inside if word.kind in {"product", "category"}]
        places = [word for word in inside if word.kind in {"town", "village"}]
        if not inside:
            return None
        for part in (goods, places):
            if part:
                condition &= _any_of(part)
    return condition


def tokens(query: str) -> list[str]:
    """The words of a query; full-width letters are those of a Chinese keyboard."""
    return unicodedata.normalize("NFKC", query).lower().split()


def understood(token: str, words: list[Word]) -> bool:
    return any(_means(token, word) for word in words) or bool(_inside(token, words))


def _inside(token: str, words: list[Word]) -> list[Word]:
    return [word for word in words if len(word.stem) > 1 and word.stem in token]


def _means(token: str, word: Word) -> bool:
    if token in word.name:
        return True
    if not token.isascii():
        return False
    return (
        token == word.initials
        or (len(token) > 1 and word.pinyin.startswith(token))
        or any(
            part.startswith(token)
            for part in word.name_en.lower().replace("-", " ").split()
            if len(token) > 1
        )
        or (" " not in token and len(token) > 3 and token in word.name_en.lower())
    )


def _any_of(words: list[Word]) -> Q:
    by_kind: dict[str, set[int]] = {}
    for word in words:
        by_kind.setdefault(word.kind, set()).add(word.id)
    condition = Q()
    for kind, ids in by_kind.items():
        named = Q(**{f"{kind}__in": ids})
        # a household that is not to be shown is not to be found by its village either
        condition |= named & Q(household__consent_on__isnull=False) if kind == "village" else named
    return condition


def by_own_name(words: list[Word]) -> dict[tuple[str, int], Word]:
    """What is shown for each thing: an alias, which has no English, stands for its product."""
    named = {(word.kind, word.id): word for word in reversed(words)}
    return named | {(word.kind, word.id): word for word in reversed(words) if word.name_en}


def neighbours(query: str, limit: int = 4) -> list[str]:
    """Names near to a query that means nothing, for an honest empty result."""
    words = [word for word in vocabulary() if word.kind in {"product", "category"}]
    shown = by_own_name(words)
    names = {
        name: shown[word.kind, word.id].read
        for word in words
        for name in (word.name, word.pinyin, word.name_en.lower())
        if name
    }
    near = difflib.get_close_matches(query.strip().lower(), list(names), n=limit * 2, cutoff=0.5)
    return list(dict.fromkeys(names[name] for name in near))[:limit]
