"""The page on which officials ask the ledger, and the ones beside it. Who may ask is said in `Asked` alone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.auth import permission_denied
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from farmers.ledger.models import Entry
from farmers.ledger.questions.answer import answer
from farmers.ledger.questions.asked import PARTIES, Dimension, Figure, Question
from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, may

from .drawing import drawing
from .forms import Period, QuestionForm, address
from .names import Names, names
from .saved import SavedQuestion, keep
from .sheets import taken_along
from .told import limits, table, title

# who answers for the city, or for the own villages
ASKING = (Act.SEE_CITY, Act.SERVE_VILLAGE)


def entries_for(user: User) -> QuerySet[Entry] | None:
    """The entries a person's questions are about; None for all of them, which totals can tell."""
    return None if may(user, Act.SEE_CITY) else Entry.objects.visible_to(user)


class Asked(WagtailAdminTemplateMixin, TemplateView):
    """A page for who answers for the city, or for the own villages: of these it tells their households' sales."""

    request: SignedIn
    header_icon = "table"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not any(may(request.user, act) for act in ASKING):
            denied: HttpResponse = permission_denied(request)
            return denied
        answered: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
        answered.headers["Cache-Control"] = "no-store, private"
        return answered

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        city_wide = may(self.request.user, Act.SEE_CITY)
        return {**super().get_context_data(**kwargs), "city_wide": city_wide}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {"url": "", "label": self.get_page_title()}
        first = {"url": reverse("questions:ask"), "label": _("Questions to the ledger")}
        return [*self.breadcrumbs_items, *([] if isinstance(self, Ask) else [first]), here]


class SaveForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the question"), max_length=60)
    shared = forms.BooleanField(label=gettext_lazy("Share it with colleagues"), required=False)


def ready_made(user: User) -> list[tuple[str, str]]:
    """What is asked most: words and address."""
    asks: list[tuple[str, dict[str, str]]] = [
        (_("What each town sold this year, against last year"), {"rows": Dimension.TOWN}),
        (
            _("Which channel took what, month by month"),
            {"rows": Dimension.MONTH, "cols": Dimension.CHANNEL},
        ),
        (_("What each unit bought this year"), {"rows": Dimension.BUYER}),
        (
            _("What was sold of each product, town by town"),
            {"rows": Dimension.PRODUCT, "cols": Dimension.TOWN},
        ),
        (_("Saplings by month, against last year"), {"rows": Dimension.MONTH, "measure": Figure.SAPLINGS}),
        (
            _("Saplings of the last quarter, channel by channel"),
            {"rows": Dimension.CHANNEL, "measure": Figure.SAPLINGS, "period": Period.LAST_QUARTER},
        ),
        (_("Sales of watched and other marked households"), {"rows": Dimension.MARK}),
        (
            _("Households that sold, town by town"),
            {"rows": Dimension.TOWN, "measure": Figure.HOUSEHOLDS},
        ),
        (
            _("Prices paid against the market's reference"),
            {"rows": Dimension.PRODUCT, "measure": Figure.PRICE},
        ),
    ]
    found = [
        (words, f"{reverse('questions:ask')}?{urlencode({'period': Period.THIS_YEAR, **asked})}#answer")
        for words, asked in asks
    ]
    by_village = f"{reverse('questions:households')}?rows={Dimension.VILLAGE}"
    found.append((_("Households reached, and not for 90 days, village by village"), by_village))
    if may(user, Act.SEE_CITY):
        words = _("What share of its reserved budget each unit has bought")
        found.append((words, reverse("questions:shares")))
    return found


class Ask(Asked):
    """`?rows=&cols=&measure=&from=&to=` and filters; `export=csv` or `xlsx` takes the table along."""

    template_name = "cms/admin/question.html"
    page_title = gettext_lazy("Questions to the ledger")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        known = names()
        form = QuestionForm(request.GET, known)
        if not form.is_valid():
            return self.page(form, known, status=422)
        question = form.question()
        told = table(answer(question, entries_for(self.request.user)), known)
        kind = request.GET.get("export")
        if kind in ("csv", "xlsx"):
            # sums, in which nobody is named
            return taken_along(
                kind, _file_name(question), title(question, known), about(question, known), told
            )
        return self.page(form, known, question=question, table=told, drawing=drawing(told))

    def page(
        self,
        form: QuestionForm,
        known: Names,
        status: int = 200,
        question: Question | None = None,
        **shown: Any,
    ) -> HttpResponse:
        user = self.request.user
        context = self.get_context_data(
            form=form,
            save_form=SaveForm(),
            saved=SavedQuestion.objects.visible_to(user).select_related("owner"),
            ready=ready_made(user),
            question=question,
            **shown,
        )
        if question:
            asked = address(question, known)
            counts = question.measure in PARTIES
            context |= {
                "title": title(question, known),
                "about": about(question, known),
                "kept": form.kept(),
                "export": {
                    kind: f"{reverse('questions:ask')}?{asked}&export={kind}" for kind in ("xlsx", "csv")
                },
                "turned": f"?{address(question.turned(), known)}" if question.cols else "",
                "entries": f"{reverse('questions:entries')}?{address(question, known, rows=None, cols=None, measure=None)}",
                "counts": counts,
                "overlaps": Dimension.MARK in question.dimensions,
            }
        return self.render_to_response(context, status=status)


def about(question: Question, known: Names) -> list[str]:
    """Period and filters, in words."""
    first, last = question.year_before
    return [
        _("Accepted from %(first)s to %(last)s, less what came back in that time.")
        % {"first": f"{question.first:%Y-%m-%d}", "last": f"{question.last:%Y-%m-%d}"},
        _("Same period last year: %(first)s to %(last)s.")
        % {"first": f"{first:%Y-%m-%d}", "last": f"{last:%Y-%m-%d}"},
        *limits(question, known),
    ]


def _file_name(question: Question) -> str:
    by = "-".join(question.dimensions)
    return f"{question.measure}-by-{by}-{question.first:%Y%m%d}-{question.last:%Y%m%d}"


class Keep(Asked):
    """A question kept under a name, shared, no longer shared, thrown away."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("questions:ask")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, asked = SaveForm(request.POST), QuestionForm(request.POST, names())
        if not asked.is_valid():
            raise Http404
        if not form.is_valid():
            messages.error(request, _("Give the question a name of at most 60 letters."))
            return redirect(f"{reverse('questions:ask')}?{urlencode(asked.kept())}")
        kept = keep(self.request.user, form.cleaned_data["name"], asked.kept(), form.cleaned_data["shared"])
        messages.success(request, _("“%(name)s” is kept.") % {"name": kept.name})
        return redirect(f"{reverse('questions:ask')}?{kept.query}")


class Kept(Asked):
    """One kept question, by its owner alone."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("questions:ask")

    def post(self, request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponse:
        kept = SavedQuestion.objects.visible_to(self.request.user).filter(pk=pk).first()
        if kept is None:
            raise Http404
        if kept.owner_id != self.request.user.pk:
            raise PermissionDenied
        act = request.POST.get("act")
        if act == "delete":
            kept.delete()
            messages.success(request, _("“%(name)s” is thrown away.") % {"name": kept.name})
        elif act in ("share", "unshare"):
            SavedQuestion.objects.filter(pk=pk).update(shared=act == "share")
        else:
            raise Http404
        return redirect("questions:ask")
