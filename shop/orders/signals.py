from __future__ import annotations

from django.db import transaction
from django.dispatch import Signal

from .models import Order

# An order was called off by somebody (argument: order). Sent when that is committed, and no lock is held.
# A lapsed order needs no word: its goods are held for longer than any session it could be paid in is open.
order_cancelled = Signal()


def say_cancelled(order: Order) -> None:
    """Send `order_cancelled` once the transaction stands. What goes wrong with who listens undoes nothing here."""
    transaction.on_commit(lambda: order_cancelled.send_robust(sender=Order, order=order))
