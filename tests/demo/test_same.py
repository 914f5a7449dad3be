"""The same data every time."""

from __future__ import annotations

import pytest
from django.db import transaction

from marketplace.access.models import User
from tests.demo_city import fill, fingerprint

pytestmark = pytest.mark.django_db


def test_two_fills_give_the_same_city_under_whatever_keys() -> None:
    prints = []
    for _ in range(2):
        with transaction.atomic():
            # a database that has given keys to others before
            User.objects.create_user("somebody").delete()
            fill()
            prints.append(fingerprint())
            transaction.set_rollback(True)
    first, second = prints
    assert first.keys() == second.keys()
    for part in first:
        assert first[part] == second[part], part
    assert len({number for number, *_ in first["orders"]}) == len(first["orders"]) > 1000


def test_a_fill_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("marketplace.demo.fill.move_stock", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fill()
    assert not User.objects.filter(username="citizen").exists()
