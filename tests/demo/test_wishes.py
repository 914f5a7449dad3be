"""The demo's reviews, addresses, favourites and notices could have been made by its people."""

from __future__ import annotations

import pytest
from django.db.models import F

from marketplace.notices.models import Notice
from shop.buyers.models import Address, BackAlert, Favourite
from shop.buyers.wishes import on_sale_now
from shop.orders.models import Review

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def test_only_goods_that_were_kept_are_reviewed_and_only_by_who_bought_them() -> None:
    assert Review.objects.count() > 50
    assert not Review.objects.exclude(by=F("line__order__buyer")).exists()
    assert not Review.objects.exclude(line__accepted_quantity__gt=F("line__returned_quantity")).exists()
    assert Review.objects.exclude(hidden_at=None).count() == 1


def test_the_citizen_has_something_of_everything() -> None:
    mine = {"user__username": "citizen"}
    assert Address.objects.filter(**mine).count() == 2
    assert Favourite.objects.filter(**mine).count() == 5
    assert Notice.objects.filter(kind="back", **mine).count() == 1
    waiting = BackAlert.objects.filter(**mine, told_at=None)
    assert waiting.count() == 2
    assert not any(on_sale_now(alert.product, alert.town) for alert in waiting), (
        "what is there is not waited for"
    )
