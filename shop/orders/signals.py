from __future__ import annotations

from django.db import transaction
from django.dispatch import Signal

from .models import Order

# An order was called off by somebody (argument: order). Sent when that is committed, and no lock is held.
order_cancelled = Signal()
# The time of an order that nobody paid or approved is over (argument: order). Sent likewise. Payments need no word
# of it: goods are held for longer than any session they could be paid in is open.
order_lapsed = Signal()

# The scheduled command lets go of what is due (argument: now). Rooms that hold stock for a while answer with how many;
# one that fails is logged, and stops nobody else.
release_due = Signal()

# Less is owed for an order than before, or more was paid (argument: order, as it is now). Sent inside the transaction,
# so that what listeners write stands or falls with it.
charge_fell = Signal()


def say_cancelled(order: Order) -> None:
    """Send `order_cancelled` once the transaction stands. What goes wrong with who listens undoes nothing here."""
    transaction.on_commit(lambda: order_cancelled.send_robust(sender=Order, order=order))


def say_lapsed(order: Order) -> None:
    """Send `order_lapsed` once the transaction stands."""
    transaction.on_commit(lambda: order_lapsed.send_robust(sender=Order, order=order))
