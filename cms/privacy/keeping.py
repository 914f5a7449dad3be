"""What is kept how long, and why no longer: the one table of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from farmers.selling.models import LotDraft
from farmers.workbooks.models import KEPT_DAYS, WorkbookUpload
from farmers.workbooks.throw_away import forget
from marketplace.access.models import SignInCode, Tries
from marketplace.days import today
from marketplace.notices.models import Delivery, Notice
from shop.bank.models import KEPT_DAYS as BANK_FILE_DAYS
from shop.bank.models import BankFile
from shop.basket.models import Basket

from .erase import finish_erasures

# what was traded is kept for three years (E-Commerce Law, article 31)
TRADE_DAYS = 3 * 366
FINISHED = (Delivery.State.SENT, Delivery.State.GIVEN_UP)


class Kept(NamedTuple):
    what: str
    days: int
    why: str
    # those of before a moment
    old: Callable[[dt.datetime], QuerySet[Any]]


KEPT = (
    Kept(
        "sign-in codes", 1, "a code holds for minutes, and ten a day are counted elsewhere",
        lambda before: SignInCode.objects.filter(sent_at__lt=before),
    ),
    Kept(
        "counts of tries", 7, "no limit looks back further than a day",
        lambda before: Tries.objects.filter(since__lt=before),
    ),
    Kept(
        "guests' baskets", 400, "the cookie that leads to one lasts two months, and is renewed while it is used",
        # changed_at is when it was begun: nothing saves a basket when its lines change
        lambda before: Basket.objects.filter(user=None, changed_at__lt=before),
    ),
    Kept(
        "drafts of lots", 30, "what was to be listed a month ago has been eaten or sold",
        lambda before: LotDraft.objects.filter(updated_at__lt=before),
    ),
    Kept(
        "bank files not taken in", BANK_FILE_DAYS, "what a cashier only looked at; the bank has it still",
        lambda before: BankFile.objects.filter(state=BankFile.State.WAITING, at__lt=before),
    ),
    Kept(
        "deliveries of notices", 180, "long enough to ask a provider about a message",
        lambda before: Delivery.objects.filter(state__in=FINISHED, due_at__lt=before),
    ),
    Kept(
        "read notices", 365, "a year's trade can be looked up; the orders themselves stay",
        lambda before: Notice.objects.filter(read_at__lt=before),
    ),
    Kept(
        "expired sessions", 0, "they open nothing any more",
        lambda before: Session.objects.filter(expire_date__lt=before),
    ),
)  # fmt: skip


def forget_old(now: dt.datetime, *, really: bool) -> list[tuple[str, int, int]]:
    """What, kept for how many days, and how many of it are gone (or would be)."""
    told = []
    for kept in KEPT:
        old = kept.old(now - dt.timedelta(days=kept.days))
        # what goes along (a basket's lines) is not counted
        count = old.delete()[1].get(old.model._meta.label, 0) if really else old.count()
        told.append((kept.what, kept.days, count))
    day = today()
    books = forget(day) if really else WorkbookUpload.objects.forgotten_on(day).count()
    gone = finish_erasures(now - dt.timedelta(days=TRADE_DAYS), really=really)
    return [
        *told,
        ("workbooks", KEPT_DAYS, books),
        ("particulars of erased households' own orders", TRADE_DAYS, gone),
    ]
