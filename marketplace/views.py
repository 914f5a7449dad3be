from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.access.models import Role
from marketplace.access.rules import SignedIn

# where each role's own work begins
ROOMS: dict[str, str] = {
    Role.CITIZEN: "orders:mine",
    Role.CANTEEN: "canteen",
    Role.APPROVER: "canteen",
    Role.NURSERY: "canteen",
    Role.SELLER: "seller",
    Role.OFFICER: "officer",
    Role.CASHIER: "cashier",
    Role.OFFICIAL: "ledger:public",
    Role.EDITOR: "wagtailadmin_home",
    Role.ADMIN: "wagtailadmin_home",
}


@login_required
@require_safe
def room(request: SignedIn) -> HttpResponse:
    """After signing in: to the page where this person's work begins."""
    return redirect(ROOMS[request.user.role])


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
