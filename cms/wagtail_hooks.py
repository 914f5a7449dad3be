"""The market in the admin: products and categories to edit; towns, lots, households and the ledger to look up."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, DateFromToRangeFilter
from wagtail import hooks
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet

from farmers.ledger.models import Entry
from farmers.registry.models import Household, Town, Village
from farmers.stock.models import Category, Lot, Product, ProductAlias
from marketplace.days import today
from marketplace.money import yuan
from marketplace.quantity import Unit, in_units

from .attention import add_panel
from .forms import CategoryForm, ProductForm
from .letters import Letter
from .reviews import Reviews
from .supermarkets import WarmHeartShop
from .workflow import say_why_it_came_back, stay_with_what_came_back

NO_WAY_TO_CHANGE = {
    f"{view}_url_name": None for view in ("add", "edit", "delete", "copy", "history", "usage")
}


# --- to edit ------------------------------------------------------------------------------------


class Edited(ModelViewSet):
    copy_view_enabled = False
    list_per_page = 50
    search_backend_name = None


class Products(Edited):
    model = Product
    icon = "tag"
    list_display = ["name", "name_en", "category", "unit", "shelf_life_days"]
    list_filter = ["category", "measure"]
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
            "illustration",
        )
    ]

    def get_edit_handler(self) -> Any:
        handler = super().get_edit_handler()
        handler.base_form_class = ProductForm
        return handler


class Aliases(Edited):
    model = ProductAlias
    icon = "form"
    list_display = ["name", "product"]
    search_fields = ["name", "pinyin", "initials", "product__name"]
    form_fields = ["name", "product"]


class Categories(Edited):
    model = Category
    icon = "list-ul"
    list_display = ["name", "name_en", "is_sapling", "position"]
    search_fields = ["name", "name_en", "pinyin"]
    panels = [FieldPanel(name) for name in ("name", "name_en", "slug", "is_sapling", "position")]

    def get_edit_handler(self) -> Any:
        handler = super().get_edit_handler()
        handler.base_form_class = CategoryForm
        return handler


class Supermarkets(Edited):
    model = WarmHeartShop
    icon = "home"
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


class Letters(Edited):
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


class LookUpIndex(IndexView):
    """Rows that the person's role covers, without any way to add one."""

    joined: tuple[str, ...] = ()

    def get_base_queryset(self) -> QuerySet[Any]:
        return covered(super().get_base_queryset(), self.request).select_related(*self.joined)


class LookUpInspect(InspectView):
    def get_queryset(self) -> QuerySet[Any]:
        return covered(self.model._default_manager.all(), self.request)


def covered(rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    """Households and entries as far as `visible_to` lets this person look; the rest is public anyway."""
    if rows.model in (Household, Entry):
        return rows.filter(pk__in=rows.model._default_manager.visible_to(request.user).values("pk"))
    return rows


class LookedUp(ModelViewSet):
    """A list with a page for each row, and no address at all under which a row could be changed."""

    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    search_backend_name = None
    form_fields: list[str] = []
    joined: tuple[str, ...] = ()
    index_view_class = LookUpIndex
    inspect_view_class = LookUpInspect

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**NO_WAY_TO_CHANGE, **kwargs)

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(joined=self.joined, **kwargs)

    def get_urlpatterns(self) -> list[Any]:
        kept = {"index", "index_results", "inspect"}
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in kept]

    def register_admin_url_finder(self) -> None:
        """There is no edit page to find."""


def _column(name: str, label: Any, show: Any, order: str | None = None) -> Column:
    column = Column(name, label=label, accessor=show)
    column.sort_key = order
    return column


class Towns(LookedUp):
    model = Town
    icon = "home"
    list_display = ["name", "name_en", "kind"]
    list_filter = ["kind"]
    search_fields = ["name", "name_en", "pinyin", "initials"]
    inspect_view_fields = ["name", "name_en", "kind", "slug"]


class Villages(LookedUp):
    model = Village
    icon = "home"
    list_display = ["name", "name_en", "town", "invented"]
    list_filter = ["town", "invented"]
    search_fields = ["name", "name_en", "pinyin", "initials"]
    inspect_view_fields = ["name", "name_en", "town", "invented"]
    joined = ("town",)


class LotFilter(WagtailFilterSet):
    good_until = DateFromToRangeFilter(label=_("good until"), widget=DateRangePickerWidget)
    in_stock = BooleanFilter(field_name="available", method="has_stock", label=_("in stock"))

    class Meta:
        model = Lot
        fields = ["state", "category", "town"]

    def has_stock(self, rows: QuerySet[Lot], name: str, value: bool) -> QuerySet[Lot]:
        return rows.filter(available__gt=0) if value else rows.filter(available__lte=0)


class Lots(LookedUp):
    model = Lot
    icon = "clipboard-list"
    list_display = [
        "slug",
        "product",
        "village",
        _column(
            "left",
            _("available"),
            lambda lot: f"{in_units(lot.available, lot.unit_size)} {Unit(lot.unit).label}",
        ),
        _column("price", _("price"), lambda lot: f"¥{yuan(lot.price_fen)} / {Unit(lot.unit).label}"),
        "state",
        "good_until",
        "listed_at",
    ]
    filterset_class = LotFilter
    search_fields = ["slug", "product__name", "product__pinyin", "village__name", "town__name"]
    ordering = "-listed_at"
    inspect_view_fields = [
        "slug",
        "product",
        "town",
        "village",
        "state",
        "listed",
        "reserved",
        "sold",
        "available",
        "unit",
        "price_fen",
        "harvested_on",
        "good_until",
        "grade",
        "note",
        "listed_at",
    ]
    joined = ("product", "village", "town")


class HouseholdFilter(WagtailFilterSet):
    agreed = BooleanFilter(
        field_name="consent_on", lookup_expr="isnull", exclude=True, label=_("agreed to be shown")
    )
    selling = BooleanFilter(method="sells", label=_("has goods on sale"))

    class Meta:
        model = Household
        fields = ["village__town"]

    def sells(self, rows: QuerySet[Household], name: str, value: bool) -> QuerySet[Household]:
        on_sale = Exists(Lot.objects.on_sale(today()).in_stock().filter(household=OuterRef("pk")))
        return rows.filter(on_sale if value else ~on_sale)


class Households(LookedUp):
    """Without telephone, identity number and bank account, which no page shows."""

    model = Household
    icon = "group"
    list_display = [
        "head_name",
        "village",
        _column("town", _("town"), lambda row: row.village.town),
        "members",
        "consent_on",
    ]
    filterset_class = HouseholdFilter
    search_fields = ["head_name", "village__name", "village__town__name"]
    ordering = "pk"
    inspect_view_fields = ["head_name", "village", "members", "officer", "consent_on"]
    joined = ("village__town",)


class Entries(LookedUp):
    model = Entry
    icon = "doc-full"
    list_display = [
        "key",
        "kind",
        "day",
        "town",
        "product_name",
        _column(
            "amount",
            _("quantity"),
            lambda row: f"{in_units(row.quantity, row.unit_size)} {Unit(row.unit).label}",
        ),
        _column("yuan", _("yuan"), lambda row: yuan(row.amount_fen)),
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
        "unit",
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


hooks.register("register_admin_viewset", lambda: Market())
hooks.register("construct_homepage_panels", add_panel)
hooks.register("before_edit_page", say_why_it_came_back)
hooks.register("after_create_page", stay_with_what_came_back)
hooks.register("after_edit_page", stay_with_what_came_back)
