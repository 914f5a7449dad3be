"""Canteen budgets filed and checked: what is filed by the unit's bookkeeper, the city checks or sends back."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.access.models import User
from marketplace.access.rules import Act, may
from marketplace.days import today

from .filings import CanteenBudget
from .models import BuyerOrganisation, Duty, has_duty, locked_unit
from .quota import MAX_BUDGET_FEN

State = CanteenBudget.State
REASON_LENGTH = 200


class NotFiled(Exception):
    """What was filed cannot be. By field (of the whole: empty), what is wrong, for the person."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(*errors.values())
        self.errors = errors


class Overtaken(Exception):
    """The filing was decided, or replaced by a newer one, meanwhile."""


def least_percent() -> int:
    """The city's least reserved share: setting RESERVED_PERCENT_MIN, 10 unless the city asks for more.

    Source: notices of the Ministry of Finance on government purchasing of produce from areas lifted out of
    poverty, 2021 to 2025, which ask for no less than 10% of a year's canteen budget; some cities ask for 15 to 30.
    """
    return int(settings.RESERVED_PERCENT_MIN)


def years_to_file() -> tuple[int, int]:
    """This year and the next one."""
    return today().year, today().year + 1


def may_file(user: User, unit: BuyerOrganisation) -> bool:
    return unit.owes_share and has_duty(user, unit, Duty.Kind.BOOKKEEPER)


def may_check(user: User) -> bool:
    return may(user, Act.KEEP_UNITS)


@transaction.atomic
def file(unit_id: int, year: int, budget_fen: int, percent: int, by: User) -> CanteenBudget:
    """File a year's budget. What still waits to be checked is replaced; what was checked holds until this one is.

    The same figures filed twice are one filing. Raises PermissionDenied, NotFiled.
    """
    # one filing of a unit at a time, so that versions count on
    unit = locked_unit(unit_id)
    if not has_duty(by, unit, Duty.Kind.BOOKKEEPER):
        raise PermissionDenied
    _check_figures(unit, year, budget_fen, percent)
    filed = CanteenBudget.objects.filter(organisation=unit, year=year)
    newest = filed.order_by("-version").first()
    if (
        newest is not None
        and newest.state in {State.WAITING, State.CHECKED}
        and (newest.budget_fen, newest.reserved_percent) == (budget_fen, percent)
    ):
        return newest
    now = timezone.now()
    filed.filter(state=State.WAITING).update(state=State.REPLACED, decided_by=by, decided_at=now)
    last = filed.aggregate(last=Max("version"))["last"] or 0
    return CanteenBudget.objects.create(
        organisation=unit,
        year=year,
        version=last + 1,
        budget_fen=budget_fen,
        reserved_percent=percent,
        filed_by=by,
        filed_at=now,
    )


def _check_figures(unit: BuyerOrganisation, year: int, budget_fen: int, percent: int) -> None:
    if unit.canteen == unit.Canteen.SHARED:
        raise NotFiled({"": _("Another unit files for all who share this canteen.")})
    if not unit.owes_share:
        raise NotFiled({"": _("A unit without a canteen files nothing and owes nothing.")})
    errors = {}
    if year not in years_to_file():
        errors["year"] = _("File for this year or the next one.")
    if budget_fen <= 0:
        errors["budget"] = _(
            "A budget is more than nothing. A unit without a canteen is marked so by the city."
        )
    if budget_fen > MAX_BUDGET_FEN:
        errors["budget"] = _("This is more than any canteen spends. Is it in yuan?")
    if not least_percent() <= percent <= 100:
        errors["percent"] = _("The share is between %(least)s and 100 percent.") % {"least": least_percent()}
    if errors:
        raise NotFiled(errors)


def check(filing_id: int, by: User) -> CanteenBudget:
    """Found right: from now on progress is measured by it. Raises PermissionDenied, Overtaken."""
    return _decide(filing_id, by, State.CHECKED)


def send_back(filing_id: int, by: User, reason: str) -> CanteenBudget:
    """Not right yet, and why. Raises PermissionDenied, Overtaken, NotFiled when there is no reason."""
    reason = reason.strip()
    if not reason:
        raise NotFiled({"reason": _("Say what has to be changed.")})
    if len(reason) > REASON_LENGTH:
        raise NotFiled({"reason": _("Say it in 200 characters, please.")})
    return _decide(filing_id, by, State.SENT_BACK, reason)


@transaction.atomic
def _decide(filing_id: int, by: User, state: CanteenBudget.State, reason: str = "") -> CanteenBudget:
    filing = CanteenBudget.objects.select_for_update(of=("self",)).get(pk=filing_id)
    if not may_check(by) or by.pk == filing.filed_by_id:
        raise PermissionDenied
    if filing.state == state and filing.decided_by_id == by.pk and filing.reason == reason:
        return filing  # the same button pressed twice
    if filing.state != State.WAITING:
        raise Overtaken
    filing.state, filing.reason = state, reason
    filing.decided_by, filing.decided_at = by, timezone.now()
    filing.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    return filing
