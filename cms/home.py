"""What the blocks of a home page show, fetched for all of them together: the queries do not grow with blocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.cache import cache
from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page

from farmers.ledger.models import HouseholdYear
from farmers.ledger.queries import SOMETHING_LEFT
from farmers.stock.models import Category, Lot
from marketplace.days import today
from marketplace.quantity import UNITS
from shop.catalogue.offers import offers

from .models import NoticePage, StoryPage

if TYPE_CHECKING:
    from .models import HomePage

_CATEGORIES = "cms.categories"
_SECONDS = 60  # other processes hear of a new category within this

# a lot's price and its product's reference price in the same measure: fen per million grams or pieces
_USUAL_PRICE = Case(
    *[
        When(product__unit=unit, then=F("product__reference_price_fen") * (1_000_000 // fact.size))
        for unit, fact in UNITS.items()
    ]
)


class Rule(NamedTuple):
    """A kind of lots: which, and which of them first."""

    condition: Q
    order: tuple[str, ...]


RULES = {
    "newest": Rule(Q(), ("-listed_at", "-id")),
    "soon": Rule(Q(good_until__isnull=False), ("good_until", "id")),
    "saplings": Rule(Q(category__is_sapling=True), ("-listed_at", "-id")),
    "clearance": Rule(Q(comparable_price__lt=_USUAL_PRICE), ("-listed_at", "-id")),
}


class Pick(NamedTuple):
    """One block's wish: `limit` lots by a rule, or the newest lot of each product named."""

    rule: str
    limit: int
    products: tuple[str, ...] = ()

    @classmethod
    def of(cls, value: Any) -> Pick:
        chosen = value["rule"] == "chosen"
        return cls(value["rule"], value["count"], tuple(value["products"]) if chosen else ())


class Figures(NamedTuple):
    """The year so far, from the ledger's totals."""

    year: int
    produce_grams: int
    saplings: int
    amount_fen: int
    households: int

    @property
    def yuan(self) -> int:
        """Whole yuan: a figure to take in at a glance."""
        return self.amount_fen // 100


class Teaser(NamedTuple):
    """A story or a notice in a list of the home page."""

    page: Any
    address: str
    in_other_language: bool


class Gathered(NamedTuple):
    lots: dict[Pick, list[Lot]]
    figures: Figures | None
    stories: list[Teaser]
    notices: list[Teaser]
    categories: list[Category]

    def of(self, kind: str, value: Any) -> Any:
        """What one block of the page shows."""
        if kind == "featured":
            return self.lots.get(Pick.of(value), [])
        if kind in ("stories", "notices"):
            return getattr(self, kind)[: value["count"]]
        return getattr(self, kind)


def gather(home: HomePage) -> Gathered:
    """At most one query for the lots, one for the ledger, one for stories and notices; none for what nobody shows."""
    picks: set[Pick] = set()
    counts = {"stories": 0, "notices": 0}
    kinds: set[str] = set()
    for block in home.body:
        kinds.add(block.block_type)
        if block.block_type == "featured":
            picks.add(Pick.of(block.value))
        elif block.block_type in counts:
            counts[block.block_type] = max(counts[block.block_type], block.value["count"])
    stories, notices = _articles(home, **counts)
    return Gathered(
        lots=pick_lots(picks),
        figures=year_so_far() if "figures" in kinds else None,
        stories=stories,
        notices=notices,
        categories=categories() if "categories" in kinds else [],
    )


# --- lots ---------------------------------------------------------------------------------------


def pick_lots(picks: Iterable[Pick]) -> dict[Pick, list[Lot]]:
    """The lots of every pick, always read afresh, in one query."""
    day = today()
    sources = [source for pick in picks for source in _sources(pick, day)]
    if not sources:
        return {}
    slices = [Lot.objects.order_by().filter(pk__in=source).values("pk") for source in sources]
    wanted = slices[0].union(*slices[1:]) if len(slices) > 1 else slices[0]
    flags = {
        f"is_{name}": Case(When(rule.condition, then=True), default=False)
        for name, rule in RULES.items()
        if rule.condition
    }
    lots = list(offers(day).filter(pk__in=wanted).annotate(**flags))
    return {pick: _lots_of(pick, lots) for pick in picks}


def _sources(pick: Pick, day: dt.date) -> Iterable[QuerySet[Lot, Any]]:
    """Queries for the keys of the lots that a pick may show."""
    on_sale = Lot.objects.on_sale(day).in_stock()
    if pick.rule == "chosen":
        for slug in pick.products[: pick.limit]:
            yield on_sale.filter(product__slug=slug).order_by("-listed_at", "-id").values("pk")[:1]
    elif pick.rule in RULES:
        rule = RULES[pick.rule]
        yield on_sale.filter(rule.condition).order_by(*rule.order).values("pk")[: pick.limit]


def _lots_of(pick: Pick, lots: list[Lot]) -> list[Lot]:
    """The pick's own lots among those of all picks, in the same order as its query has them."""
    if pick.rule == "chosen":
        newest = _sorted(lots, RULES["newest"].order)
        firsts = [
            next((lot for lot in newest if lot.product.slug == slug), None)
            for slug in pick.products[: pick.limit]
        ]
        return [lot for lot in firsts if lot is not None]
    if pick.rule not in RULES:
        return []
    fitting = [lot for lot in lots if getattr(lot, f"is_{pick.rule}", True)]
    return _sorted(fitting, RULES[pick.rule].order)[: pick.limit]


def _sorted(lots: list[Lot], order: tuple[str, ...]) -> list[Lot]:
    for name in reversed(order):
        lots = sorted(lots, key=attrgetter(name.lstrip("-")), reverse=name.startswith("-"))
    return lots


# --- figures, articles, categories --------------------------------------------------------------


def year_so_far() -> Figures:
    year = today().year
    sums = HouseholdYear.objects.filter(year=year).aggregate(
        produce_grams=Sum("grams", default=0),
        saplings_=Sum("saplings", default=0),
        fen=Sum("amount_fen", default=0),
        households=Count("household", filter=SOMETHING_LEFT, distinct=True),
    )
    return Figures(year, sums["produce_grams"], sums["saplings_"], sums["fen"], sums["households"])


def _articles(home: HomePage, stories: int, notices: int) -> tuple[list[Teaser], list[Teaser]]:
    """The latest stories and notices, in one query."""
    if not stories and not notices:
        return [], []
    newest = ("-date", "-pk")
    told = StoryPage.objects.told_in(home.locale).agreed().order_by(*newest).values("pk")[:stories]
    issued = NoticePage.objects.told_in(home.locale).order_by(*newest).values("pk")[:notices]
    pages = Page.objects.filter(Q(pk__in=told) | Q(pk__in=issued)).select_related(
        "storypage__product", "noticepage"
    )
    found: dict[str, list[Any]] = {"storypage": [], "noticepage": []}
    for page in pages:
        for kind, list_ in found.items():
            if article := getattr(page, kind, None):
                list_.append(article)
    return (_teasers(found["storypage"], home), _teasers(found["noticepage"], home))


def _teasers(articles: list[Any], home: HomePage) -> list[Teaser]:
    articles.sort(key=lambda article: (article.date, article.pk), reverse=True)
    return [Teaser(article, article.address, article.locale_id != home.locale_id) for article in articles]


def categories() -> list[Category]:
    """All categories, kept for a minute."""
    known: list[Category] | None = cache.get(_CATEGORIES)
    if known is None:
        known = list(Category.objects.all())
        cache.set(_CATEGORIES, known, _SECONDS)
    return known


def forget_categories(**kwargs: object) -> None:
    cache.delete(_CATEGORIES)


for _signal in (post_save, post_delete):
    _signal.connect(forget_categories, sender=Category, dispatch_uid=f"{_CATEGORIES}.{id(_signal)}")
