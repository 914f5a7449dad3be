"""Buyers' reviews in the admin: read, and hidden with a reason. Nobody changes what a buyer said."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel

from shop.orders.models import Review
from shop.orders.reviews import hide, show

from .looked_up import Listed


class ReviewForm(WagtailAdminModelForm):
    hidden = forms.BooleanField(label=_("hide it from the pages"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["hidden"] = self.instance.hidden_at is not None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if data.get("hidden") and not data.get("hidden_reason", "").strip():
            self.add_error("hidden_reason", _("Say why: the buyer reads it."))
        return data

    def save(self, commit: bool = True) -> Review:
        review: Review = self.instance
        if self.cleaned_data["hidden"]:
            hide(review, self.for_user, self.cleaned_data["hidden_reason"])
        else:
            show(review)
        return review


class Reviews(Listed):
    model = Review
    icon = "pick"
    joined = ("product",)
    list_display = ["words", "stars", "product", "buyer_kind", "created_at", "hidden_at"]
    list_filter = ["stars", "product", "hidden_at"]
    search_fields = ["words", "product__name"]
    panels = [
        FieldPanel("product", read_only=True),
        FieldPanel("stars", read_only=True),
        FieldPanel("words", read_only=True),
        FieldPanel("hidden"),
        FieldPanel("hidden_reason"),
    ]

    def get_edit_handler(self) -> Any:
        handler = super().get_edit_handler()
        handler.base_form_class = ReviewForm
        return handler
