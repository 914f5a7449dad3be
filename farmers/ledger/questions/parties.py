"""How many households or buyers: each counts once in a cell, and in a total, where something is left to it there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import F

from .asked import PARTIES, Dimension, Key, Question
from .sources import ALL, Part, branches, sums_of

GOODS = ("grams", "saplings", "pieces")
LABELS = tuple(f"{when}_{name}" for when in ("this", "last") for name in GOODS)


def counted(question: Question, parts: list[Part]) -> Iterator[tuple[Key | None, Key | None, int, int]]:
    """Row, column, how many in the period, how many in the one a year before; None stands for the total.

    One query. A household that sold in two towns is one household of the city, so totals are counted, not added up.
    """
    statements, params = [], []
    for part in parts:
        for rows, keys in branches(part, question):
            sums = sums_of(part, GOODS)
            grouped = rows.order_by().annotate(party=F(PARTIES[question.measure]), **keys)
            query = grouped.values("r", "c", "party").annotate(**sums).values_list("r", "c", "party", *LABELS)
            sql, values = query.query.sql_with_params()
            statements.append(sql)
            params += values
    levels = [
        _level(question, drop_row, drop_col)
        for drop_row in (False, True)
        for drop_col in ((False, True) if question.cols else (False,))
    ]
    names = ", ".join(("r", "c", "party", *LABELS))
    # the parts are Django's own statements, the names constants of this file
    sql = f"WITH g ({names}) AS ({' UNION ALL '.join(statements)}) " + " UNION ALL ".join(levels)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for row, col, no_row, no_col, this, last in cursor.fetchall():
            key = None if no_row else _plain(row)
            if not question.cols:
                # the sum of a row is its only cell
                yield key, None, int(this), int(last)
                if key is not None:
                    yield key, "", int(this), int(last)
            else:
                yield key, None if no_col else _plain(col), int(this), int(last)


def _level(question: Question, drop_row: bool, drop_col: bool) -> str:
    """The count for each cell, row, column or for all: parties are put together first, then counted."""
    keys = [name for name, dropped in (("r", drop_row), ("c", drop_col)) if not dropped]
    where = [
        f"{name} {'=' if dropped else '<>'} '{ALL}'"
        for name, dimension, dropped in (("r", question.rows, drop_row), ("c", question.cols, drop_col))
        if dimension == Dimension.MARK
    ]
    inner = f"SELECT {', '.join([*keys, 'party', *(f'SUM({n}) AS {n}' for n in LABELS)])} FROM g"  # noqa: S608
    if where:
        inner += f" WHERE {' AND '.join(where)}"
    inner += f" GROUP BY {', '.join([*keys, 'party'])}"
    left = [
        f"COUNT(CASE WHEN {' OR '.join(f'{when}_{name} > 0' for name in GOODS)} THEN 1 END)"
        for when in ("this", "last")
    ]
    shown = ["NULL" if drop_row else "r", "NULL" if drop_col else "c", str(int(drop_row)), str(int(drop_col))]
    outer = f"SELECT {', '.join([*shown, *left])} FROM ({inner}) parties"  # noqa: S608
    return outer + (f" GROUP BY {', '.join(keys)}" if keys else "")


def _plain(key: Any) -> Key:
    return key if isinstance(key, str) else int(key)
