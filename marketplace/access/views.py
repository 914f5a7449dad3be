from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.views import LogoutView
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from .forms import SignUpForm
from .models import User


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """A citizen's own account."""
    if request.user.is_authenticated:
        return redirect("room")
    form = SignUpForm(request.POST or None)
    onward = request.POST.get("next") or request.GET.get("next") or ""
    if form.is_valid() and (user := _saved(form)):
        login(request, user)
        safe = url_has_allowed_host_and_scheme(
            onward, {request.get_host()}, require_https=request.is_secure()
        )
        return redirect(onward if safe else "room")
    return render(
        request,
        "registration/signup.html",
        {"form": form, "next": onward},
        status=422 if form.is_bound else 200,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Signs out by a form alone; whoever comes by a link or the address bar is asked first."""
    if request.method == "POST":
        answer = LogoutView.as_view()(request)
        # what the browser kept of this person's own (goods written down without a network) goes with them
        answer["Clear-Site-Data"] = '"storage"'
        return answer
    return render(request, "registration/logout.html") if request.user.is_authenticated else redirect("/")


def _saved(form: SignUpForm) -> User | None:
    """The new account; None, said on the form, when the same name was taken at the same moment."""
    try:
        with transaction.atomic():
            return form.save()
    except IntegrityError:
        form.add_error("username", form.instance.unique_error_message(User, ("username",)))
        return None
