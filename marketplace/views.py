from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.access.models import Role
from marketplace.access.rules import SignedIn
from marketplace.templatetags.sharing import absolute

# where each role's own work begins
ROOMS: dict[str, str] = {
    Role.CITIZEN: "orders:mine",
    Role.CANTEEN: "canteen",
    Role.APPROVER: "canteen",
    Role.NURSERY: "canteen",
    Role.SELLER: "seller",
    Role.OFFICER: "officer",
    Role.CASHIER: "cashier",
    Role.OFFICIAL: "wagtailadmin_home",
    Role.EDITOR: "wagtailadmin_home",
    Role.ADMIN: "wagtailadmin_home",
}

# where nothing is for search engines
PRIVATE = (
    *("/account/", "/accounts/", "/admin/", "/api/", "/basket/", "/canteen/", "/cashier/", "/checkout/"),
    *("/i18n/", "/officer/", "/orders/", "/room/", "/seller/", "/webhooks/"),
)


@login_required
@require_safe
def room(request: SignedIn) -> HttpResponse:
    """After signing in: to the page where this person's work begins."""
    return redirect(ROOMS[request.user.role])


@never_cache
def admin_door(request: HttpRequest) -> HttpResponse:
    """Where the admin sends whoever may not come in: to the one place for signing in, or, signed in, away in words."""
    if request.user.is_authenticated:
        raise PermissionDenied
    onward = urlencode({"next": request.GET.get("next") or reverse("wagtailadmin_home")})
    return redirect(f"{reverse('login')}?{onward}")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines should leave alone: whatever is one person's own."""
    facts = {"private": PRIVATE, "sitemap": absolute(reverse("sitemap"))}
    return render(request, "robots.txt", facts, content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"ok": False}, status=503)
    return JsonResponse({"ok": True})
