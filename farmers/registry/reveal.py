"""Show a household's personal data in full: to those whose work needs it, for a reason, and written down first."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction

from marketplace.access.models import Role, User
from marketplace.access.rules import Act, may

from .models import ENCRYPTED, Household
from .reveals import EVERYTHING, Reveal

# whose work needs which: an officer calls, a cashier pays, the city's office answers for all
SHOWN_TO: Mapping[str, frozenset[str]] = {
    Role.OFFICER: frozenset({"phone"}),
    Role.CASHIER: frozenset({"bank_account"}),
    Role.OFFICIAL: frozenset(ENCRYPTED),
    Role.ADMIN: frozenset(ENCRYPTED),
}


def may_see(user: User) -> frozenset[str]:
    """The fields this person may have shown, of the households that are theirs to open."""
    return SHOWN_TO.get(user.role, frozenset()) if user.is_active else frozenset()


@transaction.atomic(durable=True)
def reveal(household_id: int, fields: Collection[str], by: User, why: str, words: str = "") -> dict[str, str]:
    """The fields in full, once the look is written down. Raises PermissionDenied, and ValueError without a reason.

    It is written for good, whatever becomes of the request: so a look is a transaction of its own, within no other.
    The log may not fill with looks that showed nothing: what is empty is neither shown nor written.
    """
    wanted = [name for name in ENCRYPTED if name in fields]
    if why not in Reveal.Why.values:
        raise ValueError("a look needs its reason")
    if not wanted or not set(fields) <= may_see(by):
        raise PermissionDenied
    household = Household.objects.visible_to(by).filter(pk=household_id).first()
    if household is None:
        raise PermissionDenied
    shown = {name: value for name in wanted if (value := getattr(household, name))}
    if shown:
        told = household.masked_in(words.strip())[:200]
        Reveal.objects.create(household=household, fields=",".join(shown), by=by, why=why, words=told)
    return shown


@transaction.atomic(durable=True)
def note_copy(household_id: int, by: User, words: str = "") -> Household:
    """Write down, for good, that a copy of all that is kept on the household is given out; the household it is.

    To the city's office, or to the household itself. Raises PermissionDenied for anybody else.
    """
    household = Household.objects.visible_to(by).select_related("user").filter(pk=household_id).first()
    if household is None or not (may(by, Act.KEEP_PRIVACY) or household.user_id == by.pk):
        raise PermissionDenied
    told = household.masked_in(words.strip())[:200]
    Reveal.objects.create(household=household, fields=EVERYTHING, by=by, why=Reveal.Why.REQUEST, words=told)
    return household


@transaction.atomic(durable=True)
def note_looks(
    household_ids: Collection[int], fields: Collection[str], by: User, why: str, words: str
) -> None:
    """Write down, for good, a look at many households at once, such as a bank's file. Raises PermissionDenied."""
    if not fields or not set(fields) <= may_see(by):
        raise PermissionDenied
    theirs = Household.objects.visible_to(by).filter(pk__in=household_ids).order_by("pk")
    found = list(theirs.values_list("pk", flat=True))
    if len(found) != len(set(household_ids)):
        raise PermissionDenied
    named = ",".join(name for name in ENCRYPTED if name in fields)
    Reveal.objects.bulk_create(
        Reveal(household_id=pk, fields=named, by=by, why=why, words=words.strip()[:200]) for pk in found
    )
