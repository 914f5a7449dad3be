"""The market in the admin: products and categories to edit; towns, lots, households and the ledger to look up."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import F, QuerySet
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, ChoiceFilter
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.viewsets.base import ViewSetGroup

from farmers.ledger.models import Entry
from farmers.registry.models import Household, Town, Village
from farmers.stock.models import Category, Product, ProductAlias
from farmers.stock.season import YEAR, as_bits, spans
from marketplace.money import yuan
from marketplace.quantity import Unit, in_units

from .attention import add_panel
from .briefings import BriefingsAndWords
from .forms import CategoryForm, ProductForm
from .letters import Letter
from .looked_up import Listed, LookedUp, a_column, count_of, has_lots_on_sale, lots_on_sale
from .lot_actions import ListAgain, Withdraw
from .lots import Lots
from .monitoring import warnings, watched
from .monitoring.problems import Problems
from .monitoring.rules import Lines, Rules
from .monitoring.warnings import Warnings
from .organisations import Units
from .privacy import looks, taken
from .privacy.admin import Households
from .questions import menu as questions
from .questions import panel
from .questions.entries import EntryInspect
from .reviews import Reviews
from .supermarkets import WarmHeartShop
from .workflow import approve_rather_than_publish, say_why_it_came_back, stay_with_what_came_back

# --- to edit ------------------------------------------------------------------------------------


ON_SALE = a_column("on_sale", _("lots on sale"), lambda row: row.on_sale, "on_sale")


def harvest(product: Product) -> str:
    return ", ".join(
        f"{MONTHS[first]}–{MONTHS[last]}" if first != last else str(MONTHS[first])
        for first, last in spans(product.months)
    )


def usual_price(product: Product) -> str:
    fen = product.reference_price_fen
    return "" if fen is None else f"¥{yuan(fen)} / {Unit(product.unit).label}"


class ProductFilter(WagtailFilterSet):
    month = ChoiceFilter(
        label=_("harvested in"), choices=lambda: [(n, MONTHS[n]) for n in YEAR], method="is_harvested_in"
    )
    selling = BooleanFilter(method="sells", label=_("has lots on sale"))

    class Meta:
        model = Product
        fields = ["category", "measure", "unit"]

    def is_harvested_in(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        return rows.alias(bit=F("months").bitand(as_bits([int(value)]))).filter(bit__gt=0)

    def sells(self, rows: QuerySet[Product], name: str, value: bool) -> QuerySet[Product]:
        return rows.filter(has_lots_on_sale("product") if value else ~has_lots_on_sale("product"))


class Products(Listed):
    model = Product
    icon = "tag"
    list_display = [
        "name",
        "name_en",
        "category",
        a_column("usual", _("reference price"), usual_price, "reference_price_fen"),
        "shelf_life_days",
        a_column("harvest", _("months of harvest"), harvest),
        ON_SALE,
    ]
    filterset_class = ProductFilter
    joined = ("category",)
    counts = {"on_sale": partial(lots_on_sale, "product")}
    search_fields = ["name", "name_en", "pinyin", "initials", "aliases__name"]
    panels = [
        FieldPanel(name)
        for name in (
            "name",
            "name_en",
            "slug",
            "category",
            "measure",
            "unit",
            "shelf_life_days",
            "reference_price_fen",
            "months",
            "plant",
            "illustration",
        )
    ]

    def get_edit_handler(self) -> Any:
        handler = super().get_edit_handler()
        handler.base_form_class = ProductForm
        return handler


class Aliases(Listed):
    model = ProductAlias
    icon = "form"
    list_display = ["name", "product", "pinyin"]
    list_filter = ["product__category", "product"]
    joined = ("product",)
    search_fields = ["name", "pinyin", "initials", "product__name"]
    form_fields = ["name", "product"]


class Categories(Listed):
    model = Category
    icon = "list-ul"
    list_display = [
        "name",
        "name_en",
        "is_sapling",
        "position",
        a_column("kinds", _("products"), lambda row: row.kinds, "kinds"),
        ON_SALE,
    ]
    list_filter = ["is_sapling"]
    search_fields = ["name", "name_en", "pinyin", "initials"]
    counts = {
        "kinds": partial(count_of, Product.objects.all(), "category"),
        "on_sale": partial(lots_on_sale, "category"),
    }
    panels = [FieldPanel(name) for name in ("name", "name_en", "slug", "is_sapling", "position")]

    def get_edit_handler(self) -> Any:
        handler = super().get_edit_handler()
        handler.base_form_class = CategoryForm
        return handler


class Supermarkets(Listed):
    model = WarmHeartShop
    icon = "home"
    joined = ("town",)
    list_display = ["name", "town", "address", "hours", "invented"]
    list_filter = ["town", "invented"]
    search_fields = ["name", "name_en", "address"]
    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("name_en"), FieldPanel("town")], heading=_("name")),
        MultiFieldPanel(
            [FieldPanel("address"), FieldPanel("address_en"), FieldPanel("hours"), FieldPanel("hours_en")],
            heading=_("address"),
        ),
        MultiFieldPanel([FieldPanel("goods"), FieldPanel("goods_en")], heading=_("what points buy")),
        FieldPanel("invented"),
    ]


class Letters(Listed):
    """Messages of the contact form: read, dealt with, and deleted when they are no longer needed."""

    model = Letter
    icon = "mail"
    list_display = ["__str__", "subject", "at", "done"]
    list_filter = ["done", "subject"]
    add_to_reference_index = False
    panels = [
        MultiFieldPanel(
            [FieldPanel(name, read_only=True) for name in ("subject", "at", "name", "phone", "text")],
            heading=_("message"),
        ),
        FieldPanel("done"),
        FieldPanel("note"),
    ]


# --- to look up ---------------------------------------------------------------------------------


class Towns(LookedUp):
    model = Town
    icon = "home"
    list_display = [
        "name",
        "name_en",
        "kind",
        a_column("villages", _("villages"), lambda row: row.village_count, "village_count"),
        ON_SALE,
    ]
    list_filter = ["kind"]
    counts = {
        "village_count": partial(count_of, Village.objects.all(), "town"),
        "on_sale": partial(lots_on_sale, "town"),
    }
    search_fields = ["name", "name_en", "pinyin", "initials"]
    inspect_view_fields = ["name", "name_en", "kind", "slug"]


class VillageFilter(WagtailFilterSet):
    selling = BooleanFilter(method="sells", label=_("has lots on sale"))

    class Meta:
        model = Village
        fields = ["town", "invented"]

    def sells(self, rows: QuerySet[Village], name: str, value: bool) -> QuerySet[Village]:
        return rows.filter(has_lots_on_sale("village") if value else ~has_lots_on_sale("village"))


class Villages(LookedUp):
    model = Village
    icon = "home"
    list_display = [
        "name",
        "name_en",
        "town",
        a_column("families", _("households"), lambda row: row.families, "families"),
        ON_SALE,
        "invented",
    ]
    filterset_class = VillageFilter
    search_fields = ["name", "name_en", "pinyin", "initials", "town__name", "town__pinyin"]
    inspect_view_fields = ["name", "name_en", "town", "invented"]
    counts = {
        "families": partial(count_of, Household.objects.all(), "village"),
        "on_sale": partial(lots_on_sale, "village"),
    }
    joined = ("town",)


class Entries(LookedUp):
    model = Entry
    icon = "doc-full"
    inspect_view_class = EntryInspect
    inspect_template_name = "cms/admin/entry.html"
    list_display = [
        "key",
        "kind",
        "day",
        "town",
        "product_name",
        a_column(
            "amount",
            _("quantity"),
            lambda row: f"{in_units(row.quantity, row.unit_size)} {Unit(row.unit).label}",
        ),
        a_column("yuan", _("yuan"), lambda row: yuan(row.amount_fen)),
        "channel",
        "order_number",
    ]
    list_filter = ["day", "kind", "town", "channel", "buyer_kind"]
    search_fields = ["key", "order_number", "product_name"]
    ordering = "-pk"
    inspect_view_fields = [
        "key",
        "kind",
        "at",
        "day",
        "town",
        "village",
        "product_name",
        "category_name",
        "quantity",
        "price_fen",
        "amount_fen",
        "channel",
        "buyer_kind",
        "order_number",
        "reverses",
        "reason",
        "digest",
    ]
    joined = ("town",)


class Market(ViewSetGroup):
    menu_label = _("Market")
    menu_icon = "tag"
    menu_order = 150
    items = (
        Products,
        Aliases,
        Categories,
        Supermarkets,
        Letters,
        Reviews,
        Lots,
        Entries,
        Households,
        Towns,
        Villages,
    )


class Watching(ViewSetGroup):
    menu_label = _("Watching over households")
    menu_icon = "warning"
    menu_order = 155
    items = (Warnings, Problems, Rules, Lines)


hooks.register("register_admin_viewset", lambda: Market())
hooks.register("register_admin_viewset", lambda: Watching())
hooks.register("register_admin_viewset", lambda: Units())
hooks.register("register_admin_viewset", lambda: BriefingsAndWords())
hooks.register("construct_homepage_panels", add_panel)
hooks.register("construct_homepage_panels", panel.add_panel)
hooks.register("register_admin_urls", looks.urls)
hooks.register("register_reports_menu_item", looks.menu_item)
hooks.register("register_admin_urls", taken.urls)
hooks.register("register_reports_menu_item", taken.menu_item)
hooks.register("register_admin_urls", questions.urls)
hooks.register("register_admin_menu_item", questions.menu_item)
hooks.register("register_reports_menu_item", questions.reached_item)
hooks.register("register_reports_menu_item", questions.shares_item)
hooks.register("register_admin_urls", warnings.urls)
hooks.register("register_admin_urls", watched.urls)
hooks.register("register_reports_menu_item", warnings.menu_item)
hooks.register("register_reports_menu_item", watched.menu_item)
hooks.register("register_bulk_action", Withdraw)
hooks.register("register_bulk_action", ListAgain)
hooks.register("construct_page_action_menu", approve_rather_than_publish)
hooks.register("before_edit_page", say_why_it_came_back)
hooks.register("after_create_page", stay_with_what_came_back)
hooks.register("after_edit_page", stay_with_what_came_back)
