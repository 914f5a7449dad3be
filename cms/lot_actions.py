"""What whoever keeps stock does with lots in the admin. Each act asks for its reason, and tells what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from farmers.stock.models import MAX_QUANTITY, Lot
from farmers.stock.withdraw import correct, kept_by, list_again, withdraw
from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, may
from marketplace.asked import whole_number
from marketplace.quantity import Unit, from_units, in_units
from shop.catalogue import kept

# beyond what a page of the list holds
MOST = 200


def amount(quantity: int, lot: Lot) -> str:
    return f"{in_units(quantity, lot.unit_size)} {Unit(lot.unit).label}"


class Why(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=80,
        help_text=gettext_lazy("Kept with the lot, and read later."),
    )


# --- many at a time -----------------------------------------------------------------------------


class LotAction(BulkAction):
    """Lots that were ticked, never "all in the listing": that would be the whole city's."""

    models = [Lot]
    form_class = Why
    template_name = "cms/admin/lots_confirm.html"
    question: Any
    verb: Callable[[Collection[int], User, str], list[int]]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user, Act.KEEP_STOCK):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_actionable_objects(self) -> tuple[list[Lot], dict[str, list[Lot]]]:
        asked = self.request.GET.getlist("id")
        ids = [pk for text in asked if (pk := whole_number(text, 18)) is not None]
        chosen = Lot.objects.filter(pk__in=ids[:MOST]).select_related("product", "village", "town")
        if not chosen:
            raise Http404
        ours = set(kept_by(self.request.user).filter(pk__in=chosen).values_list("pk", flat=True))
        return [lot for lot in chosen if lot.pk in ours], {
            "items_with_no_access": [lot for lot in chosen if lot.pk not in ours]
        }

    def object_context(self, obj: Lot) -> dict[str, Any]:
        return {"item": obj, "left": amount(obj.available, obj)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "action": self}

    def get_execution_context(self) -> dict[str, Any]:
        return {"view": self}

    @classmethod
    def execute_action(cls, objects: list[Lot], *, view: LotAction, **kwargs: Any) -> tuple[int, int]:
        why = view.cleaned_form.cleaned_data["why"]
        turned = cls.verb([lot.pk for lot in objects], view.request.user, why)
        # a lot that is listed again makes no movement, by which kept lists would know of it
        kept.begin_anew()
        return len(turned), len(objects) - len(turned)


class Withdraw(LotAction):
    display_name = gettext_lazy("Withdraw")
    action_type = "withdraw"
    aria_label = gettext_lazy("Take the selected lots off sale")
    action_priority = 10
    classes = {"serious"}
    question = gettext_lazy("Take these lots off sale? What is ordered already is still handed over.")
    verb = staticmethod(withdraw)

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        told = ngettext("%(count)d lot is off sale.", "%(count)d lots are off sale.", num_parent_objects)
        return _told(told, num_parent_objects, num_child_objects)


class ListAgain(LotAction):
    display_name = gettext_lazy("List again")
    action_type = "list_again"
    aria_label = gettext_lazy("Put the selected lots on sale again")
    action_priority = 20
    question = gettext_lazy("Put these lots on sale again? Those past their day stay off sale.")
    verb = staticmethod(list_again)

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        told = ngettext(
            "%(count)d lot is on sale again.", "%(count)d lots are on sale again.", num_parent_objects
        )
        return _told(told, num_parent_objects, num_child_objects)


def _told(words: str, changed: int, left: int) -> str:
    told = words % {"count": changed}
    if not left:
        return told
    rest = ngettext("%(count)d was left as it was.", "%(count)d were left as they were.", left)
    return f"{told} {rest % {'count': left}}"


# --- one, counted -------------------------------------------------------------------------------


class CountForm(Why):
    left = forms.CharField(label=gettext_lazy("free for sale, as counted"), max_length=20)
    # sent twice, it counts once
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    field_order = ["left", "why", "once"]

    def __init__(self, lot: Lot, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lot = lot
        self.fields["left"].help_text = _("In %(unit)s, without what is reserved for orders.") % {
            "unit": Unit(lot.unit).label
        }

    def clean_left(self) -> int:
        try:
            left = from_units(self.cleaned_data["left"], self.lot.unit_size)
        except ValueError as error:
            raise forms.ValidationError(_("Write a plain number, such as 120.")) from error
        if left + self.lot.reserved + self.lot.sold > MAX_QUANTITY:
            raise forms.ValidationError(_("No lot holds that much."))
        return left


class CorrectStock(WagtailAdminTemplateMixin, FormView):
    request: SignedIn
    form_class = CountForm
    template_name = "cms/admin/correct_stock.html"
    page_title = gettext_lazy("Correct the stock")
    header_icon = "edit"

    @cached_property
    def lot(self) -> Lot:
        if not may(self.request.user, Act.KEEP_STOCK):
            raise PermissionDenied
        rows = kept_by(self.request.user).select_related("product", "village", "town")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.lot)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("lot:index"), "label": _("Lots")},
            {"url": reverse("lot:inspect", args=[self.lot.pk]), "label": str(self.lot)},
            {"url": "", "label": self.get_page_title(), "sublabel": str(self.lot)},
        ]

    def get_initial(self) -> dict[str, Any]:
        now = in_units(self.lot.available, self.lot.unit_size)
        return {**super().get_initial(), "left": now.replace(",", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "lot": self.lot}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "lot": self.lot}

    def form_valid(self, form: CountForm) -> HttpResponse:
        told = form.cleaned_data
        more = correct(self.lot.pk, told["left"], self.request.user, told["why"], str(told["once"]))
        if more:
            words = _("The stock is corrected by %(amount)s %(unit)s.") % {
                "amount": f"{'+' if more > 0 else ''}{in_units(more, self.lot.unit_size)}",
                "unit": Unit(self.lot.unit).label,
            }
            messages.success(self.request, words)
        else:
            messages.info(self.request, _("Nothing to correct: that much is there already."))
        return redirect("lot:inspect", self.lot.pk)
