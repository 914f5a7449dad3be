"""Problems in the admin: opened with their "four ones", worked off by the four lists, closed and opened again."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import BooleanFilter
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.widgets import AdminDateInput

from farmers.monitoring.models import Item, Problem, Warning
from farmers.monitoring.problem_models import ListKind
from farmers.monitoring.problem_views import four_lists
from farmers.monitoring.problems import (
    NewItem,
    NewProblem,
    Refused,
    add_item,
    close_problem,
    open_problem,
    reopen_problem,
    tick,
    untick,
)
from marketplace.access.models import Role, User
from marketplace.asked import whole_number
from marketplace.days import today

from ..looked_up import EnterOnly, LookedUp, LookUpIndex, LookUpInspect, a_column

# --- opened -------------------------------------------------------------------------------------


def _lines(kind: ListKind) -> forms.CharField:
    return forms.CharField(
        label=kind.label,
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One item a line. More can be added later, each with whose it is and by when."
        ),
    )


class ProblemForm(WagtailAdminModelForm):
    """The problem, who answers for it, and what its lists begin with."""

    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    came_of = forms.IntegerField(widget=forms.HiddenInput, required=False)
    problem_lines, duty_lines, mending_lines, result_lines = map(_lines, ListKind)

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if day < today():
            raise forms.ValidationError(_("Choose a day that is not over."))
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        for kind in ListKind:
            name = f"{kind.value}_lines"
            if any(len(line.strip()) > 200 for line in (data.get(name) or "").splitlines()):
                self.add_error(name, _("An item has at most 200 characters."))
        return data

    def save(self, commit: bool = True) -> Problem:
        told = self.cleaned_data
        warning = Warning.objects.visible_to(self.for_user).filter(pk=told["came_of"] or 0).first()
        names = ("title", "words", "leader", "department", "team", "due_on", "town")
        new = NewProblem(**{name: told[name] for name in names}, warning=warning)
        items = [
            NewItem(kind.value, line.strip())
            for kind in ListKind
            for line in (told[f"{kind.value}_lines"] or "").splitlines()
            if line.strip()
        ]
        self.instance = open_problem(new, items, self.for_user, told["once"])
        return self.instance


class OpenProblem(EnterOnly):
    def get_initial_form_instance(self) -> Problem:
        """What is known already where it comes of a warning: the town."""
        warning = self._warning()
        return Problem(town=warning.household.village.town if warning else None)

    def get_form_kwargs(self) -> dict[str, Any]:
        warning = self._warning()
        initial = {"came_of": warning.pk if warning else None}
        return {**super().get_form_kwargs(), "initial": initial}

    def _warning(self) -> Warning | None:
        rows = Warning.objects.visible_to(self.request.user).select_related("household__village__town")
        return rows.filter(pk=whole_number(self.request.GET.get("warning", ""), 18) or 0).first()

    def get_success_url(self) -> str:
        return reverse("problem:inspect", args=[self.object.pk])


# --- looked up ----------------------------------------------------------------------------------


class ProblemFilter(WagtailFilterSet):
    overdue = BooleanFilter(method="is_late", label=gettext_lazy("overdue"))

    class Meta:
        model = Problem
        fields = ["state", "town"]

    def is_late(self, rows: QuerySet[Problem], name: str, value: bool) -> QuerySet[Problem]:
        late = Problem.objects.overdue(today())
        return rows.filter(pk__in=late) if value else rows.exclude(pk__in=late)


class ProblemIndex(LookUpIndex):
    def get_base_queryset(self) -> QuerySet[Any]:
        ticked = Count("items", filter=Q(items__ticked_at__isnull=False))
        return super().get_base_queryset().annotate(all_items=Count("items"), ticked=ticked)


# --- worked off ---------------------------------------------------------------------------------


class WhoseField(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        post = getattr(obj, "officer", None)
        name = obj.get_full_name() or obj.username
        return f"{post.town} {post.name}" if post else f"{obj.get_role_display()} {name}"


class ItemForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    list = forms.ChoiceField(label=gettext_lazy("list"), choices=ListKind.choices)
    words = forms.CharField(label=gettext_lazy("what is to be done"), max_length=200)
    whose = WhoseField(User.objects.none(), label=gettext_lazy("whose"), required=False)
    due_on = forms.DateField(label=gettext_lazy("due on"), required=False, widget=AdminDateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        workers = User.objects.filter(role__in=[Role.OFFICER, Role.OFFICIAL], is_active=True)
        field = self.fields["whose"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        posts = workers.select_related("officer__town").defer("officer__phone")
        field.queryset = posts.order_by("role", "username")


class CloseForm(forms.Form):
    result = forms.CharField(
        label=gettext_lazy("result"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReopenForm(forms.Form):
    words = forms.CharField(label=gettext_lazy("why it is open again"), max_length=500)
    due_on = forms.DateField(label=gettext_lazy("due on"), widget=AdminDateInput)


class WordsForm(forms.Form):
    words = forms.CharField(max_length=200, required=False)


class ProblemInspect(LookUpInspect):
    """One problem with its four lists; each act of the page comes back to it."""

    template_name = "cms/admin/problem.html"
    FORMS: dict[str, type[forms.Form]] = {"add": ItemForm, "close": CloseForm, "reopen": ReopenForm}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = today()
        lists = [
            (each, [(item, item.is_overdue(day)) for item in each.items]) for each in four_lists(self.object)
        ]
        shown = {f"{act}_form": form(prefix=act) for act, form in self.FORMS.items()}
        steps = self.object.steps.select_related("by", "item")
        left = sum(len(each.items) - each.done for each, _items in lists)
        empty = [str(each.kind.label) for each, items in lists if not items]
        told = {"lists": lists, "steps": steps, "left": left, "empty": empty}
        return {**shown, **told, **super().get_context_data(**kwargs)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = request.POST.get("act", "")
        form_class = self.FORMS.get(act, WordsForm)
        form = form_class(request.POST, prefix=act if act in self.FORMS else None)
        if not form.is_valid():
            context = self.get_context_data(**{f"{act}_form": form})
            return self.render_to_response(context, status=422)
        try:
            self._do(act, form.cleaned_data)
        except Refused as refused:
            messages.error(request, str(refused))
        except ValueError:
            messages.error(request, _("Say in words why the tick is taken back."))
        else:
            messages.success(request, _("Written down."))
        return redirect("problem:inspect", self.object.pk)

    def _do(self, act: str, told: dict[str, Any]) -> None:
        by, pk = self.request.user, self.object.pk
        if act == "add":
            new = NewItem(told["list"], told["words"].strip(), told["whose"], told["due_on"])
            add_item(pk, new, by, told["key"])
        elif act == "close":
            close_problem(pk, told["result"], by)
        elif act == "reopen":
            reopen_problem(pk, told["words"], told["due_on"], by)
        elif act == "tick":
            tick(self._item().pk, by, told["words"])
        elif act == "untick":
            untick(self._item().pk, by, told["words"])
        else:
            raise Http404

    def _item(self) -> Item:
        key = whole_number(self.request.POST.get("item", ""), 18)
        item: Item | None = self.object.items.filter(pk=key or 0).first()
        if item is None:
            raise Http404
        return item


class Problems(LookedUp):
    model = Problem
    icon = "clipboard-list"
    index_view_class = ProblemIndex
    inspect_view_class = ProblemInspect
    inspect_template_name = "cms/admin/problem.html"
    add_view_class = OpenProblem
    list_display = [
        "title",
        "town",
        "leader",
        "department",
        "state",
        a_column("done", gettext_lazy("ticked off"), lambda row: f"{row.ticked} / {row.all_items}"),
        a_column("due", gettext_lazy("due on"), lambda row: _due(row), "due_on"),
    ]
    filterset_class = ProblemFilter
    search_fields = ["title", "leader", "department", "town__name"]
    ordering = ["-state", "due_on"]
    joined = ("town",)
    inspect_view_fields = [
        "words",
        "town",
        "leader",
        "department",
        "team",
        "due_on",
        "state",
        "result",
    ]
    list_export = [
        "pk",
        "title",
        "town.name",
        "leader",
        "department",
        "team",
        "get_state_display",
        "due_on",
        "result",
    ]
    export_headings = {
        "pk": gettext_lazy("number"),
        "town.name": gettext_lazy("town"),
        "get_state_display": gettext_lazy("state"),
    }
    export_filename = "problems"
    panels = [
        MultiFieldPanel(
            [FieldPanel("title"), FieldPanel("words"), FieldPanel("town")], heading=gettext_lazy("problem")
        ),
        MultiFieldPanel(
            [FieldPanel("leader"), FieldPanel("department"), FieldPanel("team"), FieldPanel("due_on")],
            heading=gettext_lazy("who answers for it"),
        ),
        FieldRowPanel([FieldPanel("problem_lines"), FieldPanel("duty_lines")]),
        FieldRowPanel([FieldPanel("mending_lines"), FieldPanel("result_lines")]),
        FieldPanel("once"),
        FieldPanel("came_of"),
    ]

    def get_edit_handler(self) -> Any:
        handler = super().get_edit_handler()
        handler.base_form_class = ProblemForm
        return handler

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**kwargs) | {"add_url_name": self.get_url_name("add")}

    def get_urlpatterns(self) -> list[Any]:
        looking = super().get_urlpatterns()
        return [*looking, *(p for p in super(LookedUp, self).get_urlpatterns() if p.name == "add")]


def _due(problem: Problem) -> str:
    day = f"{problem.due_on:%Y-%m-%d}"
    late = problem.state == Problem.State.OPEN and problem.due_on < today()
    return _("%(day)s, overdue") % {"day": day} if late else day
