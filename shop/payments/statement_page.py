"""What a statement's page shows, and who may do what there: decided here, once."""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, may
from shop.buyers.models import Duty, has_duty

from .models import PayLink, Statement, StatementLine, Tick
from .standing import standings
from .statements import money_untold


class Abilities(NamedTuple):
    """`ticks`: checks the lines off and closes; `answers`: to disputes; `settles`: records money; `pays`: online."""

    ticks: bool
    answers: bool
    settles: bool
    pays: bool


def keeps_books(user: User, statement: Statement) -> bool:
    """Whether this person checks the unit's statements."""
    return may(user, Act.SEE_UNIT_ORDERS) and has_duty(user, statement.organisation, Duty.Kind.BOOKKEEPER)


def abilities(user: User, statement: Statement) -> Abilities:
    return Abilities(
        ticks=statement.closed_at is None and keeps_books(user, statement),
        answers=may(user, Act.SETTLE) or may(user, Act.CORRECT_LEDGER),
        settles=may(user, Act.SETTLE),
        pays=bool(settings.STRIPE_SECRET_KEY) and (may(user, Act.SETTLE) or keeps_books(user, statement)),
    )


def statement_for(request: SignedIn, number: str) -> Statement:
    """The statement, if this person may open it; else 404, so that numbers tell nothing."""
    if "\0" in number:  # PostgreSQL would not even look
        raise Http404
    mine = Statement.objects.visible_to(request.user).select_related("organisation", "issued_by", "closed_by")
    return get_object_or_404(mine.defer("organisation__phone"), number=number)


class Group(NamedTuple):
    """An order's lines on a statement."""

    order_number: str
    lines: list[StatementLine]

    @property
    def amount_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)

    @property
    def left(self) -> int:
        """Lines that nobody has looked at yet."""
        return sum(tick_of(line) is None for line in self.lines)


class Progress(NamedTuple):
    agreed: int
    disputed: int
    left: int

    @property
    def all(self) -> int:
        return self.agreed + self.disputed + self.left


def tick_of(line: StatementLine) -> Tick | None:
    return getattr(line, "tick", None)


def lines_of(statement: Statement, order_number: str = "") -> list[StatementLine]:
    """In the order of their orders, as these first appear."""
    lines = statement.lines.select_related("tick__by", "tick__answered_by")
    if order_number:
        return list(lines.filter(order_number=order_number))
    found = list(lines)
    first: dict[str, int] = {}
    for line in found:
        first.setdefault(line.order_number, line.position)
    return sorted(found, key=lambda line: (first[line.order_number], line.position))


def groups(lines: list[StatementLine]) -> list[Group]:
    return [Group(number, list(own)) for number, own in groupby(lines, key=lambda line: line.order_number)]


def progress(statement: Statement) -> Progress:
    """In one query."""
    states = list(Tick.objects.filter(line__statement=statement).values_list("state", flat=True))
    return _progress(statement, states.count(Tick.State.AGREED), states.count(Tick.State.DISPUTED))


def _progress(statement: Statement, agreed: int, disputed: int) -> Progress:
    return Progress(agreed, disputed, statement.line_count - agreed - disputed)


def context(request: HttpRequest, statement: Statement, can: Abilities) -> dict[str, Any]:
    """The whole page's; the cost does not grow with the lines."""
    lines = lines_of(statement)
    states = [tick.state for line in lines if (tick := tick_of(line))]
    others = Statement.objects.filter(organisation=statement.organisation)
    before = others.filter(period__lt=statement.period).order_by("-period").first()
    after = others.filter(period__gt=statement.period).order_by("period").first()
    return {
        "statement": statement,
        "can": can,
        "groups": groups(lines),
        "disputes": [line for line in lines if (tick := tick_of(line)) and tick.words],
        "progress": _progress(statement, states.count(Tick.State.AGREED), states.count(Tick.State.DISPUTED)),
        "link": statement.links.filter(state=PayLink.State.OPEN).exclude(url="").first()
        if can.pays
        else None,
        "credits": statement.credits.all(),
        "standing": standings([statement])[statement.pk],
        # what came after an earlier statement stands on the next
        "since": [] if after else money_untold(statement.organisation),
        "before": before,
        "after": after,
    }
