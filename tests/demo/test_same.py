"""The same data every time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import pytest
from django.db import transaction

from marketplace.access.models import User
from marketplace.days import SHANGHAI, today
from shop.orders.models import TrackingEvent
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


# --- a timeline that could have been -----------------------------------------------------------

WAY = ("dispatched", "arrived", "delivered")


@pytest.mark.parametrize("clock", ["00:02", "06:43", "10:31", "23:58"])
def test_every_timeline_is_possible_whenever_the_demo_is_made(clock: str) -> None:
    day = today() - dt.timedelta(days=1)
    now = dt.datetime.combine(day, dt.time.fromisoformat(clock), SHANGHAI)
    with transaction.atomic():
        fill(now=now)
        events = list(
            TrackingEvent.objects.order_by("at", "id").values_list("order", "consignment", "kind", "at")
        )
        transaction.set_rollback(True)
    assert max(at for *_, at in events) <= now
    orders: dict[int, dict[str, list[dt.datetime]]] = defaultdict(lambda: defaultdict(list))
    parcels: dict[int, dict[str, list[dt.datetime]]] = defaultdict(lambda: defaultdict(list))
    for order, parcel, kind, at in events:
        orders[order][kind].append(at)
        if parcel:
            parcels[parcel][kind].append(at)
    for told in parcels.values():
        moments = [at for kind in WAY for at in told[kind]]
        assert moments == sorted(set(moments)), told
        assert not told["delivered"] or told["dispatched"]
    for told in orders.values():
        every = [at for moments in told.values() for at in moments]
        assert told["placed"] == [min(every)]
        assert not told["dispatched"] or min(told["dispatched"]) > max(told["placed"] + told["confirmed"])
        assert not told["accepted"] or min(told["accepted"]) > max(told["delivered"])
        assert not told["returned"] or min(told["returned"]) > max(told["accepted"])
