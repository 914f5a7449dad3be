"""Drafts of bulk requests: begun, saved as they are typed, copied, removed, and read when they are to be submitted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from marketplace.days import today

from .models import BulkLine, BulkRequest, State
from .named import Named
from .read import ReadLine, Row, Typed, read_rows

MAX_LINES = 200
# cells and the columns that keep them
COLUMNS = {cell: f"{cell}_text" for cell in Typed._fields}
_READ = ("product", "quantity", "unit", "unit_size", "max_price_fen", "wanted_on")
EDITABLE = frozenset({State.DRAFT, State.LAPSED})
_FAR = 1_000  # past every position


class Unreadable(Exception):
    """Some cells cannot be read, or there are none; nothing was stored."""

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__("some cells cannot be read")
        self.rows = list(rows)


class Stale(Exception):
    """The draft was saved elsewhere since this page was opened; the newer one stays. Carries it."""

    def __init__(self, request: BulkRequest) -> None:
        super().__init__("the draft was changed elsewhere")
        self.request = request


class NoDraft(Exception):
    """The request is submitted, approved or taken back: its lines stay as they are."""


class TooMany(Exception):
    """More rows than one request may have; nothing was saved."""


# --- reading -----------------------------------------------------------------------------------


def typed(line: BulkLine) -> Typed:
    return Typed(*(getattr(line, name) for name in COLUMNS.values()))


def read_request(request: BulkRequest, day: dt.date | None = None) -> list[Row]:
    """The request's rows as read on `day`: each has its `line`, or its `errors`. Two queries."""
    rows = [typed(line) for line in request.lines.all()]
    return read_rows(rows, Named.load(), day or today()) if rows else []


@transaction.atomic
def settle_lines(request: BulkRequest) -> list[ReadLine]:
    """Read the cells and keep on each line what they mean. Raises Unreadable, NoDraft."""
    request = _locked(request.pk)
    lines = list(request.lines.all())
    rows = read_rows([typed(line) for line in lines], Named.load(), today())
    read = [row.line for row in rows]
    if not rows or None in read:
        raise Unreadable(rows)
    changed = []
    for line, meant in zip(lines, read, strict=True):
        facts = {name: getattr(meant, name) for name in _READ}
        if any(getattr(line, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(line, name, value)
            changed.append(line)
    BulkLine.objects.bulk_update(changed, _READ)
    return [line for line in read if line]


def _locked(request_id: int) -> BulkRequest:
    """The draft, with its row lock. Raises NoDraft."""
    request = BulkRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request_id)
    if request.state not in EDITABLE:
        raise NoDraft
    return request
