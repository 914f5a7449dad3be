from __future__ import annotations

import pytest

from shop.orders.models import OrderLine, State, Weighing
from shop.orders.weigh import settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def test_what_the_scales_said_comes_to_what_was_accepted() -> None:
    rows = list(Weighing.objects.select_related("line__order"))
    assert rows
    for row in rows:
        assert row.weighed is not None
        assert row.line.order.organisation_id
        assert row.line.order.state == State.ACCEPTED
        outcome = settle(row.line.quantity, row.weighed, row.refused)
        assert outcome.accepted == row.line.accepted_quantity
    outcomes = [settle(row.line.quantity, row.weighed or 0, row.refused) for row in rows]
    for kind in ("short", "refused", "surplus"):
        assert any(getattr(one, kind) for one in outcomes), kind


def test_a_person_who_bought_stood_at_no_scale() -> None:
    assert not OrderLine.objects.filter(weighing__isnull=False, order__organisation=None).exists()
