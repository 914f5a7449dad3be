"""A unit pays its statement through a payment link; the cashier may make one to send it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from marketplace.access.rules import Act, SignedIn, may

from .providers import CannotPay
from .statement_page import keeps_books, statement_for
from .stripe.links import link_for


@never_cache
@login_required
@require_POST
def pay_online(request: SignedIn, number: str) -> HttpResponse:
    """The unit's bookkeeper leaves for the link; the cashier sees it on the statement, to be sent."""
    statement = statement_for(request, number)
    settles = may(request.user, Act.SETTLE)
    if not (settles or keeps_books(request.user, statement)):
        raise PermissionDenied
    page = request.build_absolute_uri(statement.get_absolute_url())
    try:
        link = link_for(statement, by=request.user, page=page, locale=get_language() or "")
    except CannotPay as refused:
        messages.error(request, str(refused))
        return redirect(statement)
    return redirect(f"{statement.get_absolute_url()}#pay" if settles else link.url)
