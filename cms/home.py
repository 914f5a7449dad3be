"""What the other blocks of a page show: figures, stories, notices, categories, the season, supermarkets."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q
from wagtail.models import Locale, Page

from farmers.ledger.queries import YearFigures, year_figures
from farmers.stock.models import Category
from marketplace.days import today
from marketplace.written import Written

from .models import NoticePage, StoryPage
from .season import Kind, Month, calendar, kinds_and_goods
from .supermarkets import WarmHeartShop, supermarkets

if TYPE_CHECKING:
    from .models import HomePage


class Teaser(NamedTuple):
    """A story or a notice in a list of the home page."""

    page: Any
    in_other_language: bool


class Gathered(NamedTuple):
    figures: YearFigures | None
    stories: list[Teaser]
    notices: list[Teaser]
    categories: list[Category] | list[Kind]
    season: list[Month]
    supermarkets: list[WarmHeartShop]

    def of(self, kind: str, value: Any) -> Any:
        """What one block of the page shows."""
        found = getattr(self, kind, None)
        if kind == "season":
            return [month.at_most(value["count"] or 0) for month in self.season]
        return found[: value["count"] or 0] if kind in ("stories", "notices") and found else found


def gather(home: HomePage) -> Gathered:
    """One query for the ledger, one for stories and notices, one for categories and season; none for what nobody shows."""
    counts = {"stories": 0, "notices": 0}
    kinds: set[str] = set()
    for block in home.body:
        kinds.add(block.block_type)
        if block.block_type in counts:
            # a preview may come before its number
            counts[block.block_type] = max(counts[block.block_type], block.value["count"] or 0)
    stories, notices = _articles(home, **counts)
    categories: list[Category] | list[Kind] = []
    season: list[Month] = []
    if "season" in kinds:
        categories, goods = kinds_and_goods()
        season = calendar(goods, today().month)
    elif "categories" in kinds:
        categories = list(Category.objects.all())
    return Gathered(
        figures=year_figures() if "figures" in kinds else None,
        stories=stories,
        notices=notices,
        categories=categories,
        season=season,
        supermarkets=supermarkets() if "supermarkets" in kinds else [],
    )


def _articles(home: HomePage, stories: int, notices: int) -> tuple[list[Teaser], list[Teaser]]:
    """The latest stories and notices, in one query."""
    if not stories and not notices:
        return [], []
    found: dict[str, list[Any]] = {"storypage": [], "noticepage": []}
    for page in _latest(home.locale, stories, notices).ask():
        for kind, articles in found.items():
            if article := getattr(page, kind, None):
                articles.append(article)
    return _teasers(found["storypage"], home), _teasers(found["noticepage"], home)


@lru_cache(maxsize=50)
def _latest(locale: Locale, stories: int, notices: int) -> Written[Page]:
    newest = ("-date", "-pk")
    told = StoryPage.objects.told_in(locale).agreed().order_by(*newest).values("pk")[:stories]
    issued = NoticePage.objects.told_in(locale).order_by(*newest).values("pk")[:notices]
    pages = Page.objects.filter(Q(pk__in=told) | Q(pk__in=issued))
    return Written(pages.select_related("storypage__product", "storypage__locale", "noticepage__locale"))


def _teasers(articles: list[Any], home: HomePage) -> list[Teaser]:
    articles.sort(key=lambda article: (article.date, article.pk), reverse=True)
    return [Teaser(article, article.locale_id != home.locale_id) for article in articles]
