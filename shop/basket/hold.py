"""A basket and its lines: found, filled, changed, and kept through signing in."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from farmers.registry.models import encrypted
from farmers.stock.models import Lot
from marketplace.context import BASKET_COUNT_COOKIE
from marketplace.days import today
from marketplace.money import line_amount_fen

from .models import Basket, BasketLine

COOKIE = "basket"
KEEP_SECONDS = 60 * 60 * 24 * 60
MAX_LINES = 100


class Full(Exception):
    """No more kinds of thing fit into one basket."""


def token_of(request: HttpRequest) -> uuid.UUID | None:
    """The guest's basket token from the signed cookie, or None."""
    try:
        return uuid.UUID(request.get_signed_cookie(COOKIE, default=None) or "")
    except (BadSignature, ValueError, ValidationError):
        return None


def find(request: HttpRequest) -> Basket | None:
    """This person's basket, if there is one."""
    own = _own(request)
    return own.first() if own is not None else None


def _own(request: HttpRequest) -> QuerySet[Basket] | None:
    if request.user.is_authenticated:
        return Basket.objects.filter(user=request.user)
    token = token_of(request)
    return Basket.objects.filter(token=token, user=None) if token else None


def find_or_make(request: HttpRequest) -> Basket:
    """This person's basket, new if need be."""
    basket = find(request)
    if basket is not None:
        return basket
    if not request.user.is_authenticated:
        return Basket.objects.create()
    # two first clicks at once both end with the one basket
    made = Basket(user=request.user)
    Basket.objects.bulk_create([made], ignore_conflicts=True)
    return Basket.objects.get(user=request.user)


def set_quantity(basket: Basket, lot: Lot, quantity: int) -> int:
    """Make the line of `lot` hold `quantity` grams or pieces (nothing takes it out). Returns how many lines there are.

    Raises Full beyond MAX_LINES.
    """
    others = basket.lines.exclude(lot=lot).count()
    if quantity <= 0:
        basket.lines.filter(lot=lot).delete()
        return others
    if others >= MAX_LINES:
        raise Full
    BasketLine.objects.bulk_create(
        [BasketLine(basket=basket, lot=lot, quantity=quantity, seen_price_fen=lot.price_fen)],
        update_conflicts=True,
        unique_fields=["basket", "lot"],
        update_fields=["quantity", "seen_price_fen"],
    )
    return others + 1


@transaction.atomic
def merge(guest: uuid.UUID, user_id: int) -> int:
    """Pour a guest's basket into the signed-in person's. Of a lot in both, the larger amount stays."""
    theirs = Basket.objects.filter(token=guest, user=None).first()
    if theirs is None:
        return BasketLine.objects.filter(basket__user=user_id).count()
    Basket.objects.bulk_create([Basket(user_id=user_id)], ignore_conflicts=True)
    own = Basket.objects.get(user=user_id)
    lines = {line.lot_id: line for line in own.lines.all()}
    for line in theirs.lines.all():
        if line.lot_id not in lines or lines[line.lot_id].quantity < line.quantity:
            lines[line.lot_id] = line
    BasketLine.objects.bulk_create(
        [
            BasketLine(basket=own, lot_id=lot_id, quantity=line.quantity, seen_price_fen=line.seen_price_fen)
            for lot_id, line in list(lines.items())[:MAX_LINES]
        ],
        update_conflicts=True,
        unique_fields=["basket", "lot"],
        update_fields=["quantity", "seen_price_fen"],
    )
    theirs.delete()
    return min(len(lines), MAX_LINES)


class Line(NamedTuple):
    """A basket line as shown: the price and stock of now, and what changed since the buyer last looked."""

    lot: Lot
    quantity: int
    amount_fen: int
    on_sale: bool
    enough: bool
    old_price_fen: int | None

    @property
    def ready(self) -> bool:
        return self.on_sale and self.enough


class Contents(NamedTuple):
    lines: list[Line]
    total_fen: int

    @property
    def ready(self) -> bool:
        return bool(self.lines) and all(line.ready for line in self.lines)


def contents(basket: Basket | None) -> Contents:
    """The basket at today's prices, in one query. Amounts in fen."""
    return _contents(_with_lots(basket.lines.all()) if basket else ())


def find_with_contents(request: HttpRequest) -> tuple[Basket | None, Contents]:
    """This person's basket and what is in it, in one query; in two when there is nothing."""
    own = _own(request)
    if own is None:
        return None, _contents(())
    rows = list(_with_lots(BasketLine.objects.filter(basket__in=own)).select_related("basket"))
    return rows[0].basket if rows else own.first(), _contents(rows)


def _with_lots(lines: QuerySet[BasketLine]) -> QuerySet[BasketLine]:
    return lines.select_related("lot__product", "lot__town", "lot__village", "lot__household").defer(
        *encrypted("lot__household__")
    )


def _contents(rows: Iterable[BasketLine]) -> Contents:
    day = today()
    lines = [
        Line(
            lot=row.lot,
            quantity=row.quantity,
            amount_fen=line_amount_fen(row.lot.price_fen, row.quantity, row.lot.unit_size),
            on_sale=row.lot.is_on_sale(day),
            enough=row.quantity <= row.lot.available,
            old_price_fen=row.seen_price_fen if row.seen_price_fen != row.lot.price_fen else None,
        )
        for row in rows
    ]
    return Contents(lines, sum(line.amount_fen for line in lines if line.on_sale))


def remember(request: HttpRequest, basket: Basket | None, count: int) -> None:
    """Have the response carry a guest's basket and everybody's count (see `cookies`)."""
    guest = basket is not None and not request.user.is_authenticated
    request.basket_told = (str(basket.token) if guest and basket else None, count)  # type: ignore[attr-defined]


def cookies(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: write what `remember` was told, wherever in the request that was."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        told = getattr(request, "basket_told", None)
        if told is None:
            return response
        token, count = told
        keep: dict[str, Any] = {
            "max_age": KEEP_SECONDS,
            "samesite": "Lax",
            "secure": request.is_secure(),
            "httponly": True,
        }
        response.set_cookie(BASKET_COUNT_COOKIE, str(count), **keep)
        if token:
            response.set_signed_cookie(COOKIE, token, **keep)
        return response

    return middleware


def on_signed_in(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """A guest who signs in keeps the basket."""
    token = token_of(request)
    count = merge(token, user.pk) if token else BasketLine.objects.filter(basket__user=user).count()
    remember(request, None, count)


def on_signed_out(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    remember(request, None, 0)
