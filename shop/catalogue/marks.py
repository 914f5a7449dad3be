"""What a household is marked as, told in the query of its lots."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Aggregate, CharField, OuterRef, QuerySet, Subquery

from farmers.registry.models import MarkKind
from farmers.stock.models import Lot, current_marks


class Joined(Aggregate):
    """The words of a group with commas between them, in no order."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ',')"
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **extra)


def with_marks(lots: QuerySet[Lot], day: dt.date) -> QuerySet[Lot]:
    """The lots, each with `mark_kinds` for `marks`: those of its household that hold on `day`."""
    held = current_marks(day).filter(household=OuterRef("household")).order_by().values("household")
    return lots.annotate(mark_kinds=Subquery(held.annotate(kinds=Joined("kind")).values("kinds")))


def marks(lot: Lot) -> list[MarkKind]:
    """The marks that may be told: those of a household that agreed to be shown."""
    if not lot.household.consent_on:
        return []
    kinds = (getattr(lot, "mark_kinds", None) or "").split(",")
    return [kind for kind in MarkKind if kind in kinds]
