from __future__ import annotations

from django.dispatch import Signal

# Somebody wanted a lot that has nothing left while some of it is reserved (argument: lot_ids).
# Whoever holds reservations may let go of the lapsed ones; stock itself knows nothing of orders.
stock_missed = Signal()
