"""The city's own money in the books: put in so that households are paid before buyers pay, and moved between its places.

No row of any table is behind these: the posting, which is never changed, is the record. What was wrong is moved back.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farmers.ledger.accounts import Account
from farmers.ledger.models import Posting
from farmers.ledger.postings import Wanted, balances, hold_own, post
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.money import yuan

from .receive import NotTaken

# from where to where, and what people call it; what officers have in hand is handed in, by `door.py`
WAYS = (
    (Account.CAPITAL, Account.BANK),
    (Account.STRIPE, Account.BANK),
    (Account.CASH, Account.BANK),
    (Account.BANK, Account.CASH),
    (Account.CAPITAL, Account.CASH),
    (Account.BANK, Account.CAPITAL),
)
LABELS = (
    gettext_lazy("the city puts money in, at the bank"),
    gettext_lazy("the payment service pays out to the bank"),
    gettext_lazy("cash is taken to the bank"),
    gettext_lazy("cash is fetched from the bank"),
    gettext_lazy("the city puts money in, in cash"),
    gettext_lazy("the city takes its money back, from the bank"),
)


class NotMoved(NotTaken):
    """`field`: where the form says it."""

    def __init__(self, message: str, field: str = "amount") -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def move_own(
    of: Account, to: Account, fen: int, about: str, by: User, key: uuid.UUID, day: dt.date | None = None
) -> Posting:
    """Post that `fen` went from one of the city's places to another; `about` names the paper. The same `key` twice is once.

    `day`: when it moved, where the bank says that it was before today.

    Raises NotMoved for more than is there, for more than the city put in when it takes its own back, and where the
    paper was written down before with that amount. Two forms that touch one place wait for each other.
    """
    if not may(by, Act.SETTLE):
        raise PermissionDenied
    if (of, to) not in WAYS or fen <= 0 or not about.strip():
        raise ValueError("own money goes one of WAYS, with its paper")
    wanted = own_posting(key, of, to, fen, about.strip()[:140], by, timezone.now())._replace(day=day)
    hold_own((of, to))
    if known := _known(wanted):
        return known
    if moved().filter(debit=to, credit=of, fen=fen, about=wanted.about).exists():
        raise NotMoved(_("This paper stands in the list already, with this amount."), "about")
    fen_now = balances()
    # money at the bank that the city did not put in is buyers' or households'
    there = min(fen_now[of], -fen_now[to]) if to == Account.CAPITAL else fen_now[of]
    # what the city puts in comes from outside
    if of != Account.CAPITAL and there < fen:
        raise NotMoved(_("Only ¥%(amount)s is there.") % {"amount": yuan(max(there, 0))})
    try:
        with transaction.atomic():
            return post([wanted])[0]
    except IntegrityError:
        # its twin, by another way, was posted at this very moment
        known = _known(wanted)
        if known is None:
            raise
        return known


def own_posting(
    key: uuid.UUID, of: Account, to: Account, fen: int, about: str, by: User, at: dt.datetime
) -> Wanted:
    return Wanted(f"own:{key}", Posting.Kind.OWN, at, to, of, fen, about=about, by=f"user:{by.pk}")


def _known(wanted: Wanted) -> Posting | None:
    """What this form posted before. Raises NotMoved where it says something else now."""
    posting = Posting.objects.filter(key=wanted.key).first()
    if posting is None:
        return None
    told = (posting.debit, posting.credit, posting.fen, posting.about)
    if told != (wanted.debit, wanted.credit, wanted.fen, wanted.about):
        raise NotMoved(_("This form was used already. Look at the list again."))
    return posting


def moved() -> QuerySet[Posting]:
    """The newest first."""
    return Posting.objects.filter(kind=Posting.Kind.OWN).order_by("-at", "-pk")
