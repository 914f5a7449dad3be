from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def query_count() -> Callable[[], CaptureQueriesContext]:
    """`with query_count() as asked: ...`, then `len(asked)`: to hold that a cost does not grow."""
    return lambda: CaptureQueriesContext(connection)
