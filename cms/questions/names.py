"""The names of all that a question can be about, for the form's choices and the table's heads. One query."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models import CharField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from farmers.ledger.kinds import BuyerKind, Channel
from farmers.ledger.questions.asked import PEOPLE, UNMARKED, Dimension, Key, month_of
from farmers.registry.models import MarkKind, Town, Village
from farmers.stock.models import Category, Product
from marketplace.templatetags.market import in_language
from shop.buyers.models import BuyerOrganisation


class Named(NamedTuple):
    """`key` as entries keep it, `word` as addresses write it. Of a product, its usual unit and reference price."""

    key: Key
    word: str
    name: str
    under: str  # a village's town
    unit: str
    reference_fen: int | None


class Names(NamedTuple):
    known: dict[Dimension, dict[str, Named]]  # by the word of addresses
    by_key: dict[tuple[Dimension, Key], Named]

    def choices(self, dimension: Dimension, under: str = "") -> list[tuple[str, str]]:
        return [
            (word, named.name)
            for word, named in self.known[dimension].items()
            if not under or named.under == under
        ]

    def key(self, dimension: Dimension, word: str) -> Key:
        return self.known[dimension][word].key

    def named(self, dimension: Dimension, key: Key) -> Named:
        """What an entry's word stands for; the word itself of what is on no list any more."""
        return self.by_key.get((dimension, key)) or Named(key, str(key), str(key), "", "", None)

    def label(self, dimension: Dimension | None, key: Key) -> str:
        if dimension is None:
            return ""
        if dimension == Dimension.MONTH:
            return date_format(month_of(int(key)), "YEAR_MONTH_FORMAT")
        named = self.named(dimension, key)
        # two towns can have a village of one name
        town = self.known[Dimension.TOWN].get(named.under)
        return f"{town.name} {named.name}" if town else named.name

    def word(self, dimension: Dimension, key: Key) -> str:
        return self.named(dimension, key).word


def names() -> Names:
    rows = [
        _rows(Town.objects.all(), Dimension.TOWN, word="slug", at="position"),
        _rows(Village.objects.all(), Dimension.VILLAGE, under="town__slug", at="town__position"),
        _rows(Category.objects.all(), Dimension.CATEGORY, key="slug", word="slug", at="position"),
        _rows(
            *(Product.objects.all(), Dimension.PRODUCT),
            key="slug",
            word="slug",
            at="category__position",
            unit="unit",
            fen="reference_price_fen",
        ),
        _rows(BuyerOrganisation.objects.all(), Dimension.BUYER),
    ]
    known: dict[Dimension, dict[str, Named]] = defaultdict(dict)
    for kind, key, word, name, name_en, under, unit, fen, _at in sorted(
        rows[0].union(*rows[1:], all=True), key=lambda row: (row[8], row[1].zfill(12))
    ):
        dimension = Dimension(kind)
        if dimension == Dimension.BUYER:
            key = word = f"unit:{key}"
        whole = dimension in (Dimension.TOWN, Dimension.VILLAGE)
        said = in_language(name, name_en)
        known[dimension][word] = Named(int(key) if whole else key, word, said, under, unit, fen)
    known[Dimension.BUYER][PEOPLE] = _fixed(PEOPLE, _("residents"))
    known[Dimension.CHANNEL] = {word: _fixed(word, label) for word, label in Channel.choices}
    known[Dimension.BUYER_KIND] = {word: _fixed(word, label) for word, label in BuyerKind.choices}
    known[Dimension.MARK] = {word: _fixed(word, label) for word, label in MarkKind.choices}
    known[Dimension.MARK][UNMARKED] = _fixed(UNMARKED, _("without a mark"))
    by_key = {(dimension, named.key): named for dimension, some in known.items() for named in some.values()}
    return Names(known, by_key)


def _fixed(word: str, label: Any) -> Named:
    return Named(word, word, str(label), "", "", None)


def _rows(
    rows: QuerySet[Any],
    dimension: Dimension,
    *,
    key: str = "pk",
    word: str = "pk",
    under: str = "",
    unit: str = "",
    fen: str = "",
    at: str = "",
) -> QuerySet[Any, Any]:
    def text(column: str) -> Any:
        return Cast(column, CharField()) if column else Value("", CharField())

    def number(column: str) -> Any:
        return Cast(column or Value(None), IntegerField())

    return (
        rows.order_by()
        .annotate(
            kind_=Value(dimension.value, CharField()),
            key_=text(key),
            word_=text(word),
            under_=text(under),
            unit_=text(unit),
            fen_=number(fen),
            at_=F(at) if at else Value(0, IntegerField()),
        )
        .values_list("kind_", "key_", "word_", "name", "name_en", "under_", "unit_", "fen_", "at_")
    )
