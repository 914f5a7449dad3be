"""Payment links: each visit is a Checkout Session of its own (https://docs.stripe.com/api/payment-link)."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Any

from .money import new
from .sessions import METHODS, Sessions, checked_lines, whole
from .wire import Refused

Json = dict[str, Any]
KNOWN = {
    "after_completion",
    "line_items",
    "metadata",
    "payment_intent_data",
    "payment_method_types",
    "restrictions",
}


class Links:
    def __init__(self, base: Callable[[], str], sessions: Sessions) -> None:
        self._base, self._sessions = base, sessions
        self._lock = threading.RLock()
        self._all: dict[str, Json] = {}
        self._asked: dict[str, Json] = {}

    def create(self, params: Json) -> Json:
        """Raises Refused in Stripe's words."""
        for name in params:
            if name not in KNOWN:
                raise Refused(f"Received unknown parameter: {name}", param=name, code="parameter_unknown")
        for method in params.get("payment_method_types", []):
            if method not in METHODS:
                raise Refused(f"Invalid payment_method_types: {method}", param="payment_method_types")
        checked_lines(params.get("line_items"))
        link_id = new("plink")
        link = {
            "id": link_id,
            "object": "payment_link",
            "active": True,
            "livemode": False,
            "metadata": params.get("metadata", {}),
            "restrictions": params.get("restrictions"),
            "url": f"{self._base()}/l/{link_id}",
        }
        with self._lock:
            self._all[link_id], self._asked[link_id] = link, params
        return copy.deepcopy(link)

    def update(self, link_id: str, params: Json) -> Json:
        with self._lock:
            link = self._link(link_id)
            if "active" in params:
                link["active"] = params["active"] == "true"
            return copy.deepcopy(link)

    def visit(self, link_id: str) -> Json:
        """Somebody opens the link: a session. Raises Refused when it takes no payment any more."""
        with self._lock:
            link, asked = self._link(link_id), self._asked[link_id]
            limit = ((link["restrictions"] or {}).get("completed_sessions") or {}).get("limit")
            done = [
                session
                for session in self._sessions.all()
                if session["payment_link"] == link_id and session["status"] == "complete"
            ]
            if not link["active"] or (limit and len(done) >= whole(limit, "limit")):
                raise Refused("This payment link is no longer active.", status=404)
            redirect = asked.get("after_completion", {}).get("redirect", {}).get("url")
            return self._sessions.create(
                {
                    "mode": "payment",
                    "line_items": asked["line_items"],
                    "metadata": asked.get("metadata", {}),
                    "payment_intent_data": asked.get("payment_intent_data", {}),
                    "allowed_payment_method_types": asked.get("payment_method_types", list(METHODS)),
                    "success_url": redirect or f"{self._base()}/",
                },
                payment_link=link_id,
            )

    def _link(self, link_id: str) -> Json:
        if link_id not in self._all:
            raise Refused(
                f"No such payment link: '{link_id}'",
                status=404,
                param="payment_link",
                code="resource_missing",
            )
        return self._all[link_id]
