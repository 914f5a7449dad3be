"""What the green channel's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _refused_in_english(_the_site_s_own_language: None) -> Iterator[None]:
    """The words of a refusal are compared as they stand in the code; pages speak their reader's language all the same."""
    with translation.override("en"):
        yield
