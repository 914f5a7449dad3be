from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.demo_city import City, filled


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[City]:
    """The whole demo, for the module's tests to read."""
    with filled(django_db_blocker) as made:
        yield made
