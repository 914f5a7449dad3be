from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation


@pytest.fixture(autouse=True)
def _the_site_s_own_language() -> Iterator[None]:
    """A page asked for in English leaves its language behind in the tests' thread."""
    with translation.override(settings.LANGUAGE_CODE):
        yield
