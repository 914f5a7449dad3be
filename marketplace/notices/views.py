"""How a person is told: by which channels, and the e-mail address, which counts once its owner has confirmed it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.access.limits import Limit, take
from marketplace.access.models import User
from marketplace.access.rules import SignedIn
from marketplace.personal import masked_phone
from marketplace.sms import SmsFailed, can_send

from .deliver import can_mail, mail
from .models import Channel, Group, Wish
from .wishes import choose, reaches, usual

SALT = "notices.address"
A_DAY = 24 * 3600
MAILS = Limit("confirm-mail", 5, 3600)


class AddressForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=150)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def wishes(request: SignedIn) -> HttpResponse:
    """Tick what should come by which way. The inbox always has everything."""
    user = request.user
    if request.method == "POST":
        names = [(group, channel) for group in Group for channel in Channel if reaches(user, channel)]
        choose(user, {each: f"{each[0]}-{each[1]}" in request.POST for each in names})
        messages.success(request, _("From now on you are told like this."))
        return redirect("notices:wishes")
    return _page(request, AddressForm())


def _page(request: SignedIn, form: AddressForm, status: int = 200) -> HttpResponse:
    user = request.user
    chosen = {
        (group, channel): wanted
        for group, channel, wanted in Wish.objects.filter(user=user).values_list("group", "channel", "wanted")
    }
    rows: list[dict[str, Any]] = [
        {
            "group": group,
            "ways": [
                {
                    "name": f"{group}-{channel}",
                    "label": channel.label,
                    "reaches": reaches(user, channel),
                    "wanted": chosen.get((group, channel), usual(user.role, group, channel)),
                }
                for channel in Channel
            ],
        }
        for group in Group
    ]
    facts = {
        "rows": rows,
        "channels": list(Channel),
        "form": form,
        "phone": masked_phone(user.phone) if user.phone else "",
        "can_mail": can_mail(),
        "can_send": can_send(),
    }
    return render(request, "notices/wishes.html", facts, status=status)


@login_required
@require_POST
def address(request: SignedIn) -> HttpResponse:
    """Give an address: a letter with a link goes there, and the address counts when somebody follows it."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    if not take(MAILS, str(request.user.pk)):
        form.add_error("email", _("That were several letters within an hour. Try again later."))
        return _page(request, form, status=429)
    wanted = form.cleaned_data["email"]
    token = signing.dumps([request.user.pk, wanted], salt=SALT)
    link = f"{settings.SITE_URL}{reverse('notices:confirm', args=[token])}"
    try:
        mail(
            wanted,
            _("Is this your address?"),
            f"{_('Open this link within a day to be told here:')}\n\n{link}",
        )
    except (SmsFailed, OSError):
        form.add_error("email", _("The letter could not be sent. Try again later."))
        return _page(request, form, status=503)
    messages.success(request, _("A letter is on its way. Open the link in it, and the address counts."))
    return redirect("notices:wishes")


@login_required
@require_POST
def no_address(request: SignedIn) -> HttpResponse:
    User.objects.filter(pk=request.user.pk).update(email="")
    messages.success(request, _("The address is forgotten."))
    return redirect("notices:wishes")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def confirm(request: SignedIn, token: str) -> HttpResponse:
    """From the link in the letter: asks once more, as programs open links as well."""
    try:
        pk, wanted = signing.loads(token, salt=SALT, max_age=A_DAY)
    except (signing.BadSignature, ValueError, TypeError):
        pk, wanted = None, ""
    if pk != request.user.pk:
        return render(request, "notices/confirm.html", {"wanted": ""}, status=404)
    if request.method == "POST":
        User.objects.filter(pk=pk).update(email=wanted)
        messages.success(request, _("The address counts from now on."))
        return redirect("notices:wishes")
    return render(request, "notices/confirm.html", {"wanted": wanted})
