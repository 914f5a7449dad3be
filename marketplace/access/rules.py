"""The one table of who may do what. Which rows they may do it to is decided by each room's `visible_to`."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from .models import Role, User


class Act(StrEnum):
    """Things people do here, each named for its verb and object."""

    BUY = "buy"
    BUY_ON_ACCOUNT = "buy on account"
    SEE_UNIT_ORDERS = "see the unit's orders"
    SELL = "see the own household's goods"
    SERVE_VILLAGE = "hand over goods of the own villages"
    LOAD_STOCK = "load an officers' workbook"
    KEEP_STOCK = "withdraw lots and correct stock"
    CHECK_STOCK = "let what households list on sale"
    SETTLE = "match payments and settle"
    RELEASE_PAYOUTS = "release what another made to be paid out"
    SEE_CITY = "see every order and figure"
    CORRECT_LEDGER = "reverse a ledger entry"
    PUBLISH_BRIEFINGS = "publish a briefing"
    READ_LOOKS = "read who looked at personal data"
    KEEP_PRIVACY = "give out or erase all that is kept on a household"
    WATCH = "see and handle warnings about households"
    KEEP_WATCH = "keep problems, rules and yearly lines"
    KEEP_UNITS = "keep units and check budgets"
    EDIT_SITE = "edit pages, stories and notices"


_EVERYONE = frozenset(Role)

ALLOWED: dict[Act, frozenset[Role]] = {
    Act.BUY: _EVERYONE - {Role.APPROVER},
    Act.BUY_ON_ACCOUNT: frozenset({Role.CANTEEN, Role.NURSERY}),
    Act.SEE_UNIT_ORDERS: frozenset({Role.CANTEEN, Role.APPROVER, Role.NURSERY, Role.ADMIN}),
    Act.SELL: frozenset({Role.SELLER, Role.ADMIN}),
    Act.SERVE_VILLAGE: frozenset({Role.OFFICER, Role.ADMIN}),
    Act.LOAD_STOCK: frozenset({Role.OFFICER, Role.OFFICIAL, Role.ADMIN}),
    Act.KEEP_STOCK: frozenset({Role.OFFICER, Role.OFFICIAL, Role.ADMIN}),
    Act.CHECK_STOCK: frozenset({Role.OFFICER, Role.ADMIN}),
    Act.SETTLE: frozenset({Role.CASHIER, Role.ADMIN}),
    Act.RELEASE_PAYOUTS: frozenset({Role.CASHIER, Role.OFFICIAL, Role.ADMIN}),
    Act.SEE_CITY: frozenset({Role.OFFICIAL, Role.CASHIER, Role.ADMIN}),
    Act.CORRECT_LEDGER: frozenset({Role.OFFICIAL, Role.ADMIN}),
    Act.PUBLISH_BRIEFINGS: frozenset({Role.OFFICIAL, Role.ADMIN}),
    Act.READ_LOOKS: frozenset({Role.OFFICER, Role.OFFICIAL, Role.ADMIN}),
    Act.KEEP_PRIVACY: frozenset({Role.OFFICIAL, Role.ADMIN}),
    Act.WATCH: frozenset({Role.OFFICER, Role.OFFICIAL, Role.ADMIN}),
    Act.KEEP_WATCH: frozenset({Role.OFFICIAL, Role.ADMIN}),
    Act.KEEP_UNITS: frozenset({Role.OFFICIAL, Role.ADMIN}),
    Act.EDIT_SITE: frozenset({Role.EDITOR, Role.ADMIN}),
}


def may(user: User | AnonymousUser, act: Act) -> bool:
    """Whether this person's role covers the act. Nobody signed out, and nobody switched off, may do any."""
    return bool(user.is_authenticated and user.is_active and user.role in ALLOWED[act])


class SignedIn(HttpRequest):
    """The request of a view behind `requires` or `login_required`: for type hints alone."""

    user: User


View = Callable[..., HttpResponse]


def requires(act: Act) -> Callable[[View], View]:
    """Guard a view: strangers are sent to sign in, the wrong role gets 403."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not may(request.user, act):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard
