"""Signing in: by telephone and code, by a card that is scanned, by name and password."""

from __future__ import annotations

import time
import unicodedata
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from marketplace.personal import decrypt, digest, encrypt, masked_name, masked_phone
from marketplace.sms import SmsFailed, can_send, why_not

from . import cards, codes
from .limits import Limit, address_of, forget, give_back, take
from .models import Role, User
from .phones import normalised
from .rules import SignedIn

# a farmer's phone stays signed in
SELLERS_DAYS = 90
# wrong passwords for one name, and from one connection, within a quarter of an hour
OF_ONE_NAME = Limit("password-name", 10, 900)
FROM_ONE_ADDRESS = Limit("password-address", 60, 900)
CARDS_FROM_ONE_ADDRESS = Limit("card-address", 30, 900)
OLD_ONES_OF_ONE = Limit("password-old", 10, 900)
# when somebody came in by a code; for a while after, a password is set without the old one
BY_CODE = "signed_in_by_code"
BY_CODE_SECONDS = 900
# what a session keeps of them stands in the database too: the number encrypted, the card as its digest
_NUMBER = "sign_in_number"
_CARD = "sign_in_card"


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=gettext_lazy("Your mobile number"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "autofocus": True}),
    )

    def clean_phone(self) -> str:
        try:
            return normalised(self.cleaned_data["phone"])
        except ValueError:
            raise forms.ValidationError(_("Write the 11 digits of your mobile number.")) from None


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("The six digits"),
        max_length=10,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )


def _onward(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""


def _come_in(request: HttpRequest, user: User, onward: str) -> HttpResponse:
    login(request, user)  # a new session key
    if user.role == Role.SELLER:
        request.session.set_expiry(SELLERS_DAYS * 24 * 3600)
    return redirect(onward or "room")


# --- telephone and code ---------------------------------------------------------------------------


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Write the number; a code is sent."""
    if request.user.is_authenticated:
        return redirect("room")
    form = PhoneForm(request.POST or None)
    status = 200
    if form.is_bound and not form.is_valid():
        status = 422
    elif form.is_bound:
        number = form.cleaned_data["phone"]
        try:
            codes.request_code(number, address_of(request))
        except codes.TooOften as error:
            form.add_error(None, _too_often(error.minutes))
            status = 429
        except SmsFailed as error:
            form.add_error(None, why_not(error))
            status = 503
        else:
            request.session[_NUMBER] = encrypt(number)
            return redirect(_with_next("code", _onward(request)))
    facts = {"form": form, "next": _onward(request), "can_send": can_send()}
    return render(request, "registration/phone.html", facts, status=status)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Write the six digits that came."""
    number = _number_of(request)
    if request.user.is_authenticated or not number:
        return redirect("room" if request.user.is_authenticated else "phone")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if user := codes.redeem(number, form.cleaned_data["code"]):
            request.session.pop(_NUMBER, None)
            answer = _come_in(request, user, _onward(request))
            request.session[BY_CODE] = int(time.time())
            return answer
        form.add_error("code", _("These are not the digits that were sent last, or they are too old."))
    facts = {"form": form, "next": _onward(request), "number": masked_phone(number)}
    return render(request, "registration/code.html", facts, status=422 if form.is_bound else 200)


def _number_of(request: HttpRequest) -> str:
    """The number a code was asked for in this session; none under keys that are gone."""
    try:
        return decrypt(request.session.get(_NUMBER, ""))
    except ValueError:
        return ""


def _too_often(minutes: int) -> str:
    if minutes == 1:
        return _("A code was sent just now. Wait a minute for it.")
    if minutes > 60:
        return _("That is more codes than one number gets in a day. Use your password or your card.")
    return ngettext(
        "Too many codes. Try again in %(minutes)d minute.",
        "Too many codes. Try again in %(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}


def _with_next(name: str, onward: str) -> str:
    return f"{reverse(name)}?{urlencode({'next': onward})}" if onward else reverse(name)


# --- a card ---------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET"])
def scanned(request: HttpRequest, token: str) -> HttpResponse:
    """What the code on a card leads to. The token leaves the address at once, so that no history and no log keeps it."""
    request.session[_CARD] = digest(token)
    return redirect("card")


@never_cache
@require_http_methods(["GET", "POST"])
def card(request: HttpRequest) -> HttpResponse:
    """Whose card it is, and a button to come in: a link alone signs nobody in."""
    shown = request.session.get(_CARD, "")
    if not take(CARDS_FROM_ONE_ADDRESS, address_of(request)):
        return render(request, "registration/card.html", {"too_often": True}, status=429)
    user = cards.holder_by(shown) if shown else None
    if user is None:
        request.session.pop(_CARD, None)
        return render(request, "registration/card.html", {}, status=404)
    if request.method == "POST":
        request.session.pop(_CARD, None)
        cards.used(shown)
        return _come_in(request, user, "")
    name = masked_name(user.get_full_name() or user.get_username())
    return render(request, "registration/card.html", {"name": name})


# --- name and password ----------------------------------------------------------------------------


class LoginView(auth.LoginView):
    """As Django has it, but not without end."""

    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # counted before it is looked at, so that many at once are not more than may be
        if not (take(FROM_ONE_ADDRESS, address_of(request)) and take(OF_ONE_NAME, self.name())):
            return render(request, "registration/too_often.html", {"next": _onward(request)}, status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        forget(OF_ONE_NAME, self.name())
        give_back(FROM_ONE_ADDRESS, address_of(self.request))
        answer = super().form_valid(form)
        if form.get_user().role == Role.SELLER:
            self.request.session.set_expiry(SELLERS_DAYS * 24 * 3600)
        return answer

    def name(self) -> str:
        return unicodedata.normalize("NFKC", self.request.POST.get("username", "")).strip().lower()[:150]


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def password(request: SignedIn) -> HttpResponse:
    """Another password: with the old one, or without, for whoever came in by a code just now."""
    by_code = time.time() - request.session.get(BY_CODE, 0) < BY_CODE_SECONDS
    if request.method == "POST" and not by_code and not take(OLD_ONES_OF_ONE, str(request.user.pk)):
        return render(request, "registration/too_often.html", {}, status=429)
    made: SetPasswordForm[User] | PasswordChangeForm
    made = (SetPasswordForm if by_code else PasswordChangeForm)(request.user, request.POST or None)
    if made.is_valid():
        made.save()
        update_session_auth_hash(request, request.user)
        request.session.pop(BY_CODE, None)
        forget(OLD_ONES_OF_ONE, str(request.user.pk))
        messages.success(request, _("Your new password holds from now on."))
        return redirect("room")
    return render(request, "registration/password.html", {"form": made}, status=422 if made.is_bound else 200)
