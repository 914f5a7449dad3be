"""Machines that do anything in any order, and look after each step whether what must hold does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from hypothesis.stateful import RuleBasedStateMachine

READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")


class Machine(RuleBasedStateMachine):
    """After a step that wrote nothing, all stands as it stood when it was looked at last: no second look is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._wrote = True
        connection.execute_wrappers.append(self._listen)

    def _listen(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        self._wrote = self._wrote or not sql.lstrip(" (").startswith(READS)
        return execute(sql, *rest)

    def check_invariants(self, *told: Any) -> None:
        if self._wrote:
            super().check_invariants(*told)
        self._wrote = False

    def teardown(self) -> None:
        connection.execute_wrappers.remove(self._listen)
