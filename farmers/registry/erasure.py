"""Erasing a household: asked by one official, done by another. What other rooms hold of it: `cms.privacy.erase`."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.days import today
from marketplace.personal import masked_name

from .models import Erasure, Household

Outcome = Erasure.Outcome


class AlreadyAsked(Exception):
    """Somebody has asked for it before, or it is done."""


class NothingToErase(Exception):
    """Nobody asks for it any more: it was erased, or dropped, meanwhile."""


@transaction.atomic
def ask_erasure(household_id: int, by: User, why: str, words: str = "") -> Erasure:
    """Ask a second person to erase the household. Raises AlreadyAsked, PermissionDenied, ValueError without a reason."""
    household = _city_s(household_id, by)
    if why not in Erasure.Why.values:
        raise ValueError("an erasure needs its reason")
    if household.erased_on:
        raise AlreadyAsked
    try:
        with transaction.atomic():
            told = household.masked_in(words.strip())[:200]
            return Erasure.objects.create(household=household, why=why, words=told, asked_by=by)
    except IntegrityError:
        raise AlreadyAsked from None


@transaction.atomic
def drop_erasure(household_id: int, by: User) -> Erasure:
    """It is not to be erased after all; who asked may say so too. Raises NothingToErase, PermissionDenied."""
    return _ended(waiting(_city_s(household_id, by)), by, Outcome.DROPPED)


def waiting(household: Household) -> Erasure:
    """What is asked of a locked household. Raises NothingToErase."""
    asked = Erasure.objects.filter(household=household, outcome=Outcome.WAITING).first()
    if asked is None:
        raise NothingToErase
    return asked


def empty(household: Household, asked: Erasure, by: User, account: User | None) -> Erasure:
    """Of a locked household the village and the masked name stay, and that it was erased, by whom and why.

    Within the caller's transaction. Raises PermissionDenied to who asked: it takes two people.
    """
    if asked.asked_by_id == by.pk:
        raise PermissionDenied
    household.head_name = masked_name(household.head_name)
    household.phone = household.id_number = household.bank_account = ""
    household.members = household.officer = household.user = household.consent_on = None
    household.erased_on = today()
    household.save()
    household.marks.all().delete()
    return _ended(asked, by, Outcome.ERASED, account)


def _city_s(household_id: int, by: User) -> Household:
    """The household, locked, for who keeps personal data."""
    if not may(by, Act.KEEP_PRIVACY):
        raise PermissionDenied
    return hold_household(household_id)


def hold_household(household_id: int) -> Household:
    """The household, locked until the transaction ends; also before its lots. Raises PermissionDenied for none."""
    found = (
        Household.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "village__town")
        .filter(pk=household_id)
        .first()
    )
    if found is None:
        raise PermissionDenied
    return found


def _ended(asked: Erasure, by: User, outcome: Erasure.Outcome, account: User | None = None) -> Erasure:
    asked.outcome, asked.ended_by, asked.ended_at, asked.account = outcome, by, timezone.now(), account
    asked.save(update_fields=["outcome", "ended_by", "ended_at", "account"])
    return asked
