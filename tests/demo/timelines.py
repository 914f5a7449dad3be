"""Whether what the timelines tell could have happened."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from shop.orders.models import TrackingEvent

WAY = ("dispatched", "arrived", "delivered")
Told = dict[int, dict[str, list[dt.datetime]]]


def check_timelines(now: dt.datetime) -> None:
    orders: Told = defaultdict(lambda: defaultdict(list))
    parcels: Told = defaultdict(lambda: defaultdict(list))
    events = TrackingEvent.objects.order_by("at", "id").values_list("order", "consignment", "kind", "at")
    for order, parcel, kind, at in events:
        assert at <= now
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
    assert orders
