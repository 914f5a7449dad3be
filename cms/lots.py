"""Lots in the admin: found by what matters of them, taken off sale and listed again many at a time, counted anew."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, DateFromToRangeFilter
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn
from wagtail.admin.widgets.button import Button

from farmers.stock.models import Lot
from marketplace.access.rules import Act, may
from marketplace.days import today
from marketplace.money import yuan
from marketplace.quantity import Unit

from .looked_up import LookedUp, LookUpIndex, LookUpInspect, a_column
from .lot_actions import CorrectStock, amount

# columns of the table that have no words of their own
WORDS = {"category": _("category"), "town": _("town"), "village": _("village"), "available": _("available")}
# as many of the last movements as one screen holds
LAST = 30


def price(lot: Lot) -> str:
    return f"¥{yuan(lot.price_fen)} / {Unit(lot.unit).label}"


class LotFilter(WagtailFilterSet):
    good_until = DateFromToRangeFilter(label=_("good until"), widget=DateRangePickerWidget)
    in_stock = BooleanFilter(field_name="available", method="has_stock", label=_("in stock"))
    spoilt = BooleanFilter(method="is_spoilt", label=_("past its day"))
    promised = BooleanFilter(method="is_promised", label=_("reserved"))

    class Meta:
        model = Lot
        fields = ["state", "category", "town", "product"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("category", "town"):
            self.filters[name].label = WORDS[name]

    def has_stock(self, rows: QuerySet[Lot], name: str, value: bool) -> QuerySet[Lot]:
        return rows.filter(available__gt=0) if value else rows.filter(available__lte=0)

    def is_spoilt(self, rows: QuerySet[Lot], name: str, value: bool) -> QuerySet[Lot]:
        past = Q(good_until__lt=today())
        return rows.filter(past) if value else rows.exclude(past)

    def is_promised(self, rows: QuerySet[Lot], name: str, value: bool) -> QuerySet[Lot]:
        return rows.filter(reserved__gt=0) if value else rows.filter(reserved=0)


class LotIndex(LookUpIndex):
    """Whoever keeps stock chooses rows, and finds beside each the way to correct it."""

    template_name = "cms/admin/lots.html"

    @cached_property
    def keeps(self) -> bool:
        return may(self.request.user, Act.KEEP_STOCK)

    @cached_property
    def columns(self) -> list[Any]:
        columns: list[Any] = super().columns
        return (
            [BulkActionsCheckboxColumn("bulk_actions", obj_type="lot"), *columns] if self.keeps else columns
        )

    def _get_title_column(self, *args: Any, **kwargs: Any) -> Any:
        return super()._get_title_column(*args, **kwargs, get_title_id=lambda lot: f"lot_{lot.pk}_title")

    def get_list_more_buttons(self, instance: Lot) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        return [*buttons, _correction(instance)] if self.keeps else buttons

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(*args, **kwargs), "keeps": self.keeps}


class LotInspect(LookUpInspect):
    """A lot with what moved its stock, and who took it off sale or listed it again."""

    template_name = "cms/admin/lot.html"

    def get_field_label(self, field_name: str, field: Any) -> str:
        return capfirst(str(WORDS.get(field_name) or super().get_field_label(field_name, field)))

    def get_price_fen_display_value(self) -> str:
        return price(self.object)

    def get_listed_display_value(self) -> str:
        return amount(self.object.listed, self.object)

    def get_reserved_display_value(self) -> str:
        return amount(self.object.reserved, self.object)

    def get_sold_display_value(self) -> str:
        return amount(self.object.sold, self.object)

    def get_available_display_value(self) -> str:
        return amount(self.object.available, self.object)

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        buttons: list[Any] = super().header_more_buttons
        return [*buttons, _correction(self.object)] if may(self.request.user, Act.KEEP_STOCK) else buttons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lot = self.object
        moved = lot.movements.select_related("by").order_by("-pk")[:LAST]
        turned = lot.transitions.select_related("by").order_by("-pk")[:LAST]
        told = [(move, *(amount(n, lot) for n in (move.listed, move.reserved, move.sold))) for move in moved]
        return {**super().get_context_data(**kwargs), "moved": told, "turned": turned}


def _correction(lot: Lot) -> Button:
    return Button(_("Correct the stock"), url=reverse("lot:correct", args=[lot.pk]), icon_name="edit")


class Lots(LookedUp):
    model = Lot
    icon = "clipboard-list"
    index_view_class = LotIndex
    inspect_view_class = LotInspect
    index_template_name = "cms/admin/lots.html"
    inspect_template_name = "cms/admin/lot.html"
    list_display = [
        "product",
        a_column("place", _("village"), lambda lot: f"{lot.town} {lot.village}"),
        a_column("left", _("available"), lambda lot: amount(lot.available, lot), "available"),
        a_column(
            "promised",
            _("reserved"),
            lambda lot: amount(lot.reserved, lot) if lot.reserved else "",
            "reserved",
        ),
        a_column("price", _("price"), price, "comparable_price"),
        "state",
        "good_until",
        "listed_at",
        "slug",
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
        "price_fen",
        "harvested_on",
        "good_until",
        "grade",
        "note",
        "listed_at",
    ]
    joined = ("product", "village", "town")

    def get_urlpatterns(self) -> list[Any]:
        return [*super().get_urlpatterns(), path("correct/<int:pk>/", CorrectStock.as_view(), name="correct")]
