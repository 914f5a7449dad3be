"""A question to the database whose SQL is written once.

Django writes a queryset's SQL each time it is asked, and for a question of many columns that takes several times as
long as the database takes over the answer. Where a page asks the same question of every visitor, it is written once.
"""

from __future__ import annotations

from contextlib import suppress
from copy import copy
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Expression, QuerySet

Row = TypeVar("Row")


class Given(Expression):
    """Stands in a question for a value that is told when it is asked: `filter(slug=Given("slug"))`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", (self,)


class Written(Generic[Row]):
    """`Written(lots.filter(slug=Given("slug"))).ask(slug="tudou-1")`: what `list(lots.filter(slug="tudou-1"))` gives."""

    def __init__(self, rows: QuerySet[Any, Row]) -> None:
        self._rows = rows
        self._compiler: Any = rows.query.get_compiler(rows.db)
        self._sql: str | None = None
        with suppress(EmptyResultSet):
            self._sql, self._values = self._compiler.as_sql()

    def ask(self, **given: Any) -> list[Row]:
        """The rows of now. A list: what is filtered further is another question."""
        if self._sql is None:
            return []
        values = tuple(given[value.name] if isinstance(value, Given) else value for value in self._values)
        compiler = copy(self._compiler)
        compiler.connection = connections[self._rows.db]
        compiler.as_sql = lambda *args, **kwargs: (self._sql, values)
        rows = self._rows.all()
        rows.query.get_compiler = lambda *args, **kwargs: compiler  # type: ignore[method-assign]
        return list(rows)
