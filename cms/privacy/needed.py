"""Why a household cannot be erased yet: money, goods, orders, words and pictures that still wait for somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.models import StoryPage
from farmers.payouts.owed import owed_fen
from farmers.registry.models import Household
from farmers.stock.models import Lot
from marketplace.access.models import User
from marketplace.money import yuan
from shop.green.models import Talk
from shop.orders.models import Complaint, Order, OrderLine, State
from shop.payments.books import to_collect, to_give_back
from shop.payments.models import Tick

from .decisions import account_of

OVER = (State.ACCEPTED, State.CANCELLED, State.EXPIRED)


def still_needed(household: Household) -> list[str]:
    """Each reason in words; none, and it may be erased."""
    account = account_of(household)
    return [reason for find in FINDERS for reason in find(household, account)]


def money_owed(household: Household) -> int:
    """What the household has yet to be paid, in fen; below nothing when goods came back after they were paid."""
    return owed_fen(household.pk)


def _money(household: Household, account: User | None) -> Iterator[str]:
    fen = money_owed(household)
    if fen > 0:
        yield _("¥%(yuan)s of its sales have not been paid out to it.") % {"yuan": yuan(fen)}
    if fen < 0:
        yield _("It was paid ¥%(yuan)s for goods that came back.") % {"yuan": yuan(-fen)}


def _goods(household: Household, account: User | None) -> Iterator[str]:
    lots = Lot.objects.filter(household=household)
    if count := lots.filter(state=Lot.State.LISTED, available__gt=0).count():
        words = ngettext("%(count)d lot is on sale.", "%(count)d lots are on sale.", count)
        yield words % {"count": count}
    if count := lots.filter(state=Lot.State.WAITING).count():
        words = ngettext("%(count)d lot waits to be checked.", "%(count)d lots wait to be checked.", count)
        yield words % {"count": count}


def _orders(household: Household, account: User | None) -> Iterator[str]:
    lines = OrderLine.objects.filter(household=household).exclude(order__state__in=OVER)
    if count := lines.values("order").distinct().count():
        words = ngettext(
            "%(count)d order of its goods is not over.", "%(count)d orders of its goods are not over.", count
        )
        yield words % {"count": count}
    # stock that is held for whatever reason
    elif Lot.objects.filter(household=household, reserved__gt=0).exists():
        yield _("Goods of it are reserved.")


def _talks(household: Household, account: User | None) -> Iterator[str]:
    if count := Talk.objects.open().filter(lot__household=household).count():
        words = ngettext(
            "%(count)d talk over its saplings is open.", "%(count)d talks over its saplings are open.", count
        )
        yield words % {"count": count}


def _bought(household: Household, account: User | None) -> Iterator[str]:
    if account is None:
        return
    if count := Order.objects.filter(buyer=account).exclude(state__in=OVER).count():
        words = ngettext(
            "%(count)d order that it placed itself is not over.",
            "%(count)d orders that it placed itself are not over.",
            count,
        )
        yield words % {"count": count}
    if to_collect().filter(buyer=account).exists():
        yield _("It has yet to pay for an order of its own.")
    if to_give_back().filter(buyer=account).exists():
        yield _("Money for an order of its own is to be given back to it.")


def _complaints(household: Household, account: User | None) -> Iterator[str]:
    theirs = Q(line__household=household) | (Q(by=account) if account else Q())
    if count := Complaint.objects.filter(theirs, state=Complaint.State.OPEN).count():
        words = ngettext("%(count)d complaint is open.", "%(count)d complaints are open.", count)
        yield words % {"count": count}
    disputed = Tick.objects.filter(state=Tick.State.DISPUTED, answer="")
    if disputed.filter(line__order_line__household=household).exists():
        yield _("A unit disputes goods of it on a statement.")


def _stories(household: Household, account: User | None) -> Iterator[str]:
    """Also drafts: who publishes one would tell what was erased."""
    for title in stories_of(household):
        yield _("The story “%(title)s” tells of it: take it off, or tell it without the household.") % {
            "title": title
        }


def stories_of(household: Household) -> list[str]:
    """Those that are linked to it, and those whose words name it together with its village."""
    told = list(StoryPage.objects.filter(household=household).values_list("title", flat=True))
    if len(household.head_name) < 2:
        return told
    for page in StoryPage.objects.exclude(household=household).specific():
        words = " ".join([page.title, page.intro, page.search_description, str(page.body.raw_data)])
        newest = page.get_latest_revision()
        words += str(newest.content) if newest else ""
        if household.head_name in words and household.village.name in words:
            told.append(page.title)
    return told


Finder = Callable[[Household, "User | None"], Iterator[str]]
FINDERS: tuple[Finder, ...] = (_money, _goods, _orders, _talks, _bought, _complaints, _stories)
