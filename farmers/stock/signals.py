from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.dispatch import Signal

# Somebody wanted a lot that has nothing left while some of it is reserved (argument: lot_ids).
# Whoever holds reservations may let go of the lapsed ones; stock itself knows nothing of orders.
stock_missed = Signal()

# Lots have goods for sale that were not there before: listed, found, given back (argument: lot_ids, one or many).
# Sent when the change is committed. Somebody may have waited for them.
stock_listed = Signal()

# Lots came into their last days (argument: lot_ids, one or many). Sent when that is committed.
stock_in_danger = Signal()

# An officer has let lots on sale or sent them back (argument: lot_ids). Sent when that is committed.
lot_checked = Signal()

# Lots wait for an officer's look once more (argument: lot_ids). Sent when that is committed.
lot_waits_again = Signal()


def say_listed(lot_ids: Iterable[int]) -> None:
    """Send `stock_listed` once the transaction stands. What goes wrong with who listens undoes nothing here."""
    _say(stock_listed, lot_ids)


def say_in_danger(lot_ids: Iterable[int]) -> None:
    """Send `stock_in_danger` once the transaction stands."""
    _say(stock_in_danger, lot_ids)


def say_checked(lot_ids: Iterable[int]) -> None:
    """Send `lot_checked` once the transaction stands."""
    _say(lot_checked, lot_ids)


def say_waits_again(lot_ids: Iterable[int]) -> None:
    """Send `lot_waits_again` once the transaction stands."""
    _say(lot_waits_again, lot_ids)


def _say(signal: Signal, lot_ids: Iterable[int]) -> None:
    told = list(lot_ids)
    if told:
        transaction.on_commit(lambda: signal.send_robust(sender=None, lot_ids=told))
