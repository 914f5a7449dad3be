"""What is decided on a request's own page: agreed to, sent back, taken back, taken up again."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from marketplace.access.models import User
from marketplace.access.rules import SignedIn
from shop.orders.transitions import NotAllowed

from . import approve as decide
from .models import BulkRequest, State
from .submit import may_request


class SendBackForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("What should be changed"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say what should be changed, so that your colleague can.")},
    )


def abilities(user: User, request: BulkRequest) -> dict[str, bool]:
    """What this person may do with this request now: the one place that says so."""
    asks = may_request(user, request.organisation)
    held = request.state == State.HELD
    decides = held and decide.may_decide(user, request)
    own = decides and decide.is_own(user, request)
    agreed = decides and request.approvals.filter(round=request.round, by=user).exists()
    return {
        "decide": decides and not own and not agreed,
        "own": own,
        "agreed": agreed,
        "withdraw": asks and request.state in {State.DRAFT, State.HELD},
        "reopen": asks and request.state == State.LAPSED,
    }


@never_cache
@login_required
@require_POST
def decision(request: SignedIn, number: str, step: str) -> HttpResponse:
    """One of `approve`, `send_back`, `withdraw`, `reopen`."""
    asked = get_object_or_404(BulkRequest.objects.visible_to(request.user), number=number)
    try:
        _steps[step](request, asked)
    except decide.OwnRequest:
        messages.error(request, _("Nobody approves their own request: a colleague has to."))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect(asked)


def _approve(request: SignedIn, asked: BulkRequest) -> None:
    done = decide.approve(asked.pk, request.user)
    if done.state == State.APPROVED:
        messages.success(request, _("Approved. The villages begin to prepare the goods."))
    else:
        messages.success(request, _("Noted. One more colleague has to agree."))


def _send_back(request: SignedIn, asked: BulkRequest) -> None:
    form = SendBackForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["why"][0]))
        return
    decide.send_back(asked.pk, request.user, form.cleaned_data["why"])
    messages.success(request, _("Sent back. The stock is for sale again."))


def _withdraw(request: SignedIn, asked: BulkRequest) -> None:
    decide.withdraw(asked.pk, request.user)
    messages.success(request, _("Taken back. Nothing is held any more."))


def _reopen(request: SignedIn, asked: BulkRequest) -> None:
    decide.reopen(asked.pk, request.user)


_steps: dict[str, Callable[[SignedIn, BulkRequest], None]] = {
    "approve": _approve,
    "send_back": _send_back,
    "withdraw": _withdraw,
    "reopen": _reopen,
}
