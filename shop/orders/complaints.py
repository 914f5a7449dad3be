"""The pages of a complaint. Who may make, see, answer and close one is said by `abilities` of its order."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.access.rules import Act, SignedIn, may

from .accept import BadQuantity
from .complain import answer, close, complain
from .complaint_forms import AnswerForm, ComplaintForm
from .models import Complaint, Order
from .picking import PERSONAL
from .transitions import NotAllowed
from .views import PAGE_SIZE, abilities, order_for


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def make(request: SignedIn, number: str) -> HttpResponse:
    """The buyer says what is wrong with which goods."""
    order = order_for(request, number)
    if not abilities(request.user, order).complain:
        raise PermissionDenied
    lines = order.lines.filter(called_off=False).select_related("consignment")
    if request.method == "GET":
        return _form(request, order, ComplaintForm(lines, initial={"line": request.GET.get("line")}))
    form = ComplaintForm(lines, request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, order, form, status=422)
    data = form.cleaned_data
    try:
        made = complain(
            data["line"],
            Complaint.What(data["what"]),
            data["words"],
            data["photos"],
            key=data["key"],
            by=request.user,
        )
    except NotAllowed as refused:
        form.add_error(None, str(refused))
        return _form(request, order, form, status=409)
    messages.success(request, _("We have your complaint. The city answers it here."))
    return redirect("orders:complaint", order.number, made.pk)


def _form(request: SignedIn, order: Order, form: ComplaintForm, status: int = 200) -> HttpResponse:
    return render(request, "orders/complain.html", {"order": order, "form": form}, status=status)


@never_cache
@login_required
@require_safe
def waiting(request: SignedIn) -> HttpResponse:
    """What is not closed yet, the oldest first: all of it for the city, an officer's villages' for the officer."""
    city = may(request.user, Act.SEE_CITY)
    if not city and not may(request.user, Act.SERVE_VILLAGE):
        raise PermissionDenied
    rows = (
        Complaint.objects.exclude(state=Complaint.State.CLOSED)
        .visible_to(request.user, city)
        .select_related("line__consignment", "line__order")
        .defer(*(f"line__order__{field}" for field in PERSONAL))
        .order_by("-state", "at", "pk")
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "orders/complaints.html", {"page": page})


@never_cache
@login_required
@require_safe
def show(request: SignedIn, number: str, complaint_id: int) -> HttpResponse:
    return _page(request, *_found(request, number, complaint_id))


def _found(request: SignedIn, number: str, complaint_id: int) -> tuple[Order, Complaint]:
    """The complaint, if this person may see it; else 404."""
    order = order_for(request, number)
    seen = Complaint.objects.filter(line__order=order).visible_to(
        request.user, abilities(request.user, order).whole
    )
    return order, get_object_or_404(seen.select_related("line__consignment"), pk=complaint_id)


def _page(
    request: SignedIn, order: Order, complaint: Complaint, form: AnswerForm | None = None, status: int = 200
) -> HttpResponse:
    can = abilities(request.user, order)
    is_open = complaint.state == Complaint.State.OPEN
    return render(
        request,
        "orders/complaint.html",
        {
            "order": order,
            "complaint": complaint,
            "line": complaint.line,
            "form": (form or AnswerForm(complaint.line)) if can.answer and is_open else None,
            "may_close": can.decides and complaint.state == Complaint.State.ANSWERED,
        },
        status=status,
    )


@login_required
@require_POST
def reply(request: SignedIn, number: str, complaint_id: int) -> HttpResponse:
    order, complaint = _found(request, number, complaint_id)
    if not abilities(request.user, order).answer:
        raise PermissionDenied
    form = AnswerForm(complaint.line, request.POST)
    if not form.is_valid():
        return _page(request, order, complaint, form, status=422)
    try:
        answer(complaint, form.cleaned_data["words"], request.user, form.taken_back())
    except BadQuantity as bad:
        form.add_error("quantity", str(bad))
        return _page(request, order, complaint, form, status=422)
    except NotAllowed as refused:
        return _refused(request, order, complaint, refused)
    messages.success(request, _("Answered. The buyer can see it."))
    return redirect("orders:complaint", order.number, complaint.pk)


@login_required
@require_POST
def finish(request: SignedIn, number: str, complaint_id: int) -> HttpResponse:
    order, complaint = _found(request, number, complaint_id)
    if not abilities(request.user, order).decides:
        raise PermissionDenied
    try:
        close(complaint, request.user)
    except NotAllowed as refused:
        return _refused(request, order, complaint, refused)
    messages.success(request, _("Closed."))
    return redirect("orders:complaint", order.number, complaint.pk)


def _refused(request: SignedIn, order: Order, complaint: Complaint, why: NotAllowed) -> HttpResponse:
    complaint.refresh_from_db()
    messages.error(request, str(why))
    return _page(request, order, complaint, status=409)


@never_cache
@login_required
@require_safe
def photo(request: SignedIn, number: str, complaint_id: int, photo_id: int) -> HttpResponseBase:
    """The picture itself: no address leads to its file."""
    _order, complaint = _found(request, number, complaint_id)
    found = get_object_or_404(complaint.photos, pk=photo_id)
    try:
        return FileResponse(found.image.open("rb"), content_type="image/jpeg")
    except OSError:
        raise Http404 from None
