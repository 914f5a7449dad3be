"""Drafts of bulk requests: begun, saved as they are typed, copied, removed, and read when they are to be submitted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from farmers.stock.workbook.cells import Refusal
from marketplace.access.models import User
from marketplace.days import shanghai_day, today
from shop.buyers.models import BuyerOrganisation, organisations_of
from shop.orders.place import next_number

from .days_said import day_in_words, day_said
from .models import BulkLine, BulkRequest, State
from .named import Named
from .read import Row, Typed, read_row
from .steps import advance, locked
from .submit import may_request

MAX_LINES = 200
WEEK = dt.timedelta(weeks=1)
# cells and the columns that keep them
COLUMNS = {cell: f"{cell}_text" for cell in Typed._fields}
LONGEST = {
    cell: int(BulkLine._meta.get_field(name).max_length)  # type: ignore[union-attr, arg-type]
    for cell, name in COLUMNS.items()
}
# what a cell means, before anybody read it
_UNREAD = {
    "product": None,
    "quantity": None,
    "unit": "",
    "unit_size": None,
    "max_price_fen": None,
    "wanted_on": None,
}
_PAST_ALL = 1_000  # a position that no line has


class Stale(Exception):
    """The draft was saved elsewhere since this page was opened; what was saved there stays. Carries it."""

    def __init__(self, request: BulkRequest) -> None:
        super().__init__("the draft was changed elsewhere")
        self.request = request


class NoDraft(Exception):
    """The request was submitted or taken back: its lines stay as they are."""


class TooMany(Exception):
    """More rows than one request may have; nothing was saved."""


# --- begin, save, copy, remove -------------------------------------------------------------------


def units_for(user: User) -> list[BuyerOrganisation]:
    """The units whose needs this person states."""
    return [unit for unit in organisations_of(user) if may_request(user, unit)]


@transaction.atomic
def begin(by: User, unit: BuyerOrganisation) -> BulkRequest:
    """A draft to write in: the person's own untouched one, if there is one. Raises PermissionDenied."""
    _must_ask(by, unit)
    untouched = BulkRequest.objects.filter(
        by=by, organisation=unit, state=State.DRAFT, revision=0, round=0, lines=None, copied_from=None
    )
    return untouched.first() or _new(by, unit)


def _new(by: User, unit: BuyerOrganisation, **facts: object) -> BulkRequest:
    number = f"JC{next_number(timezone.now()).removeprefix('DZ')}"
    return BulkRequest.objects.create(number=number, organisation=unit, by=by, **facts)


@transaction.atomic
def save(
    request_id: int, by: User, revision: int, rows: Iterable[Typed], weekly: bool = False
) -> BulkRequest:
    """Keep the rows as they were typed; empty ones are left out. Saved again as it is, nothing changes.

    Raises Stale when `revision` is not the newest and the rows differ from what it says, TooMany, NoDraft,
    PermissionDenied.
    """
    request = _draft(request_id, by)
    kept = [tidy(row, today()) for row in rows if row]
    if len(kept) > MAX_LINES:
        raise TooMany
    lines = list(request.lines.all())
    if [typed(line) for line in lines] == kept and request.weekly == weekly:
        return request
    if revision != request.revision:
        raise Stale(request)
    _write(request, lines, kept)
    request.weekly = weekly
    request.revision += 1
    request.save(update_fields=["weekly", "revision"])
    return request


def tidy(row: Typed, day: dt.date) -> Typed:
    """What the table can hold. 明天 is kept as the day that it is: read tomorrow, it would be another."""
    texts = [
        text.replace("\0", "").strip()[: LONGEST[cell]] for cell, text in zip(Typed._fields, row, strict=True)
    ]
    tidy = Typed(*texts)
    meant = day_in_words(tidy.wanted, day)
    return tidy._replace(wanted=meant.isoformat()) if meant else tidy


def _write(request: BulkRequest, lines: list[BulkLine], kept: Sequence[Typed]) -> None:
    """A line that only moved stays the line it is; others take the new cells, in their order."""
    as_before: dict[Typed, list[BulkLine]] = {}
    for line in reversed(lines):
        as_before.setdefault(typed(line), []).append(line)
    found = [stack.pop() if (stack := as_before.get(row)) else None for row in kept]
    taken = {line.pk for line in found if line}
    free = [line for line in lines if line.pk not in taken]
    changed: list[BulkLine] = []
    new: list[BulkLine] = []
    for position, (row, same) in enumerate(zip(kept, found, strict=True)):
        line = same or (free.pop(0) if free else BulkLine(request=request))
        if same is None:
            # what was read of the old cells says nothing of the new
            facts = {COLUMNS[cell]: text for cell, text in row._asdict().items()} | _UNREAD
            for name, value in facts.items():
                setattr(line, name, value)
        elif line.position == position:
            continue
        line.position = position
        (changed if line.pk else new).append(line)
    BulkLine.objects.filter(pk__in=[line.pk for line in free]).delete()
    # out of each other's way: no two lines have one position, not for a moment
    BulkLine.objects.filter(pk__in=[line.pk for line in changed]).update(position=F("position") + _PAST_ALL)
    BulkLine.objects.bulk_update(changed, ["position", *COLUMNS.values(), *_UNREAD])
    BulkLine.objects.bulk_create(new)


@transaction.atomic
def copy(request: BulkRequest, by: User) -> BulkRequest:
    """A new draft with the same rows, a week later, or as many weeks as it takes to lie ahead. Raises PermissionDenied."""
    _must_ask(by, request.organisation)
    return copied(request, by)


def copied(request: BulkRequest, by: User, **facts: object) -> BulkRequest:
    """The copy itself, for whoever has asked whether it may be made."""
    new = _new(by, request.organisation, **facts)
    lines = list(request.lines.all())
    rows = moved_on([(typed(line), wanted_on(line)) for line in lines], today())
    BulkLine.objects.bulk_create(
        BulkLine(
            request=new, position=position, **{COLUMNS[cell]: text for cell, text in row._asdict().items()}
        )
        for position, row in enumerate(rows)
    )
    return new


def moved_on(rows: Sequence[tuple[Typed, dt.date | None]], day: dt.date) -> list[Typed]:
    """The rows with their days moved by whole weeks, one at least, all alike, so that the first lies after `day`."""
    days = [wanted for _row, wanted in rows if wanted]
    weeks = max(1, (day - min(days)).days // 7 + 1) if days else 1
    return [
        row._replace(wanted=(wanted + weeks * WEEK).isoformat()) if wanted else row for row, wanted in rows
    ]


def wanted_on(line: BulkLine) -> dt.date | None:
    """The day that a line names; None when nobody could read it."""
    if line.wanted_on:
        return line.wanted_on
    try:
        return day_said(line.wanted_text, shanghai_day(line.request.created_at))
    except Refusal:
        return None


@transaction.atomic
def remove(request_id: int, by: User) -> None:
    """Away with a draft. One that was submitted before, or made for its week, is kept as taken back.

    Raises NoDraft, PermissionDenied.
    """
    request = _draft(request_id, by)
    if request.round or request.copied_from_id:
        advance(request, State.WITHDRAWN, by)
    else:
        request.steps.all().delete()
        request.delete()


def _draft(request_id: int, by: User) -> BulkRequest:
    """The locked draft. Raises NoDraft, PermissionDenied."""
    request = locked(request_id)
    _must_ask(by, request.organisation)
    if request.state != State.DRAFT:
        raise NoDraft
    return request


def _must_ask(by: User, unit: BuyerOrganisation) -> None:
    if not may_request(by, unit):
        raise PermissionDenied("this person does not state the unit's needs")


# --- reading -----------------------------------------------------------------------------------


def typed(line: BulkLine) -> Typed:
    return Typed(*(getattr(line, name) for name in COLUMNS.values()))


@transaction.atomic
def settle_lines(request: BulkRequest) -> list[Row]:
    """Keep on each line of a draft what its cells mean. Returns the rows that cannot be read, and then keeps nothing.

    A draft without any row is one row that cannot be read. Of a request that is no draft, all was read before.
    """
    if locked(request.pk).state != State.DRAFT:
        return []
    lines = list(request.lines.all())
    named = Named.load()
    rows = [read_row(typed(line), named, today()) for line in lines] or [read_row(Typed(), named, today())]
    if wrong := [row for row in rows if row.line is None]:
        return wrong
    changed = []
    for line, row in zip(lines, rows, strict=True):
        facts = {name: getattr(row.line, name) for name in _UNREAD}
        if any(getattr(line, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(line, name, value)
            changed.append(line)
    BulkLine.objects.bulk_update(changed, _UNREAD)
    return []
