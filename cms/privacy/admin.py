"""Households in the admin: numbers in part, changed by the verbs alone; a copy given out, an erasure asked for and done."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from django_filters import BooleanFilter, ChoiceFilter, DateFilter
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import Button, HeaderButton

from farmers.ledger.questions.asked import UNMARKED
from farmers.ledger.questions.reached import quiet
from farmers.registry.erasure import AlreadyAsked, NothingToErase, ask_erasure, drop_erasure
from farmers.registry.models import Erasure, Household, HouseholdMark, MarkKind, encrypted
from farmers.selling.officer_forms import parts_of
from marketplace.access.rules import Act, SignedIn, may
from marketplace.days import today
from marketplace.sheets import download

from ..looked_up import LookedUp, LookUpIndex, LookUpInspect, a_column, has_lots_on_sale
from .copy import export_household
from .erase import StillNeeded, erase_household
from .needed import still_needed

# --- looked up ----------------------------------------------------------------------------------


class HouseholdFilter(WagtailFilterSet):
    agreed = BooleanFilter(
        field_name="consent_on", lookup_expr="isnull", exclude=True, label=gettext_lazy("agreed to be shown")
    )
    selling = BooleanFilter(method="sells", label=gettext_lazy("has goods on sale"))
    to_erase = BooleanFilter(method="is_to_erase", label=gettext_lazy("is to be erased"))
    erased = BooleanFilter(
        field_name="erased_on", lookup_expr="isnull", exclude=True, label=gettext_lazy("erased")
    )

    mark = ChoiceFilter(
        label=gettext_lazy("mark"),
        choices=[*MarkKind.choices, (UNMARKED, gettext_lazy("without a mark"))],
        method="bears",
    )
    quiet = DateFilter(
        label=gettext_lazy("sold nothing in the 90 days up to"), method="is_quiet", widget=AdminDateInput
    )

    class Meta:
        model = Household
        fields = ["village__town", "village"]

    def bears(self, rows: QuerySet[Household], name: str, value: str) -> QuerySet[Household]:
        marked = HouseholdMark.objects.on(self.form.cleaned_data.get("quiet") or today())
        if value == UNMARKED:
            return rows.exclude(pk__in=marked.values("household"))
        return rows.filter(pk__in=marked.filter(kind=value).values("household"))

    def is_quiet(self, rows: QuerySet[Household], name: str, value: dt.date) -> QuerySet[Household]:
        return quiet(rows, value)

    def sells(self, rows: QuerySet[Household], name: str, value: bool) -> QuerySet[Household]:
        return rows.filter(has_lots_on_sale("household") if value else ~has_lots_on_sale("household"))

    def is_to_erase(self, rows: QuerySet[Household], name: str, value: bool) -> QuerySet[Household]:
        asked = Erasure.objects.filter(outcome=Erasure.Outcome.WAITING).values("household")
        return rows.filter(pk__in=asked) if value else rows.exclude(pk__in=asked)


class HouseholdInspect(LookUpInspect):
    """One household: its numbers in part, and the ways to all that may be done with it."""

    template_name = "cms/admin/household.html"

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        buttons: list[Any] = super().header_more_buttons
        user, pk = self.request.user, self.object.pk
        if self.object.erased_on:
            return buttons
        more = [_button(_("Show in full, with a reason"), reverse("registry:reveal", args=[pk]), "view")]
        if may(user, Act.SERVE_VILLAGE):
            more.append(_button(_("Edit"), reverse("officers:household_edit", args=[pk]), "edit"))
        if may(user, Act.KEEP_PRIVACY):
            more.append(_button(_("Give out a copy"), reverse("household:give_out", args=[pk]), "download"))
            more.append(_button(_("Erase"), reverse("household:erase", args=[pk]), "bin"))
        return [*buttons, *more]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        erasures = self.object.erasures.select_related("asked_by", "ended_by")
        return {**super().get_context_data(**kwargs), "parts": parts_of(self.object), "erasures": erasures}


def _button(words: str, url: str, icon: str) -> Button:
    return Button(words, url=url, icon_name=icon)


class HouseholdIndex(LookUpIndex):
    @cached_property
    def header_buttons(self) -> list[Any]:
        return [HeaderButton(_("Find by name"), url=reverse("household:find"), icon_name="search")]


class Households(LookedUp):
    """Lists have no telephone, identity or account number; a household's own page shows them in part."""

    model = Household
    icon = "group"
    index_view_class = HouseholdIndex
    inspect_view_class = HouseholdInspect
    inspect_template_name = "cms/admin/household.html"
    list_display = [
        "head_name",
        "village",
        a_column("town", gettext_lazy("town"), lambda row: row.village.town),
        "members",
        "consent_on",
        "erased_on",
    ]
    filterset_class = HouseholdFilter
    # a name asked for here would stand in the address; see Find
    search_fields = ["village__name", "village__town__name"]
    ordering = "pk"
    inspect_view_fields = ["head_name", "village", "members", "officer", "consent_on", "erased_on"]
    joined = ("village__town",)

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("find/", never_cache(Find.as_view()), name="find"),
            path("give-out/<int:pk>/", never_cache(GiveCopy.as_view()), name="give_out"),
            path("erase/<int:pk>/", never_cache(Erase.as_view()), name="erase"),
        ]


# --- found by name ------------------------------------------------------------------------------


class NameForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the head, or how it begins"), max_length=40)


class HouseholdsForm(WagtailAdminTemplateMixin, FormView):
    """A form about households for who may do `act`; what is wrong in it comes back as 422."""

    request: SignedIn
    act: Act

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user, self.act):
            raise PermissionDenied
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
        return answer

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)
        answer.status_code = 422
        return answer

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        households = {"url": reverse("household:index"), "label": pgettext_lazy("page", "Households")}
        return [
            *self.breadcrumbs_items,
            households,
            *self.whose(),
            {"url": "", "label": self.get_page_title()},
        ]

    def whose(self) -> list[dict[str, Any]]:
        """The household's own place on the way here, where there is one."""
        return []


class Find(HouseholdsForm):
    """Sent by POST, so that no name stands in an address, a history or a log."""

    act = Act.SEE_CITY
    form_class = NameForm
    template_name = "cms/admin/find_household.html"
    page_title = gettext_lazy("Find a household by name")
    header_icon = "search"
    most = 50

    def form_valid(self, form: NameForm) -> HttpResponse:
        rows = Household.objects.visible_to(self.request.user).there()
        found = rows.filter(head_name__startswith=form.cleaned_data["name"])
        found = found.select_related("village__town").defer(*encrypted()).order_by("head_name", "pk")
        shown = list(found[: self.most + 1])
        return self.render_to_response(
            self.get_context_data(form=form, found=shown[: self.most], more=len(shown) > self.most)
        )


# --- done with --------------------------------------------------------------------------------


class OneHousehold(HouseholdsForm):
    """A page about one household, for who keeps personal data."""

    act = Act.KEEP_PRIVACY
    header_icon = "group"

    @cached_property
    def household(self) -> Household:
        rows = Household.objects.visible_to(self.request.user).there().select_related("user", "village__town")
        return get_object_or_404(rows.defer(*encrypted()), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.household.head_name

    def whose(self) -> list[dict[str, Any]]:
        url = reverse("household:inspect", args=[self.household.pk])
        return [{"url": url, "label": self.household.head_name}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "household": self.household}


class CopyForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("To whom, and how they asked"),
        max_length=200,
        help_text=gettext_lazy("Kept in the log of looks, which the household reads."),
    )


class GiveCopy(OneHousehold):
    form_class = CopyForm
    template_name = "cms/admin/give_copy.html"
    page_title = gettext_lazy("Give out a copy")

    def form_valid(self, form: CopyForm) -> HttpResponse:
        name, content = export_household(self.household.pk, self.request.user, form.cleaned_data["words"])
        return download(content, name, "application/zip")


class AskForm(forms.Form):
    why = forms.ChoiceField(label=gettext_lazy("reason"), choices=Erasure.Why.choices)
    words = forms.CharField(
        label=gettext_lazy("in words"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Kept for good, so write no names or numbers."),
    )


class Erase(OneHousehold):
    """Ask for it; then another person does it, or either drops it."""

    form_class = AskForm
    template_name = "cms/admin/erase.html"
    page_title = gettext_lazy("Erase a household")

    @property
    def asked(self) -> Erasure | None:
        return self.household.erasures.filter(outcome=Erasure.Outcome.WAITING).first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.asked
        facts = {"asked": asked, "own": asked is not None and asked.asked_by_id == self.request.user.pk}
        return {"reasons": still_needed(self.household), **facts, **super().get_context_data(**kwargs)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = request.POST.get("act", "ask")
        verbs = {"do": self.do, "drop": self.drop, "ask": lambda: super(Erase, self).post(request)}
        if act not in verbs:
            raise Http404
        pk = self.kwargs["pk"]
        if Household.objects.visible_to(self.request.user).exclude(erased_on=None).filter(pk=pk).exists():
            # the button was pressed twice
            messages.success(request, _("The household is erased. Its figures stay in the ledger."))
            return redirect("household:inspect", pk)
        return verbs[act]()

    def form_valid(self, form: AskForm) -> HttpResponse:
        told = form.cleaned_data
        try:
            ask_erasure(self.household.pk, self.request.user, told["why"], told["words"])
        except AlreadyAsked:
            messages.warning(self.request, _("Somebody has asked for it before."))
        else:
            messages.success(self.request, _("Asked. Another official or an administrator has to do it now."))
        return redirect("household:erase", self.household.pk)

    def drop(self) -> HttpResponse:
        try:
            drop_erasure(self.household.pk, self.request.user)
        except NothingToErase:
            messages.warning(self.request, _("Nobody asks for it any more."))
        else:
            messages.success(self.request, _("The household stays."))
        return redirect("household:inspect", self.household.pk)

    def do(self) -> HttpResponse:
        try:
            erase_household(self.household.pk, self.request.user)
        except StillNeeded:
            # the page says why
            return self.render_to_response(self.get_context_data(), status=409)
        except NothingToErase:
            messages.warning(self.request, _("Nobody asks for it any more."))
        else:
            messages.success(self.request, _("The household is erased. Its figures stay in the ledger."))
        return redirect("household:inspect", self.household.pk)
