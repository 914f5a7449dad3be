"""The same data every time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from farmers.registry.models import Household
from marketplace.access.models import User
from marketplace.demo.told import tell_of_it
from shop.orders.models import Order
from tests import clean_database
from tests.demo_city import fill, fingerprint, the_city

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def first(django_db_setup: None, django_db_blocker: Any) -> Any:
    """When the city of all tests was filled, and what people see of it."""
    with django_db_blocker.unblock():
        clean_database.want(clean_database.CITY)
        told = the_city().now, fingerprint()
        clean_database.want(clean_database.AS_MIGRATED)
    return told


def test_another_fill_gives_the_same_city_under_whatever_keys_and_one_that_breaks_off_leaves_nothing(
    first: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, before = first
    found: dict[str, list[tuple[Any, ...]]] = {}

    def interrupted(*args: Any) -> None:
        tell_of_it(*args)
        found.update(fingerprint())
        raise KeyboardInterrupt

    # a database that has given keys to others before
    User.objects.create_user("somebody").delete()
    monkeypatch.setattr("marketplace.demo.fill.timezone", SimpleNamespace(now=lambda: now))
    # at the last of its steps
    monkeypatch.setattr("marketplace.demo.fill.tell_of_it", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fill()
    assert not any(model.objects.exists() for model in (User, Household, Order))
    assert found.keys() == before.keys()
    for part in before:
        assert found[part] == before[part], part
    assert len({number for number, *_ in before["orders"]}) == len(before["orders"]) > 1000
