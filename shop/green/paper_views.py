"""An officer's certificates: what is about to leave without one, entering one, and the file for those who may see it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F, Prefetch, Q
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farmers.ledger.kinds import Channel
from farmers.registry.models import encrypted
from farmers.stock.models import Lot
from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, may, requires
from marketplace.days import today
from shop.buyers.models import organisations_of
from shop.orders.models import Consignment, Order, OrderLine
from shop.orders.picking import PERSONAL

from .first import firm_of, for_firms
from .models import Paper, Talk
from .paper_files import PaperFileField
from .papers import NewPaper, SameAlready, enter, missing, papers_with, withdraw

PAGE_SIZE = 20
# a certificate that holds for longer is a slip of the year
LONGEST = dt.timedelta(days=366 * 3)


class PaperForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Which certificate"), choices=Paper.Kind.choices, widget=forms.RadioSelect
    )
    number = forms.CharField(label=gettext_lazy("Number"), max_length=40)
    issuer = forms.CharField(label=pgettext_lazy("certificate", "Issued by"), max_length=80)
    valid_until = forms.DateField(
        label=gettext_lazy("Valid until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    file = PaperFileField(
        label=gettext_lazy("Photo or PDF of it"),
        required=False,
        help_text=gettext_lazy("12 MB at most. Seen by you, the household and whoever buys."),
    )

    def clean_valid_until(self) -> dt.date:
        day: dt.date = self.cleaned_data["valid_until"]
        if not today() <= day <= today() + LONGEST:
            raise forms.ValidationError(
                _("Write the day that stands on it: from today on, three years at most.")
            )
        return day

    def paper(self) -> NewPaper:
        data = self.cleaned_data
        return NewPaper(data["kind"], data["number"], data["issuer"], data["valid_until"], data["file"])


def leaving(user: User) -> Any:
    """Consignments of the green channel's saplings that this officer has still to send off."""
    lines = OrderLine.objects.select_related("household").defer(*encrypted("household__"))
    return (
        Consignment.objects.visible_to(user)
        .filter(state=Consignment.State.PREPARING, order__state__in=["confirmed", "dispatched"])
        .filter(lines__is_sapling=True, order__channel=Channel.GREEN)
        .distinct()
        .select_related("order__organisation")
        .defer(*(f"order__{name}" for name in PERSONAL), "order__organisation__phone")
        .prefetch_related(Prefetch("lines", lines))
        .order_by(F("order__wanted_on").asc(nulls_last=True), "pk")
    )


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_safe
def papers(request: SignedIn) -> HttpResponse:
    """Saplings that are about to leave, with the certificates that they have and lack."""
    page = Paginator(leaving(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    there = papers_with(page.object_list)
    rows = [(one, there[one.pk], missing(there[one.pk], one.order.wanted_on)) for one in page]
    return render(request, "green/papers.html", {"page": page, "rows": rows, "today": today()})


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_http_methods(["GET", "POST"])
def of_consignment(request: SignedIn, consignment_id: int) -> HttpResponse:
    """Enter a certificate of one consignment."""
    seen = Consignment.objects.visible_to(request.user).filter(lines__is_sapling=True).distinct()
    consignment = get_object_or_404(
        seen.select_related("order").defer(*(f"order__{name}" for name in PERSONAL)), pk=consignment_id
    )
    return _enter(request, consignment=consignment)


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_http_methods(["GET", "POST"])
def of_lot(request: SignedIn, lot_id: int) -> HttpResponse:
    """Enter a certificate of a lot: it goes with all that is sold of it."""
    seen = Lot.objects.visible_to(request.user).filter(category__is_sapling=True)
    lot = get_object_or_404(
        seen.select_related("product", "village", "household").defer(*encrypted("household__")), pk=lot_id
    )
    return _enter(request, lot=lot)


def _enter(request: SignedIn, lot: Lot | None = None, consignment: Consignment | None = None) -> HttpResponse:
    form = PaperForm(request.POST, request.FILES) if request.method == "POST" else PaperForm()
    if form.is_bound and form.is_valid():
        try:
            enter(form.paper(), request.user, lot=lot, consignment=consignment)
        except SameAlready:
            form.add_error("number", _("This certificate is entered already."))
        else:
            messages.success(request, _("The certificate is written down. Whoever buys can see it."))
            return redirect(request.path)
    known = (
        papers_with([consignment])[consignment.pk]
        if consignment
        else list(Paper.objects.filter(lot=lot, withdrawn_at=None))
    )
    return render(
        request,
        "green/paper.html",
        {
            "form": form,
            "lot": lot,
            "consignment": consignment,
            "lines": list(consignment.lines.all()) if consignment else [],
            "papers": known,
            "missing": missing(known),
            "today": today(),
        },
        status=422 if form.is_bound else 200,
    )


def _keeps(user: User) -> Q:
    """The condition on a certificate that this officer may take it back."""
    return Q(lot__in=Lot.objects.visible_to(user)) | Q(consignment__in=Consignment.objects.visible_to(user))


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_POST
def remove(request: SignedIn, paper_id: int) -> HttpResponse:
    """It was entered by mistake."""
    paper = get_object_or_404(Paper.objects.filter(_keeps(request.user)), pk=paper_id)
    withdraw(paper, request.user)
    messages.success(request, _("Taken back. It no longer counts."))
    if paper.consignment_id:
        return redirect("green:paper_of_consignment", paper.consignment_id)
    return redirect("green:paper_of_lot", paper.lot_id)


def visible_papers(user: User) -> Q:
    """The condition on a certificate that this person may see its file: both sides, and whoever may have the lot."""
    if may(user, Act.SEE_CITY):
        return Q()
    buys = Q(buyer=user)
    if may(user, Act.SEE_UNIT_ORDERS):
        buys |= Q(organisation__in=[unit.pk for unit in organisations_of(user)])
    bought = Order.objects.filter(buys).values("pk")
    seen = Q(consignment__order__in=bought)
    seen |= Q(lot__in=OrderLine.objects.filter(order__in=bought).values("lot"))
    seen |= _keeps(user) | Q(consignment__lines__household__user=user)
    if firm_of(user) is not None:
        seen |= Q(lot__in=for_firms(today()).order_by().values("pk"))
        seen |= Q(lot__in=Talk.objects.visible_to(user).values("lot"))
    return seen


@never_cache
@login_required
@require_safe
def file(request: SignedIn, paper_id: int) -> HttpResponseBase:
    """The file itself: no address leads to it. A PDF is saved and never shown inside our pages."""
    shown = Paper.objects.filter(visible_papers(request.user), withdrawn_at=None).exclude(file="")
    paper = get_object_or_404(shown.distinct(), pk=paper_id)
    try:
        content = paper.file.open("rb")
    except OSError:
        raise Http404 from None
    if paper.is_pdf:
        name = f"{paper.get_kind_display()}-{paper.pk}.pdf"
        return FileResponse(content, as_attachment=True, filename=name, content_type="application/pdf")
    return FileResponse(content, content_type="image/jpeg")
