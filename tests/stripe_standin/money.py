"""Money that was paid: what becomes of it afterwards. Refunds at once, later or failing, and disputes.

https://docs.stripe.com/api/refunds, https://docs.stripe.com/api/disputes
"""

from __future__ import annotations

import copy
import secrets
import threading
from collections.abc import Callable
from typing import Any

from .wire import Refused

Json = dict[str, Any]
Tell = Callable[[str, Json], object]
# https://docs.stripe.com/payments/wechat-pay: its refunds are not done at once
LATER = {"wechat_pay"}
REASONS = {"duplicate", "fraudulent", "requested_by_customer"}


class Money:
    """Payment intents with their charges, refunds and disputes. `tell` and `clock` as for sessions."""

    def __init__(self, clock: Callable[[], float], tell: Tell) -> None:
        self._clock, self._tell = clock, tell
        self._lock = threading.RLock()
        self._charges: dict[str, Json] = {}
        self._refunds: dict[str, Json] = {}
        self._disputes: dict[str, Json] = {}

    def came(self, intent: str, amount: int, currency: str, method: str, metadata: Json) -> None:
        with self._lock:
            self._charges[intent] = {
                "id": new("ch"),
                "object": "charge",
                "amount": amount,
                "amount_refunded": 0,
                "billing_details": {"name": "Wang Buyer", "phone": "+8613800138000"},
                "created": int(self._clock()),
                "currency": currency,
                "livemode": False,
                "metadata": metadata,
                "payment_intent": intent,
                "payment_method_details": {"type": method},
                "refunded": False,
                "status": "succeeded",
            }

    def charges(self) -> list[Json]:
        with self._lock:
            return copy.deepcopy(list(self._charges.values()))

    # --- refunds -------------------------------------------------------------------------------

    def refund(self, params: Json) -> Json:
        """Raises Refused in Stripe's words."""
        for name in params:
            if name not in {"amount", "charge", "metadata", "payment_intent", "reason"}:
                raise Refused(f"Received unknown parameter: {name}", param=name, code="parameter_unknown")
        if params.get("reason") not in {None, *REASONS}:
            raise Refused(f"Invalid reason: must be one of {', '.join(sorted(REASONS))}", param="reason")
        with self._lock:
            charge = self._charge(params)
            left = charge["amount"] - charge["amount_refunded"]
            asked = str(params.get("amount", left))
            if not asked.isdigit() or int(asked) < 1:
                raise Refused("Invalid positive integer", param="amount", code="parameter_invalid_integer")
            if not left:
                raise Refused(
                    f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
                )
            if any(
                dispute["payment_intent"] == charge["payment_intent"] and dispute["status"] != "won"
                for dispute in self._disputes.values()
            ):
                raise Refused("This charge has been charged back.", code="charge_disputed")
            amount = int(asked)
            if amount > left:
                raise Refused(
                    f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
                    param="amount",
                )
            later = charge["payment_method_details"]["type"] in LATER
            refund = {
                "id": new("re"),
                "object": "refund",
                "amount": amount,
                "charge": charge["id"],
                "created": int(self._clock()),
                "currency": charge["currency"],
                "metadata": params.get("metadata", {}),
                "payment_intent": charge["payment_intent"],
                "reason": params.get("reason"),
                "status": "pending" if later else "succeeded",
            }
            self._refunds[refund["id"]] = refund
            charge["amount_refunded"] += amount
            charge["refunded"] = charge["amount_refunded"] == charge["amount"]
            self._tell("refund.created", refund)
            self._tell("charge.refunded", charge)
            return copy.deepcopy(refund)

    def settle_refund(self, refund_id: str, *, arrives: bool) -> Json:
        """A refund that was on its way arrives; or the bank sends it back, also after it was told as given."""
        with self._lock:
            refund = self.get_refund(refund_id, copied=False)
            if refund["status"] in {"failed", "canceled"} or (arrives and refund["status"] == "succeeded"):
                raise Refused("This refund is done with.")
            refund["status"] = "succeeded" if arrives else "failed"
            if not arrives:
                refund["failure_reason"] = "expired_or_canceled_card"
                charge = self._charge({"charge": refund["charge"]})
                charge["amount_refunded"] -= refund["amount"]
                charge["refunded"] = False
            self._tell("refund.updated" if arrives else "refund.failed", refund)
            self._tell("charge.refund.updated", refund)
            return copy.deepcopy(refund)

    def get_refund(self, refund_id: str, *, copied: bool = True) -> Json:
        if refund_id not in self._refunds:
            raise Refused(f"No such refund: '{refund_id}'", status=404, param="id", code="resource_missing")
        refund = self._refunds[refund_id]
        return copy.deepcopy(refund) if copied else refund

    def refunds(self) -> list[Json]:
        with self._lock:
            return copy.deepcopy(list(self._refunds.values()))

    def _charge(self, params: Json) -> Json:
        for charge in self._charges.values():
            if (
                params.get("payment_intent") == charge["payment_intent"]
                or params.get("charge") == charge["id"]
            ):
                return charge
        named = params.get("payment_intent") or params.get("charge")
        raise Refused(
            f"No such payment_intent: '{named}'", status=404, param="payment_intent", code="resource_missing"
        )

    # --- disputes ------------------------------------------------------------------------------

    def dispute(self, intent: str) -> Json:
        """The buyer's bank takes the money out."""
        with self._lock:
            charge = self._charge({"payment_intent": intent})
            dispute = {
                "id": new("dp"),
                "object": "dispute",
                "amount": charge["amount"],
                "charge": charge["id"],
                "created": int(self._clock()),
                "currency": charge["currency"],
                "livemode": False,
                "metadata": {},
                "payment_intent": intent,
                "reason": "product_not_received",
                "status": "needs_response",
            }
            self._disputes[dispute["id"]] = dispute
            self._tell("charge.dispute.created", dispute)
            self._tell("charge.dispute.funds_withdrawn", dispute)
            return copy.deepcopy(dispute)

    def close_dispute(self, dispute_id: str, *, won: bool) -> Json:
        with self._lock:
            dispute = self._disputes[dispute_id]
            dispute["status"] = "won" if won else "lost"
            self._tell("charge.dispute.closed", dispute)
            if won:
                self._tell("charge.dispute.funds_reinstated", dispute)
            return copy.deepcopy(dispute)

    def disputes(self) -> list[Json]:
        with self._lock:
            return copy.deepcopy(list(self._disputes.values()))


def new(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"


def listed(rows: list[Json], params: Json, url: str) -> Json:
    """A page of a list, the newest first, as Stripe turns them (https://docs.stripe.com/api/pagination)."""
    since = int((params.get("created") or {}).get("gte", 0))
    rows = [row for row in reversed(rows) if row.get("created", 0) >= since]
    for name in ("payment_intent", "status", "payment_link"):
        if name in params:
            rows = [row for row in rows if row.get(name) == params[name]]
    if after := params.get("starting_after"):
        ids = [row["id"] for row in rows]
        if after not in ids:
            raise Refused(f"No such object: '{after}'", param="starting_after", code="resource_missing")
        rows = rows[ids.index(after) + 1 :]
    limit = int(params.get("limit", 10))
    if not 1 <= limit <= 100:
        raise Refused("This value must be between 1 and 100.", param="limit")
    return {"object": "list", "url": url, "has_more": len(rows) > limit, "data": rows[:limit]}
