"""Checkout Sessions: what Stripe asks of one, what it looks like, and the steps it can take.

https://docs.stripe.com/api/checkout/sessions, at the version that `shop.payments.stripe.client.API_VERSION` names.
"""

from __future__ import annotations

import copy
import secrets
import threading
from collections.abc import Callable
from typing import Any

from .money import Money, new
from .wire import Refused

API_VERSION = "2026-10-28.endive"
METHODS = ("card", "alipay", "wechat_pay")
LOCALES = {"auto", "en", "zh", "zh-HK", "zh-TW"}
# "at least 50 cents": about this many fen
SMALLEST_FEN = 400
SHORTEST, LONGEST, USUAL = 30 * 60, 24 * 3600, 24 * 3600
KNOWN = {
    "adaptive_pricing",
    "allowed_payment_method_types",
    "cancel_url",
    "client_reference_id",
    "expires_at",
    "line_items",
    "locale",
    "metadata",
    "mode",
    "payment_intent_data",
    "payment_method_options",
    "success_url",
}

Json = dict[str, Any]
Tell = Callable[[str, Json], object]


class Sessions:
    """All sessions. `tell(kind, session)` is called for each event, `clock` gives seconds since 1970."""

    def __init__(self, base: Callable[[], str], clock: Callable[[], float], tell: Tell, money: Money) -> None:
        self._base, self._clock, self._tell, self._money = base, clock, tell, money
        self._lock = threading.RLock()
        self._all: dict[str, Json] = {}
        self._lines: dict[str, list[Json]] = {}
        # how a session is being paid, and what its payment intent will bear
        self._methods: dict[str, str] = {}
        self._intents: dict[str, Json] = {}

    def __len__(self) -> int:
        return len(self._all)

    def create(self, params: Json, *, payment_link: str | None = None) -> Json:
        """Raises Refused in Stripe's words."""
        now = int(self._clock())
        lines, total, currency = _checked(params, now)
        session_id = f"cs_test_{secrets.token_urlsafe(24).replace('-', 'a').replace('_', 'b')}"
        session = {
            "id": session_id,
            "object": "checkout.session",
            "amount_subtotal": total,
            "amount_total": total,
            "cancel_url": params.get("cancel_url"),
            "client_reference_id": params.get("client_reference_id"),
            "created": now,
            "currency": currency,
            "customer": None,
            "customer_details": None,
            "expires_at": int(params.get("expires_at", now + USUAL)),
            "livemode": False,
            "locale": params.get("locale"),
            "metadata": params.get("metadata", {}),
            "mode": params["mode"],
            "payment_intent": None,
            "payment_link": payment_link,
            "payment_method_types": params.get("allowed_payment_method_types", list(METHODS)),
            "payment_status": "unpaid",
            "status": "open",
            "success_url": params["success_url"],
            "ui_mode": "hosted_page",
            "url": f"{self._base()}/c/pay/{session_id}",
        }
        with self._lock:
            self._all[session_id] = session
            self._lines[session_id] = lines
            self._intents[session_id] = params.get("payment_intent_data", {}).get("metadata", {})
        return copy.deepcopy(session)

    def get(self, session_id: str) -> Json:
        with self._lock:
            return copy.deepcopy(self._live(session_id))

    def all(self) -> list[Json]:
        with self._lock:
            return [self.get(session_id) for session_id in self._all]

    def lines(self, session_id: str) -> list[Json]:
        return self._lines[session_id]

    def expire(self, session_id: str) -> Json:
        with self._lock:
            session = self._open(session_id)
            return self._expired(session)

    def pay(
        self,
        session_id: str,
        *,
        amount: int | None = None,
        currency: str | None = None,
        method: str = "card",
    ) -> Json:
        """The buyer pays; `amount` and `currency` make it other than what was asked, which Stripe never should."""
        return self._complete(session_id, "paid", amount, currency, method)

    def delay(self, session_id: str, *, method: str = "card") -> Json:
        """The buyer is done, and the money comes later, or not: see `settle`."""
        return self._complete(session_id, "unpaid", None, None, method)

    def decline(self, session_id: str) -> Json:
        """The bank says no. The session stays open, and the buyer may try another way."""
        with self._lock:
            session = self._open(session_id)
            intent = {
                "id": new("pi"),
                "object": "payment_intent",
                "amount": session["amount_total"],
                "currency": session["currency"],
                "status": "requires_payment_method",
                "metadata": {},
                "last_payment_error": {"code": "card_declined", "type": "card_error"},
            }
            self._tell("payment_intent.payment_failed", intent)
            return copy.deepcopy(session)

    def settle(self, session_id: str, *, arrives: bool) -> Json:
        """The money that was delayed arrives, or does not."""
        with self._lock:
            session = self._live(session_id)
            if session["status"] != "complete" or session["payment_status"] != "unpaid":
                raise Refused("This Session has no payment on its way.")
            if arrives:
                session["payment_status"] = "paid"
                self._money_came(session)
            word = "succeeded" if arrives else "failed"
            self._tell(f"checkout.session.async_payment_{word}", session)
            return copy.deepcopy(session)

    def _complete(
        self, session_id: str, status: str, amount: int | None, currency: str | None, method: str
    ) -> Json:
        with self._lock:
            session = self._open(session_id)
            session |= {
                "status": "complete",
                "payment_status": status,
                "payment_intent": new("pi"),
                "url": None,
                "customer_details": {
                    "address": {"country": "CN", "line1": "1 Buyer's Lane"},
                    "email": "buyer@example.com",
                    "name": "Wang Buyer",
                    "phone": "+8613800138000",
                },
            }
            if amount is not None:
                session["amount_total"] = amount
            if currency is not None:
                session["currency"] = currency
            self._methods[session_id] = method
            if status == "paid":
                self._money_came(session)
            self._tell("checkout.session.completed", session)
            return copy.deepcopy(session)

    def _money_came(self, session: Json) -> None:
        self._money.came(
            session["payment_intent"],
            session["amount_total"],
            session["currency"],
            self._methods[session["id"]],
            self._intents[session["id"]],
        )

    def _open(self, session_id: str) -> Json:
        session = self._live(session_id)
        if session["status"] != "open":
            raise Refused(
                'Only Checkout Sessions with a status in ["open"] can be expired or paid. This Checkout'
                f" Session has a status of {session['status']}."
            )
        return session

    def _live(self, session_id: str) -> Json:
        session = self._all.get(session_id)
        if session is None:
            raise Refused(
                f"No such checkout.session: '{session_id}'",
                status=404,
                param="session",
                code="resource_missing",
            )
        if session["status"] == "open" and session["expires_at"] <= self._clock():
            self._expired(session)
        return session

    def _expired(self, session: Json) -> Json:
        session |= {"status": "expired", "url": None}
        self._tell("checkout.session.expired", session)
        return copy.deepcopy(session)


def _checked(params: Json, now: int) -> tuple[list[Json], int, str]:
    for name in params:
        if name not in KNOWN:
            raise Refused(f"Received unknown parameter: {name}", param=name, code="parameter_unknown")
    _one_of(params, "mode", {"payment"}, required=True)
    _one_of(params, "locale", LOCALES)
    for name in ("success_url", "cancel_url"):
        url = params.get(name)
        if not url and name == "success_url":
            raise Refused(f"Missing required param: {name}.", param=name, code="parameter_missing")
        if url and not str(url).startswith(("http://", "https://")):
            raise Refused("Not a valid URL", param=name, code="url_invalid")
    for method in params.get("allowed_payment_method_types", []):
        _one_of({"allowed_payment_method_types": method}, "allowed_payment_method_types", set(METHODS))
    wechat = params.get("payment_method_options", {}).get("wechat_pay")
    if wechat is not None:
        _one_of(wechat, "client", {"android", "ios", "web"}, required=True)
    _metadata(params.get("metadata", {}))
    if len(params.get("client_reference_id", "x")) not in range(1, 201):
        raise Refused("Invalid string", param="client_reference_id")
    if "expires_at" in params:
        moment = whole(params["expires_at"], "expires_at")
        if moment < now + SHORTEST:
            raise Refused(
                "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
                param="expires_at",
            )
        if moment > now + LONGEST:
            raise Refused(
                "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
                param="expires_at",
            )
    return checked_lines(params.get("line_items"))


def checked_lines(lines: Any) -> tuple[list[Json], int, str]:
    if not isinstance(lines, list) or not lines:
        raise Refused("Missing required param: line_items.", param="line_items", code="parameter_missing")
    if len(lines) > 100:
        raise Refused("You can pass at most 100 line items.", param="line_items")
    total, currencies = 0, set()
    for index, line in enumerate(lines):
        where = f"line_items[{index}]"
        price = line.get("price_data") or {}
        if not price.get("product_data", {}).get("name"):
            name = f"{where}[price_data][product_data][name]"
            raise Refused(f"Missing required param: {name}.", param=name, code="parameter_missing")
        currencies.add(price.get("currency"))
        amount = whole(price.get("unit_amount"), f"{where}[price_data][unit_amount]")
        quantity = whole(line.get("quantity"), f"{where}[quantity]", least=1)
        total += amount * quantity
    if currencies != {"cny"}:
        raise Refused("Invalid currency.", param="line_items[0][price_data][currency]")
    if total < SMALLEST_FEN:
        raise Refused(
            "The Checkout Session's total amount must convert to at least 50 cents.", code="amount_too_small"
        )
    return lines, total, "cny"


def _one_of(params: Json, name: str, words: set[str], *, required: bool = False) -> None:
    value = params.get(name)
    if value is None and not required:
        return
    if value is None:
        raise Refused(f"Missing required param: {name}.", param=name, code="parameter_missing")
    if value not in words:
        raise Refused(f"Invalid {name}: must be one of {', '.join(sorted(words))}", param=name)


def whole(value: Any, name: str, least: int = 0) -> int:
    if value is None:
        raise Refused(f"Missing required param: {name}.", param=name, code="parameter_missing")
    if not str(value).isdigit():
        raise Refused(f"Invalid integer: {value}", param=name, code="parameter_invalid_integer")
    if int(value) < least:
        raise Refused("This value must be greater than or equal to 1.", param=name)
    return int(value)


def _metadata(metadata: Json) -> None:
    for name, value in metadata.items():
        if len(name) > 40 or len(value) > 500 or len(metadata) > 50:
            raise Refused(
                "Metadata has at most 50 keys of 40 characters, with values of 500.", param="metadata"
            )
