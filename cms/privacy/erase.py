"""Erase a household: what `decisions.py` lets go goes, in every room, in one transaction; figures stay as they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.models import Revision

from farmers.registry.erasure import empty, hold_household, waiting
from farmers.registry.models import ENCRYPTED, Erasure, Household
from farmers.stock.models import Lot, LotTransition
from farmers.stock.movements import hold_still
from marketplace.access.closing import close_account
from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.personal import masked_name, masked_phone
from shop.catalogue import kept

from ..letters import Letter
from ..models import StoryPage
from .decisions import HELD, Held, How, account_of
from .needed import still_needed

BATCH = 500


class StillNeeded(Exception):
    """It cannot be erased yet: `reasons`, each in words for people. Nothing was changed."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@transaction.atomic
def erase_household(household_id: int, by: User) -> Erasure:
    """Do what another person asked for. Files go once it stands.

    Raises StillNeeded, NothingToErase when nobody asks for it, and PermissionDenied to who asked, or may not.

    Household and lots are locked first, so that nothing is listed, edited or ordered meanwhile: an order at the same
    moment comes before, and is a reason not to erase, or finds no goods.
    """
    if not may(by, Act.KEEP_PRIVACY):
        raise PermissionDenied
    household = hold_household(household_id)
    asked = waiting(household)
    if asked.asked_by_id == by.pk:
        raise PermissionDenied
    hold_still(Lot.objects.filter(household=household).values_list("pk", flat=True))
    if reasons := still_needed(household):
        raise StillNeeded(reasons)

    account = account_of(household)
    scrub = _scrubber(household, account)
    _withdraw(household, by)
    for held in HELD:
        _let_go(held, household, account, scrub)
    _letters(household, account)
    _drafts_of_stories(household)
    done = empty(household, asked, by, account)
    if account is not None:
        close_account(account)
    # a page that was kept may show a picture that is gone
    transaction.on_commit(kept.begin_anew)
    return done


def _let_go(held: Held, household: Household, account: User | None, scrub: Callable[[str], str]) -> None:
    if held.model in ("registry.Household", "access.User"):
        # last, and by the rooms that own them: all else is found by way of these two
        return
    rows = held.rows(household, account)
    if held.how == How.DELETE:
        rows.delete()
        return
    if held.mask:
        _mask(held.table, rows, held.mask.split(), scrub)
    if held.empty:
        rows.update(**dict.fromkeys(held.empty.split(), ""))


def _mask(table: type[Model], rows: QuerySet[Any], columns: list[str], scrub: Callable[[str], str]) -> None:
    changed = []
    for row in rows.only("pk", *columns).iterator(BATCH):
        words = {column: getattr(row, column) for column in columns}
        told = {column: scrub(text) for column, text in words.items()}
        if told != words:
            for column, text in told.items():
                setattr(row, column, text)
            changed.append(row)
    table._base_manager.bulk_update(changed, columns, batch_size=BATCH)


def _scrubber(household: Household, account: User | None) -> Callable[[str], str]:
    """Masks the household's name and numbers wherever words hold them; a masked name stays as it is."""
    instead: dict[str, str] = {}
    for name in (household.head_name, account.last_name if account else ""):
        if len(name) > 1:
            instead[name] = masked_name(name)
    for phone in (household.phone, account.phone if account else ""):
        if phone:
            instead[phone] = masked_phone(phone)
    for field in ENCRYPTED[1:]:
        if number := getattr(household, field):
            instead[number] = f"****{number[-4:]}"
    # the longest first: a name within a name would leave its rest behind
    order = sorted(instead, key=len, reverse=True)

    def scrub(text: str) -> str:
        for word in order:
            text = text.replace(word, instead[word])
        return text

    return scrub


def _withdraw(household: Household, by: User) -> None:
    """What came back would be on sale again: nothing of it can be."""
    off = Lot.objects.filter(household=household).exclude(state=Lot.State.WITHDRAWN)
    keys = list(off.values_list("pk", flat=True))
    off.update(state=Lot.State.WITHDRAWN)
    LotTransition.objects.bulk_create(
        LotTransition(lot_id=pk, to_state=Lot.State.WITHDRAWN, by=by, why=_("The household was erased."))
        for pk in keys
    )


def _letters(household: Household, account: User | None) -> None:
    """Messages of the contact form lead to no household but by the number in them, which is encrypted."""
    phones = {household.phone, account.phone if account else ""} - {""}
    if phones:
        theirs = [letter.pk for letter in Letter.objects.only("pk", "phone") if letter.phone in phones]
        Letter.objects.filter(pk__in=theirs).delete()


def _drafts_of_stories(household: Household) -> None:
    """Older revisions of stories that are told without the household by now."""
    pages = list(map(str, StoryPage.objects.values_list("pk", flat=True)))
    past = Revision.objects.filter(Q(content__household=household.pk), object_id__in=pages)
    newest = StoryPage.objects.exclude(latest_revision=None).values("latest_revision")
    past.exclude(pk__in=newest).delete()


# --- years later --------------------------------------------------------------------------------


def finish_erasures(before: dt.datetime, *, really: bool) -> int:
    """Where an erased household's account bought something before a moment, the delivery's particulars go too.

    How many rows that are, or would be.
    """
    accounts = Erasure.objects.filter(outcome=Erasure.Outcome.ERASED).exclude(account=None)
    done = 0
    for held in HELD:
        if held.later:
            done += _finish(held, list(accounts.values_list("account", flat=True)), before, really)
    return done


def _finish(held: Held, accounts: Iterable[int], before: dt.datetime, really: bool) -> int:
    columns = held.later.split()
    said = Q()
    for column in columns:
        said |= ~Q(**{column: ""})
    theirs = Q(pk__in=[])
    for way in held.by:
        theirs |= Q(**{f"{way}__in": accounts})
    rows = held.table._base_manager.filter(theirs, said, **{f"{held.since}__lt": before})
    keys = list(rows.values_list("pk", flat=True))
    if really:
        held.table._base_manager.filter(pk__in=keys).update(**dict.fromkeys(columns, ""))
    return len(keys)
