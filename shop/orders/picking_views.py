"""Picking lists on screen and on paper, and the door that a consignment's QR code opens."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, may, requires
from marketplace.asked import whole_number
from marketplace.days import today
from marketplace.pdf import pdf_response
from marketplace.qr import qr_svg
from marketplace.templatetags.market import month_day

from . import papers, picking
from .accept import BadQuantity
from .dispatch import dispatch
from .models import Consignment, Order
from .picking import Day, Parcel
from .transitions import NotAllowed
from .views import abilities, lines_for, order_for
from .weigh_forms import HandOverForm

# what stands in the address for "as soon as can be"
NO_DAY = "open"


def _chosen(request: HttpRequest, days: list[Day]) -> dt.date | None:
    """The day asked for; unless one was, the first with something to gather."""
    asked = request.GET.get("day", "")
    if asked == NO_DAY:
        return None
    try:
        return dt.date.fromisoformat(asked)
    except ValueError:
        return days[0].day if days else today()


def _listed(request: SignedIn, day: dt.date | None) -> tuple[list[Parcel], int | None]:
    """The day's parcels, and the village they are narrowed to, if one of theirs was asked for."""
    handled = picking.on_day(picking.handled_by(request.user), day)
    village = whole_number(request.GET.get("village", ""), 9)
    if village is not None:
        handled = handled.filter(village=village)
    return picking.parcels(request.user, handled), village


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_safe
def day_list(request: SignedIn) -> HttpResponse:
    """All that is wanted on one day: what to fetch from whom, and where each consignment goes."""
    days = picking.days(request.user)
    day = _chosen(request, days)
    parcels, village = _listed(request, day)
    context = {
        "days": days,
        "day": day,
        "no_day": NO_DAY,
        "villages": papers.by_village(parcels),
        "village": village,
        "codes": {one.consignment.pk: qr_svg(picking.scanned_address(one.consignment)) for one in parcels},
        "today": today(),
    }
    return render(request, "orders/picking.html", context)


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_safe
def day_pdf(request: SignedIn) -> HttpResponse:
    day = _chosen(request, picking.days(request.user))
    parcels, _village = _listed(request, day)
    words = month_day(day) if day else _("as soon as can be")
    paper = papers.picking_pdf(parcels, _("Picking list"), words, timezone.now())
    return pdf_response(paper, f"picking-{day.isoformat() if day else NO_DAY}.pdf")


def _parcel(user: User, consignment_id: int) -> Parcel:
    found = get_object_or_404(picking.handled_by(user), pk=consignment_id)
    return picking.parcels(user, [found])[0]


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_http_methods(["GET", "POST"])
def parcel(request: SignedIn, consignment_id: int) -> HttpResponse:
    """One consignment: gathered from whom, sent off with what was weighed in the village, handed over."""
    one = _parcel(request.user, consignment_id)
    lines = [pick.line for pick in one.picks]
    if request.method == "GET":
        return _parcel_page(request, one, HandOverForm(lines))
    form = HandOverForm(lines, request.POST)
    if not form.is_valid():
        return _parcel_page(request, one, form, status=422)
    try:
        dispatch(consignment_id, request.user, form.cleaned_data["note"], form.quantities())
    except BadQuantity as bad:
        form.add_error(f"handed-{bad.line_id}", str(bad))
        return _parcel_page(request, one, form, status=422)
    except NotAllowed as why:
        messages.error(request, str(why))
        return _parcel_page(request, _parcel(request.user, consignment_id), form, status=409)
    messages.success(request, _("Recorded. Buyer and seller can see it."))
    return redirect("parcel", consignment_id)


def _parcel_page(request: SignedIn, one: Parcel, form: HandOverForm, status: int = 200) -> HttpResponse:
    context = {
        "parcel": one,
        "consignment": one.consignment,
        "order": one.consignment.order,
        "form": form,
        "picks": [(pick, form.field_of(pick.line)) for pick in one.picks],
        "code": qr_svg(picking.scanned_address(one.consignment)),
        "today": today(),
    }
    return render(request, "orders/parcel.html", context, status=status)


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_safe
def parcel_pdf(request: SignedIn, consignment_id: int) -> HttpResponse:
    one = _parcel(request.user, consignment_id)
    day = one.consignment.order.wanted_on
    words = month_day(day) if day else _("as soon as can be")
    paper = papers.picking_pdf([one], _("Picking list"), words, timezone.now())
    return pdf_response(paper, f"picking-{one.consignment.order.number}.pdf")


@never_cache
@login_required
@require_safe
def delivery_pdf(request: SignedIn, number: str) -> HttpResponse:
    """What comes, for whoever weighs it: to those who see the whole order of a unit."""
    order = order_for(request, number)
    if order.organisation is None:
        raise Http404
    can = abilities(request.user, order)
    if not can.whole:
        raise PermissionDenied
    lines = lines_for(request.user, order, can).filter(called_off=False)
    paper = papers.delivery_pdf(order, list(lines), timezone.now())
    return pdf_response(paper, f"delivery-{order.number}.pdf")


@never_cache
@login_required
@require_safe
def scanned(request: SignedIn, consignment_id: int) -> HttpResponse:
    """Where a QR code leads: its officer to the consignment, the unit's receiver to the scale, others to the order."""
    consignment = get_object_or_404(Consignment.objects.select_related("order"), pk=consignment_id)
    user = request.user
    if may(user, Act.SERVE_VILLAGE) and picking.handled_by(user).filter(pk=consignment_id).exists():
        return redirect("parcel", consignment_id)
    order: Order = order_for(request, consignment.order.number)
    if order.organisation is not None and abilities(user, order).accept:
        return redirect("orders:weigh", order.number)
    return redirect(order)
