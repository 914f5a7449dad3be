"""Households are entered and kept by the officers who answer for them; each verb is one transaction.

Who may is asked of `Household.objects.visible_to`: for another town's household every verb raises PermissionDenied.
"""

from __future__ import annotations

from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from marketplace.access.models import Role, User
from marketplace.access.rules import Act, may
from marketplace.days import today

from .models import ENCRYPTED, Household, Officer, Village


class AlreadyThere(Exception):
    """A household of that name and phone is in the village already; nothing was changed."""


class Facts(NamedTuple):
    """What is known of a household. Of what is encrypted, None stays as it is."""

    village: Village
    head_name: str
    members: int | None = None
    phone: str | None = None
    id_number: str | None = None
    bank_account: str | None = None


def villages_of(user: User) -> list[Village]:
    """The villages this person answers for: one, those of the town, or for who serves the whole city all."""
    if not may(user, Act.SERVE_VILLAGE):
        return []
    villages = Village.objects.select_related("town").order_by("town__position", "name")
    if not may(user, Act.SEE_CITY):
        post = Officer.objects.for_user(user).first()
        if post is None:
            return []
        villages = villages.filter(pk=post.village_id) if post.village_id else villages.filter(town=post.town)
    return list(villages)


@transaction.atomic
def add_household(facts: Facts, by: User) -> Household:
    """A household that was not known. Raises AlreadyThere, and PermissionDenied for another's village."""
    _check_village(facts, by)
    household = Household(officer=Officer.objects.for_user(by).first())
    return _save(household, facts)


@transaction.atomic
def edit_household(household_id: int, facts: Facts, by: User) -> Household:
    """What was wrong, or has changed. Raises AlreadyThere."""
    household = _kept(household_id, by)
    if facts.village.pk != household.village_id:
        # its lots and orders say where it lives: who moves is entered anew
        raise PermissionDenied
    return _save(household, facts)


@transaction.atomic
def show(household_id: int, by: User, agreed: bool) -> Household:
    """Note that the household agreed to be shown to buyers by its masked name, or agrees no longer."""
    household = _kept(household_id, by)
    if agreed != (household.consent_on is not None):
        household.consent_on = today() if agreed else None
        household.save(update_fields=["consent_on"])
    return household


@transaction.atomic
def open_account(household_id: int, by: User) -> User:
    """An account for the household, with no password: it comes in by telephone or card. Twice is once."""
    household = _kept(household_id, by)
    if household.user is None:
        user = User(username=f"household-{household.pk}", role=Role.SELLER)
        user.set_unusable_password()
        user.save()
        household.user = user
        household.save(update_fields=["user"])
    return household.user


def account_of(household_id: int, by: User) -> User:
    """The account of a household that this person answers for, and of nobody who is more than a seller."""
    household = Household.objects.visible_to(by).select_related("user").filter(pk=household_id).first()
    if household is None or household.user is None or not may(by, Act.SERVE_VILLAGE):
        raise PermissionDenied
    if household.user.role != Role.SELLER:
        raise PermissionDenied
    return household.user


def _kept(household_id: int, by: User) -> Household:
    """The household, locked; of one that was erased nothing is kept any more."""
    if not may(by, Act.SERVE_VILLAGE):
        raise PermissionDenied
    household = (
        Household.objects.visible_to(by)
        .there()
        .select_for_update(of=("self",), no_key=True)
        .select_related("user")
        .filter(pk=household_id)
        .first()
    )
    if household is None:
        raise PermissionDenied
    return household


def _check_village(facts: Facts, by: User) -> None:
    if facts.village.pk not in {village.pk for village in villages_of(by)}:
        raise PermissionDenied


def _save(household: Household, facts: Facts) -> Household:
    household.village = facts.village
    household.head_name = facts.head_name
    household.members = facts.members
    for field in ENCRYPTED:
        told = getattr(facts, field)
        if told is not None:
            setattr(household, field, told)
    try:
        with transaction.atomic():
            household.save()
    except IntegrityError:
        raise AlreadyThere from None
    return household
