"""The site's pages: a home that editors rearrange, stories of households, notices, and facts of the site."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Locale, Page, PageManager, PagePermissionTester
from wagtail.query import PageQuerySet

from farmers.registry.models import Household, encrypted
from farmers.stock.models import Product
from marketplace.days import today
from shop.catalogue.kept import may_be_kept

from .blocks import RICH_TEXT, HelpBody, HomeBody, MenuBody, StoryBody
from .forms import StoryForm
from .letters import Letter as Letter
from .questions.saved import SavedQuestion as SavedQuestion
from .site_page import SitePage
from .supermarkets import WarmHeartShop as WarmHeartShop
from .workflow import ConsentTask as ConsentTask
from .workflow import StoryApproval as StoryApproval
from .workflow import may_approve


class HomePage(SitePage):
    """The front of the shop, one for each language."""

    body = StreamField(HomeBody(), verbose_name=_("body"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("body")]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.StoryIndexPage", "cms.NoticeIndexPage", "cms.HelpIndexPage", "cms.LandingPage"]
    template = "cms/home.html"

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # front.py knows stories and notices, which are below
        from . import front

        shown, lots = front.put_together(self, request)
        if getattr(self, "unrestricted", False) and not getattr(request, "is_preview", False):
            may_be_kept(request, lots)
        return {**super().get_context(request, *args, **kwargs), **shown}


class LandingPage(SitePage):
    """A page of its own built from the same blocks as the home: a season, a campaign, one kind of goods."""

    body = StreamField(HomeBody(), verbose_name=_("body"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("body")]
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    template = "cms/landing.html"

    class Meta:
        verbose_name = _("landing page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from . import front

        shown, _lots = front.put_together(self, request)
        return {**super().get_context(request, *args, **kwargs), **shown}


class ArticleQuerySet(PageQuerySet):
    def told_in(self, locale: Locale) -> ArticleQuerySet:
        """Live pages in the reader's language, and in Chinese those that nobody has translated yet."""
        translated = Page.objects.filter(
            translation_key=OuterRef("translation_key"), locale=locale, live=True
        )
        return self.live().filter(Q(locale=locale) | ~Exists(translated))


class StoryQuerySet(ArticleQuerySet):
    def agreed(self) -> StoryQuerySet:
        """Without those of a household that has taken its consent back."""
        return self.filter(Q(household=None) | Q(household__consent_on__isnull=False))


class StoryIndexPage(SitePage):
    intro = models.CharField(_("introduction"), max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.StoryPage"]
    max_count_per_parent = 1
    template = "cms/story_index.html"

    class Meta:
        verbose_name = _("list of stories")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from .articles import paged

        stories = StoryPage.objects.told_in(self.locale).agreed()
        stories = stories.select_related("locale", "product").order_by("-date", "-pk")
        return {**super().get_context(request, *args, **kwargs), "articles": paged(stories, request)}


class StoryPage(SitePage):
    """A household, or a village, and what it grows."""

    date = models.DateField(_("date"), default=today)
    intro = models.CharField(_("introduction"), max_length=300)
    body = StreamField(StoryBody(), verbose_name=_("body"), blank=True)
    image = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    product = models.ForeignKey(
        Product,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product"),
        help_text=_("Its drawing is shown when there is no picture, and the story leads to its lots."),
    )
    household = models.ForeignKey(
        Household,
        # a story must not outlive the consent it needs
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("household"),
        help_text=_("Only with its consent can the story be published."),
    )

    objects = PageManager.from_queryset(StoryQuerySet)()

    content_panels = [
        *Page.content_panels,
        FieldPanel("date"),
        FieldPanel("intro"),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("image"), FieldPanel("product"), FieldPanel("household")],
            heading=_("Picture and household"),
        ),
    ]
    base_form_class = StoryForm
    parent_page_types = ["cms.StoryIndexPage"]
    subpage_types: list[str] = []
    template = "cms/story.html"

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")

    @classmethod
    def whole(cls) -> PageQuerySet:
        return cls.objects.select_related("locale", "product", "household__village__town").defer(
            *encrypted("household__")
        )

    @property
    def may_be_shown(self) -> bool:
        return self.household is None or self.household.consent_on is not None

    def clean(self) -> None:
        super().clean()
        if self.live and not self.may_be_shown:
            raise ValidationError({"household": _("This household has not agreed to be shown.")})

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return StoryPermissions(user, self)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_be_shown and not getattr(request, "is_preview", False):
            raise Http404
        response: HttpResponse = super().serve(request, *args, **kwargs)
        return response


class StoryPermissions(PagePermissionTester):
    """A story that shows a household is published by who approves stories, and by nobody without its consent."""

    def can_publish(self) -> bool:
        if self.page.household_id is None:
            return bool(super().can_publish()) or may_approve(self.user)
        return may_approve(self.user) and self.page.may_be_shown


class NoticeIndexPage(SitePage):
    intro = models.CharField(_("introduction"), max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.NoticePage"]
    max_count_per_parent = 1
    template = "cms/notice_index.html"

    class Meta:
        verbose_name = _("list of notices")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from .articles import paged

        notices = NoticePage.objects.told_in(self.locale).select_related("locale").order_by("-date", "-pk")
        return {**super().get_context(request, *args, **kwargs), "articles": paged(notices, request)}


class NoticePage(SitePage):
    """A notice or policy paper of an office."""

    date = models.DateField(_("date"), default=today)
    office = models.CharField(_("issuing office"), max_length=80)
    number = models.CharField(_("document number"), max_length=60, blank=True)
    body = RichTextField(_("body"), features=RICH_TEXT)
    document = models.ForeignKey(
        "wagtaildocs.Document",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("attached document"),
    )

    objects = PageManager.from_queryset(ArticleQuerySet)()

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [FieldPanel("date"), FieldPanel("office"), FieldPanel("number")], heading=_("Issued")
        ),
        FieldPanel("body"),
        FieldPanel("document"),
    ]
    parent_page_types = ["cms.NoticeIndexPage"]
    subpage_types: list[str] = []
    template = "cms/notice.html"

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    @classmethod
    def whole(cls) -> PageQuerySet:
        return cls.objects.select_related("locale", "document")


class HelpIndexPage(SitePage):
    intro = models.CharField(_("introduction"), max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.HelpPage"]
    max_count_per_parent = 1
    template = "cms/help_index.html"

    class Meta:
        verbose_name = _("help")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        topics = HelpPage.objects.told_in(self.locale).select_related("locale").order_by("path")
        return {**super().get_context(request, *args, **kwargs), "topics": topics}


class HelpPage(SitePage):
    """Questions about one subject, with their answers."""

    body = StreamField(HelpBody(), verbose_name=_("questions"))

    objects = PageManager.from_queryset(ArticleQuerySet)()

    content_panels = [*Page.content_panels, FieldPanel("body")]
    parent_page_types = ["cms.HelpIndexPage"]
    subpage_types: list[str] = []
    template = "cms/help.html"

    class Meta:
        verbose_name = _("help page")
        verbose_name_plural = _("help pages")


class MenuItem(NamedTuple):
    """A link of the frame: `{{ item|name }}` is its word in the reader's language."""

    name: str
    name_en: str
    address: str


@register_setting(icon="site")
class SiteInfo(BaseSiteSetting):
    """What the frame of every page tells: its menu and its foot."""

    hotline = models.CharField(_("hotline"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=120, blank=True)
    icp_number = models.CharField(_("ICP filing number"), max_length=60, blank=True)
    menu = StreamField(
        MenuBody(required=False),
        verbose_name=_("menu"),
        blank=True,
        help_text=_("At the top of every page. Left empty, it leads to shop, ledger and stories."),
    )
    foot = StreamField(
        MenuBody(required=False),
        verbose_name=_("links at the foot"),
        blank=True,
        help_text=_("Left empty, it leads to all that the site has."),
    )

    panels = [
        MultiFieldPanel(
            [FieldPanel("hotline"), FieldPanel("address"), FieldPanel("icp_number")], heading=_("Contact")
        ),
        FieldPanel("menu"),
        FieldPanel("foot"),
    ]

    class Meta:
        verbose_name = _("site details")

    def told(self) -> dict[str, Any]:
        """What templates show of it, as plain values that a cache can hold."""
        return {
            "hotline": self.hotline,
            "address": self.address,
            "icp_number": self.icp_number,
            "menu": _links(self.menu),
            "foot": _links(self.foot),
        }


def _links(blocks: Any) -> list[MenuItem]:
    return [MenuItem(*(block.value[name] for name in MenuItem._fields)) for block in blocks]
