"""A household's account: opened by its officer, with its telephone and, for whoever needs one, a card to scan."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from farmers.registry.households import account_of, open_account
from marketplace.access.cards import issue_card, revoke_card
from marketplace.access.phones import NumberTaken, set_phone
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.qr import qr_svg

from .officer_households import found


@requires(Act.SERVE_VILLAGE)
@require_POST
def account(request: SignedIn, household_id: int) -> HttpResponse:
    """Open it; the household comes in by the telephone that is known of it, or by a card."""
    one = found(request, household_id)
    try:
        with transaction.atomic():
            user = open_account(one.pk, request.user)
            user.last_name = one.head_name
            user.save(update_fields=["last_name"])
            if one.phone:
                set_phone(user, one.phone)
    except PermissionDenied:
        raise Http404 from None
    except ValueError:
        messages.error(
            request,
            _(
                "The household's number is no mobile number. Put it right, or leave it empty and hand out a card."
            ),
        )
    except NumberTaken:
        messages.error(
            request,
            _(
                "Another account has this number already. Put it right, or leave it empty and hand out a card."
            ),
        )
    else:
        messages.success(request, _("The account is open."))
    return redirect("officers:household", one.pk)


@never_cache
@requires(Act.SERVE_VILLAGE)
@require_POST
def card(request: SignedIn, household_id: int) -> HttpResponse:
    """A new card, shown once, to be printed; the one before opens nothing any more."""
    one = found(request, household_id)
    try:
        token = issue_card(account_of(one.pk, request.user), request.user)
    except PermissionDenied:
        raise Http404 from None
    address = f"{settings.SITE_URL}/accounts/card/{token}/"
    return render(request, "selling/officer_card.html", {"household": one, "code": qr_svg(address)})


@requires(Act.SERVE_VILLAGE)
@require_POST
def no_card(request: SignedIn, household_id: int) -> HttpResponse:
    """Take it back: it was lost, or is not needed."""
    one = found(request, household_id)
    try:
        revoke_card(account_of(one.pk, request.user))
    except PermissionDenied:
        raise Http404 from None
    messages.success(request, _("The card opens nothing any more."))
    return redirect("officers:household", one.pk)
