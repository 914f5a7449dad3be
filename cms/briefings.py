"""Briefings in the admin: choose a period and a town, look over with every figure a link to its question, publish."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, path, reverse, reverse_lazy
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.views.generic import EditView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.widgets.button import HeaderButton

from farmers.ledger.bad import Bad
from farmers.ledger.briefing import PERCENT, Figures, edited, pieces
from farmers.ledger.briefing_check import Unsound, check_briefing, sound_figures, to_be_checked
from farmers.ledger.models import Briefing, BriefingWords, Unsealed
from farmers.ledger.publish_briefing import NothingSealed, publish
from farmers.ledger.seal import newest_block
from farmers.ledger.wording import CHINESE, ENGLISH, SENTENCES, Piece
from farmers.registry.models import Town
from marketplace.access.rules import Act, SignedIn, may
from marketplace.days import today
from marketplace.templatetags.market import in_language

from .looked_up import NO_WAY_TO_CHANGE, Listed, LookedUp, LookUpIndex, LookUpInspect, a_column
from .questions.forms import Period, days_in
from .reports import ActsItem

# --- a figure and its question ------------------------------------------------------------------

FIGURES: dict[str, Promise] = {
    "amount_fen": gettext_lazy("amount in yuan"),
    "produce_grams": gettext_lazy("produce in jin"),
    "saplings": gettext_lazy("saplings"),
    "households": pgettext_lazy("figure", "households"),
    "buyers": pgettext_lazy("figure", "buyers"),
    "saplings_same_period_last_year": gettext_lazy("saplings of the same period last year"),
    PERCENT: gettext_lazy("change of saplings in percent"),
}
_MEASURES = {"amount_fen": "amount", "produce_grams": "grams", "households": "households", "buyers": "buyers"}


def label_of(figure: str | None) -> str:
    """`amount in yuan (canteen)`: a figure's key in words."""
    channel, _dot, name = (figure or "").rpartition(".")
    label = str(FIGURES.get(name, name))
    if not channel:
        return label
    return f"{label} ({SENTENCES[channel].label})"


def question(figure: str, start: dt.date, end: dt.date, town: Town | None) -> str:
    """The address of the question that a figure answers; what it is compared with stands beside it there."""
    channel, _dot, name = figure.rpartition(".")
    asked = {
        "rows": "village" if town else "town",
        "cols": "",
        "from": str(start),
        "to": str(end),
        "town": town.slug if town else "",
        "channel": channel,
        "measure": _MEASURES.get(name, "saplings"),
    }
    try:
        page = reverse("questions:ask")
    except NoReverseMatch:
        page = "/admin/questions/"
    return f"{page}?{urlencode({key: value for key, value in asked.items() if value})}"


class Linked(NamedTuple):
    words: str
    url: str
    title: str


def linked(text: list[Piece], start: dt.date, end: dt.date, town: Town | None) -> list[Linked]:
    return [
        Linked(
            words, question(figure, start, end, town) if figure else "", label_of(figure) if figure else ""
        )
        for words, figure in text
    ]


# each takes some 100 us, twice: when it is looked over and when it is published; a request may last half a minute
MOST_ENTRIES_AT_ONCE = 200_000


# --- a new one ----------------------------------------------------------------------------------


class TownField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Town) -> str:
        return in_language(obj.name, obj.name_en)


class PeriodForm(forms.Form):
    """Which days and which town. Sent by GET: looking changes nothing."""

    period = forms.ChoiceField(
        label=gettext_lazy("Period"),
        choices=[*Period.choices, ("", gettext_lazy("the days below"))],
        required=False,
        initial=Period.LAST_MONTH,
    )
    start = forms.DateField(
        label=pgettext_lazy("period", "From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    end = forms.DateField(
        label=pgettext_lazy("period", "To"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    town = TownField(
        Town.objects.all(),
        label=gettext_lazy("Town"),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("the whole city"),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("period"):
            data["start"], data["end"] = days_in(data["period"], today())
            return data
        for name in ("start", "end"):
            day = data.get(name)
            if day is None and name not in self.errors:
                self.add_error(name, _("Choose a day, or a period above."))
            elif day and not (day.year >= 2000 and day <= today()):
                self.add_error(name, _("Choose a day between 2000 and today."))
        if data.get("start") and data.get("end") and data["end"] < data["start"]:
            self.add_error("end", _("The last day is before the first."))
        return data


class PublishForm(forms.Form):
    start = forms.DateField(widget=forms.HiddenInput)
    end = forms.DateField(widget=forms.HiddenInput)
    town = forms.ModelChoiceField(
        Town.objects.all(), to_field_name="slug", required=False, widget=forms.HiddenInput
    )
    # pressed twice, it publishes once
    once = forms.UUIDField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if start and end and not (start.year >= 2000 and start <= end <= today()):
            raise forms.ValidationError(_("Choose a day between 2000 and today."))
        return data


class New(WagtailAdminTemplateMixin, View):
    request: SignedIn
    template_name = "cms/admin/new_briefing.html"
    page_title = gettext_lazy("New briefing")
    header_icon = "doc-full"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user, Act.PUBLISH_BRIEFINGS):
            raise PermissionDenied
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
        return answer

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("briefing:index"), "label": _("Briefings")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name for name in ("period", "start", "end", "town") if name in request.GET}
        form = PeriodForm(request.GET if asked else {"period": Period.LAST_MONTH})
        if not form.is_valid():
            return self.shown(form, status=422)
        told = form.cleaned_data
        return self.shown(form, **self.looked_over(told["start"], told["end"], told["town"]))

    def looked_over(self, start: dt.date, end: dt.date, town: Town | None) -> dict[str, Any]:
        """What is to be published, or why it is not."""
        shown: dict[str, Any] = {"start": start, "end": end, "town": town}
        if newest_block() is None and not Unsealed.objects.exists():
            return {**shown, "empty": True}
        if (entries := to_be_checked(start, end, town)) > MOST_ENTRIES_AT_ONCE:
            return {**shown, "too_many": entries}
        try:
            told = sound_figures(start, end, town)
        except Unsound as error:
            return {**shown, **refusal(error)}
        once = {"start": start, "end": end, "town": town.slug if town else "", "once": uuid.uuid4()}
        return {**shown, **texts(told, start, end, town), "publish": PublishForm(initial=once)}

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PublishForm(request.POST)
        if not form.is_valid():
            wrong = " ".join(str(error) for errors in form.errors.values() for error in errors)
            messages.error(request, wrong)
            return self.shown(PeriodForm({"period": Period.LAST_MONTH}), status=422)
        told = form.cleaned_data
        start, end, town = told["start"], told["end"], told["town"]
        period = PeriodForm({"period": "", "start": start, "end": end, "town": town.slug if town else ""})
        if (entries := to_be_checked(start, end, town)) > MOST_ENTRIES_AT_ONCE:
            return self.shown(period, 409, start=start, end=end, town=town, too_many=entries)
        try:
            briefing = publish(start, end, town, by=self.request.user.get_username(), once=told["once"])
        except Unsound as error:
            return self.shown(period, 409, start=start, end=end, town=town, **refusal(error))
        except NothingSealed:
            return self.shown(period, 409, empty=True)
        messages.success(request, _("Published. The text and its figures stay as they are for good."))
        return redirect("briefing:inspect", briefing.pk)

    def shown(self, form: PeriodForm, status: int = 200, **more: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, **more), status=status)


def texts(told: Figures, start: dt.date, end: dt.date, town: Town | None) -> dict[str, Any]:
    sentences = edited()
    chinese, english = (
        linked(pieces(told, start, end, town, language, sentences.get(language, {})), start, end, town)
        for language in (CHINESE, ENGLISH)
    )
    return {"chinese": chinese, "english": english}


def refusal(error: Unsound) -> dict[str, Any]:
    return {"wrong": label_of(error.figure), **bad_entry(error.bad)}


def bad_entry(bad: Bad) -> dict[str, Any]:
    # one that is gone has no key, and no page
    url = reverse("entry:inspect", args=[bad.entry]) if bad.entry and bad.key else ""
    return {"bad": bad, "bad_url": url}


# --- published ----------------------------------------------------------------------------------


class BriefingIndex(LookUpIndex):
    @cached_property
    def header_buttons(self) -> list[Any]:
        if not may(self.request.user, Act.PUBLISH_BRIEFINGS):
            return []
        return [HeaderButton(_("New briefing"), url=reverse("briefing:new"), icon_name="plus")]


class BriefingInspect(LookUpInspect):
    """A published briefing with its figures' questions; `?check=1` computes it anew."""

    template_name = "cms/admin/briefing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        briefing = self.object
        where = (briefing.start, briefing.end, briefing.town)
        shown: dict[str, Any] = {
            "briefing": briefing,
            "chinese": linked([Piece(*piece) for piece in briefing.chinese], *where),
            "english": linked([Piece(*piece) for piece in briefing.english], *where),
        }
        entries = to_be_checked(*where) if "check" in self.request.GET else 0
        if entries > MOST_ENTRIES_AT_ONCE:
            shown["too_many"] = entries
        elif "check" in self.request.GET:
            checked = check_briefing(briefing)
            shown |= {"checked": checked, "wrong": label_of(checked.figure) if checked.figure else ""}
            if checked.first_bad:
                shown |= bad_entry(checked.first_bad)
        return {**super().get_context_data(**kwargs), **shown}


def place(briefing: Briefing) -> str:
    return str(briefing.town) if briefing.town else _("the whole city")


class Briefings(LookedUp):
    model = Briefing
    icon = "doc-full"
    menu_label = gettext_lazy("Published briefings")
    index_view_class = BriefingIndex
    inspect_view_class = BriefingInspect
    inspect_template_name = "cms/admin/briefing.html"
    list_display = [
        "__str__",
        "start",
        "end",
        a_column("where", gettext_lazy("town"), place, "town"),
        "published_at",
        "by",
        a_column("public", gettext_lazy("for everybody"), lambda row: _("Yes") if row.is_public else _("No")),
    ]
    list_filter = ["start", "town", "is_public"]
    ordering = "-pk"
    inspect_view_fields: list[str] = []
    joined = ("town",)

    def get_urlpatterns(self) -> list[Any]:
        return [*super().get_urlpatterns(), path("new/", New.as_view(), name="new")]


# --- wording ------------------------------------------------------------------------------------


class WordsForm(WagtailAdminModelForm):
    """Every sentence with the places it may have, and how it reads while nobody has written another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, sentence in SENTENCES.items():
            field = self.fields[name]
            places = " ".join(f"{{{place}}}" for place in sentence.places)
            default = sentence.default(self.instance.language)
            field.help_text = (
                _("Places: %(places)s. Left empty: %(default)s") % {"places": places, "default": default}
                if places
                else _("Left empty: %(default)s") % {"default": default}
            )


_PARTS = (
    (gettext_lazy("The paragraph"), ("sold", "nothing")),
    (gettext_lazy("Goods"), ("produce", "saplings", "others")),
    (gettext_lazy("Channels"), ("canteen", "online", "green")),
    (gettext_lazy("Saplings against last year"), ("up", "down", "level", "manifold", "first", "none")),
)


class EditWords(EditView):
    def form_invalid(self, form: forms.Form) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)
        answer.status_code = 422
        return answer


class Words(Listed):
    """One row for each language: nothing to add, nothing to delete."""

    model = BriefingWords
    icon = "edit"
    menu_label = gettext_lazy("Wording of briefings")
    edit_view_class = EditWords
    list_display = ["__str__"]
    panels = [MultiFieldPanel([FieldPanel(name) for name in names], heading=title) for title, names in _PARTS]

    def get_edit_handler(self) -> Any:
        handler = super().get_edit_handler()
        handler.base_form_class = WordsForm
        return handler

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        no_way = {
            name: url for name, url in NO_WAY_TO_CHANGE.items() if name.partition("_")[0] in ("add", "delete")
        }
        return super().get_common_view_kwargs(**no_way, **kwargs)

    def get_urlpatterns(self) -> list[Any]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in ("add", "delete")]


class BriefingsAndWords(ViewSetGroup):
    menu_label = gettext_lazy("Briefings")
    menu_icon = "doc-full"
    menu_order = 145
    items = (Briefings, Words)

    def get_submenu_items(self) -> list[Any]:
        new = ActsItem(
            gettext_lazy("New briefing"),
            reverse_lazy("briefing:new"),
            acts=[Act.PUBLISH_BRIEFINGS],
            name="new-briefing",
            icon_name="plus",
            order=0,
        )
        return [new, *super().get_submenu_items()]
