"""An officer handles a warning: the one table of its steps, and the verb that takes one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from farmers.registry.erasure import hold_household
from marketplace.access.models import User
from marketplace.days import shanghai_day

from .models import CloseReason, State, Step, Warning

# from where to where; each with its words, closing with its reason too
ALLOWED: Mapping[str, frozenset[State]] = {
    State.NEW: frozenset({State.CHECKED}),
    State.CHECKED: frozenset({State.MEASURE, State.CLOSED}),
    # one measure after another
    State.MEASURE: frozenset({State.MEASURE, State.CLOSED}),
    State.CLOSED: frozenset({State.REOPENED}),
    State.REOPENED: frozenset({State.MEASURE, State.CLOSED}),
}
# where nothing was done, no risk can be gone because of it
REASONS: Mapping[str, frozenset[CloseReason]] = {
    State.CHECKED: frozenset({CloseReason.NO_RISK, CloseReason.LEFT}),
    State.MEASURE: frozenset(CloseReason),
    State.REOPENED: frozenset({CloseReason.NO_RISK, CloseReason.LEFT}),
}
# how many days each state may last, ours: a look within a week, a measure within two more, an end within a quarter
DUE_DAYS: Mapping[str, int] = {State.NEW: 7, State.CHECKED: 15, State.MEASURE: 90, State.REOPENED: 7}


class Refused(Exception):
    """The warning is not where this step may be taken. The message is for the person; nothing was changed."""


@transaction.atomic
def take_step(
    warning_id: int,
    to: str,
    words: str,
    by: User,
    *,
    reason: str = "",
    key: uuid.UUID | None = None,
    at: dt.datetime | None = None,
) -> Step:
    """Take one step and write it down. The same `key` twice is one step. `at`: when, by default now.

    Raises PermissionDenied for a warning that is not theirs to handle, Refused, and ValueError without words.
    """
    warning = _locked(warning_id, by)
    if key and (twin := Step.objects.filter(key=key, warning=warning).first()):
        return twin
    if to not in ALLOWED[warning.state]:
        raise Refused(
            _("Somebody has moved it on: the warning is “%(state)s” now.")
            % {"state": warning.get_state_display()}
        )
    if not words.strip():
        raise ValueError("a step says what was seen or done")
    if reason not in (REASONS[warning.state] if to == State.CLOSED else ("",)):
        raise ValueError("closing has its reason, and nothing else has one")
    at = at or timezone.now()
    came_from, warning.state, warning.moved_at = warning.state, to, at
    warning.due_on = None if to == State.CLOSED else shanghai_day(at) + dt.timedelta(days=DUE_DAYS[to])
    try:
        with transaction.atomic():
            warning.save(update_fields=["state", "moved_at", "due_on"])
    except IntegrityError:
        raise Refused(_("Another warning of this kind is open: go on with that one.")) from None
    return Step.objects.create(
        warning=warning,
        from_state=came_from,
        to_state=to,
        reason=reason,
        # what is written for good holds no name and no number
        words=warning.household.masked_in(words.strip())[:300],
        by=by,
        at=at,
        key=key or uuid.uuid4(),
    )


def _locked(warning_id: int, by: User) -> Warning:
    """The warning with its lock, and its household's: who is being erased is handled no more."""
    theirs = Warning.objects.visible_to(by).filter(pk=warning_id)
    household_id = theirs.values_list("household", flat=True).first()
    if household_id is None:
        raise PermissionDenied
    household = hold_household(household_id)
    # somebody else looks after the officer's own family
    if household.user_id == by.pk:
        raise PermissionDenied
    warning = theirs.select_for_update(of=("self",), no_key=True).first()
    if warning is None:
        raise PermissionDenied
    warning.household = household
    return warning
