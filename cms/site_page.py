"""What all pages of ours share."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from wagtail.models import Page, PageViewRestriction
from wagtail.query import PageQuerySet
from wagtail.url_routing import RouteResult


class SitePage(Page):
    """A page of ours: found, and its view restrictions asked, in few queries, as paths tell the ancestors."""

    class Meta:
        abstract = True

    @classmethod
    def whole(cls) -> PageQuerySet:
        """Pages with all that their template follows."""
        return cls.objects.select_related("locale")

    @property
    def address(self) -> str:
        """Where the public finds the page: the same in every language."""
        return "/" + self.url_path.lstrip("/").partition("/")[2]

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Straight to a descendant, instead of a step and two queries for each level."""
        if not path_components:
            found: RouteResult = super().route(request, path_components)
            return found
        place = f"{self.url_path}{'/'.join(path_components)}/"
        page = self.get_descendants().live().filter(url_path=place).first()
        kind = page.specific_class if page else None
        if kind is None or not issubclass(kind, SitePage):
            raise Http404
        return RouteResult(kind.whole().get(pk=page.pk))

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        if getattr(self, "unrestricted", False):
            return PageViewRestriction.objects.none()
        if self.alias_of_id:
            found: QuerySet[PageViewRestriction] = super().get_view_restrictions()
            return found
        ends = range(self.steplen, len(self.path) + 1, self.steplen)
        return PageViewRestriction.objects.filter(page__path__in=[self.path[:end] for end in ends])
