"""A unit's goods on the scale: the receiver's page, made for a phone, and the pictures taken there."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.access.models import User
from marketplace.access.rules import SignedIn

from .accept import BadQuantity
from .forms import to_weigh
from .models import Order, OrderLine, Weighing, WeighingPhoto
from .transitions import NotAllowed
from .views import abilities, lines_for, order_for, refused
from .weigh import weigh
from .weigh_forms import WeighForm


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def scale(request: SignedIn, number: str) -> HttpResponse:
    """Write down what the scale says, line by line, and accept it."""
    order = order_for(request, number)
    if order.organisation is None:
        raise Http404  # a person accepts on the order's page
    if not abilities(request.user, order).receives:
        raise PermissionDenied
    lines = list(order.lines.select_related("consignment", "weighing"))
    if request.method == "GET":
        return _page(request, order, WeighForm(_waiting(lines), receiver=_last_receiver(request.user)))
    # a form sent twice still finds its lines, so that the second is recognised as the first
    form = WeighForm(lines, request.POST, request.FILES)
    if form.is_valid() and not form.readings():
        form.add_error(None, _("Write down at least one line, please."))
    if not form.is_valid():
        return _page(request, order, form, status=422)
    data = form.cleaned_data
    try:
        weigh(order.pk, form.readings(), request.user, receiver=data["receiver"], note=data["note"])
    except BadQuantity as bad:
        form.add_error(f"{bad.field}-{bad.line_id}", str(bad))
        return _page(request, order, form, status=422)
    except NotAllowed as why:
        return refused(request, order, why)
    messages.success(request, _("Recorded. What you accepted is in the ledger."))
    return redirect(order)


def _waiting(lines: list[OrderLine]) -> list[OrderLine]:
    return [line for line in lines if to_weigh(line)]


def _page(request: SignedIn, order: Order, form: WeighForm, status: int = 200) -> HttpResponse:
    context = {
        "order": order,
        "form": form,
        "rows": [row for row in form.rows() if to_weigh(row.line)],
        "done": order.lines.filter(called_off=False).exclude(accepted_quantity=None).count(),
    }
    return render(request, "orders/weigh.html", context, status=status)


def _last_receiver(user: User) -> str:
    """Who stood at the scale when this person wrote down a weighing last: most often the same."""
    last = Weighing.objects.filter(by=user).order_by("-at").only("receiver").first()
    return last.receiver if last else ""


@never_cache
@login_required
@require_safe
def photo(request: SignedIn, number: str, photo_id: int) -> HttpResponseBase:
    """The picture itself: no address leads to its file. Seen by whoever sees the line."""
    order = order_for(request, number)
    lines = lines_for(request.user, order, abilities(request.user, order))
    found = get_object_or_404(WeighingPhoto, pk=photo_id, weighing__line__in=lines)
    try:
        return FileResponse(found.image.open("rb"), content_type="image/jpeg")
    except OSError:
        raise Http404 from None
