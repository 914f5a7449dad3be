"""Problems are opened, worked off item by item, closed and opened again; each verb is one transaction.

Who may is asked of `Problem.objects.visible_to`: an officer ticks the own items, the city's office does the rest.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from farmers.registry.models import Town
from marketplace.access.models import User
from marketplace.access.rules import Act, may

from .models import Item, Problem, ProblemStep, Warning
from .problem_models import ListKind

Kind = ProblemStep.Kind


class Refused(Exception):
    """It is not where that may be done. The message is for the person; nothing was changed."""


class NewItem(NamedTuple):
    list: str
    words: str
    whose: User | None = None
    due_on: dt.date | None = None


class NewProblem(NamedTuple):
    title: str
    words: str
    leader: str
    department: str
    team: str
    due_on: dt.date
    town: Town | None = None
    warning: Warning | None = None


@transaction.atomic
def open_problem(
    new: NewProblem, items: Iterable[NewItem], by: User, key: uuid.UUID, at: dt.datetime | None = None
) -> Problem:
    """One problem with its leader, department and team. The same `key` twice is one. Raises PermissionDenied."""
    if not may(by, Act.KEEP_WATCH):
        raise PermissionDenied
    at = at or timezone.now()
    problem, made = Problem.objects.get_or_create(key=key, defaults=new._asdict() | {"opened_at": at})
    if made:
        _note(problem, Kind.OPENED, by, at=at)
        for item in items:
            _add(problem, item, by, uuid.uuid4(), at)
    return problem


@transaction.atomic
def add_item(problem_id: int, new: NewItem, by: User, key: uuid.UUID) -> Item:
    """One more item of an open problem. Raises PermissionDenied, Refused for a closed one."""
    problem = _locked(problem_id, by)
    if not may(by, Act.KEEP_WATCH):
        raise PermissionDenied
    if twin := Item.objects.filter(key=key, problem=problem).first():
        return twin
    _check_open(problem)
    return _add(problem, new, by, key, timezone.now())


@transaction.atomic
def tick(item_id: int, by: User, words: str = "", at: dt.datetime | None = None) -> Item:
    """It is done. Twice is once. Raises PermissionDenied for an item that is another's, Refused in a closed problem."""
    item = _item(item_id, by)
    if item.ticked_at is None:
        _check_open(item.problem)
        item.ticked_at, item.ticked_by = at or timezone.now(), by
        item.save(update_fields=["ticked_at", "ticked_by"])
        _note(item.problem, Kind.TICKED, by, item, words, item.ticked_at)
    return item


@transaction.atomic
def untick(item_id: int, by: User, words: str) -> Item:
    """It was not done after all; the city's office says why. Raises as above, and ValueError without words."""
    item = _item(item_id, by)
    if not may(by, Act.KEEP_WATCH):
        raise PermissionDenied
    if not words.strip():
        raise ValueError("taking a tick back needs words")
    if item.ticked_at is not None:
        _check_open(item.problem)
        item.ticked_at = item.ticked_by = None
        item.save(update_fields=["ticked_at", "ticked_by"])
        _note(item.problem, Kind.UNTICKED, by, item, words)
    return item


@transaction.atomic
def close_problem(problem_id: int, result: str, by: User, at: dt.datetime | None = None) -> Problem:
    """Struck off 销号, with what came of it: when each of the four lists has items, and all are ticked off.

    Twice is once. Raises PermissionDenied, Refused with what is missing, and ValueError without a result.
    """
    problem = _locked(problem_id, by)
    if not may(by, Act.KEEP_WATCH):
        raise PermissionDenied
    if problem.state == Problem.State.CLOSED:
        return problem
    if not result.strip():
        raise ValueError("a problem is closed with its result")
    items = list(problem.items.values_list("list", "ticked_at"))
    if left := sum(ticked is None for _list, ticked in items):
        raise Refused(_("%(count)d items are not ticked off yet.") % {"count": left})
    if empty := [kind.label for kind in ListKind if kind not in {name for name, _ticked in items}]:
        raise Refused(_("Nothing stands in: %(lists)s.") % {"lists": ", ".join(map(str, empty))})
    problem.state, problem.result = Problem.State.CLOSED, _told(problem, result)
    problem.save(update_fields=["state", "result"])
    _note(problem, Kind.CLOSED, by, words=problem.result, at=at)
    return problem


@transaction.atomic
def reopen_problem(problem_id: int, words: str, due_on: dt.date, by: User) -> Problem:
    """It came back: open with a new day, all that was done still written. Raises as above."""
    problem = _locked(problem_id, by)
    if not may(by, Act.KEEP_WATCH):
        raise PermissionDenied
    if not words.strip():
        raise ValueError("opening it again needs words")
    if problem.state != Problem.State.CLOSED:
        raise Refused(_("It is open already."))
    problem.state, problem.result, problem.due_on = Problem.State.OPEN, "", due_on
    problem.save(update_fields=["state", "result", "due_on"])
    _note(problem, Kind.REOPENED, by, words=words)
    return problem


# --- what they share ----------------------------------------------------------------------------


def _locked(problem_id: int, by: User) -> Problem:
    problem = (
        Problem.objects.visible_to(by)
        .select_for_update(of=("self",), no_key=True)
        .select_related("warning__household")
        .filter(pk=problem_id)
        .first()
    )
    if problem is None:
        raise PermissionDenied
    return problem


def _item(item_id: int, by: User) -> Item:
    """The item, its problem locked. Raises PermissionDenied for one that is not theirs."""
    found = Item.objects.filter(pk=item_id).values_list("problem", flat=True).first()
    if found is None:
        raise PermissionDenied
    problem = _locked(found, by)
    item: Item = problem.items.get(pk=item_id)
    if item.whose_id != by.pk and not may(by, Act.KEEP_WATCH):
        raise PermissionDenied
    item.problem = problem
    return item


def _check_open(problem: Problem) -> None:
    if problem.state != Problem.State.OPEN:
        raise Refused(_("The problem is closed: open it again first."))


def _add(problem: Problem, new: NewItem, by: User, key: uuid.UUID, at: dt.datetime) -> Item:
    item = Item.objects.create(problem=problem, key=key, **new._asdict())
    _note(problem, Kind.ADDED, by, item, at=at)
    return item


def _note(
    problem: Problem,
    kind: Kind,
    by: User,
    item: Item | None = None,
    words: str = "",
    at: dt.datetime | None = None,
) -> None:
    told = _told(problem, words)
    ProblemStep.objects.create(
        problem=problem, kind=kind, by=by, item=item, words=told, at=at or timezone.now()
    )


def _told(problem: Problem, words: str) -> str:
    """What is written for good, without the name and numbers of the household it came of."""
    words = words.strip()
    return (problem.warning.household.masked_in(words) if problem.warning else words)[:500]
