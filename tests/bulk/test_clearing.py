"""Canteens whose recent requests fit are shown what is about to spoil."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from farmers.stock.models import Lot
from marketplace.days import today
from shop.bulk.clearing import LATELY, fitting
from shop.bulk.models import BulkRequest
from tests.bulk.needs import a_request, a_unit, requester
from tests.makers import JIN, a_lot, signed_in

pytestmark = pytest.mark.django_db


def about_to_spoil(product: str, left: int = 1) -> Lot:
    lot = a_lot(50, product=product)
    Lot.objects.filter(pk=lot.pk).update(good_until=today() + dt.timedelta(days=left))
    return lot


def asked(request: BulkRequest, ago: dt.timedelta = dt.timedelta()) -> None:
    BulkRequest.objects.filter(pk=request.pk).update(state="approved", submitted_at=timezone.now() - ago)


def test_of_what_was_asked_for_lately_what_spoils_first_stands_first() -> None:
    buyer = requester(unit := a_unit())
    asked(a_request(buyer, [("tudou", 100), ("dabaicai", 100)]))
    (
        about_to_spoil("tudou", 2),
        about_to_spoil("tudou", 1),
        about_to_spoil("dabaicai", 0),
        about_to_spoil("xihongshi"),
    )
    fits = fitting([unit], today())
    assert [(fit.product.slug, fit.left, fit.lots) for fit in fits] == [
        ("dabaicai", 50 * JIN, 1),
        ("tudou", 100 * JIN, 2),
    ]
    assert fits[1].last_day == today() + dt.timedelta(days=1)


def test_drafts_and_what_was_asked_long_ago_do_not_count() -> None:
    buyer = requester(unit := a_unit())
    a_request(buyer, [("tudou", 100)])
    asked(a_request(buyer, [("dabaicai", 100)]), LATELY + dt.timedelta(days=1))
    about_to_spoil("tudou"), about_to_spoil("dabaicai")
    assert fitting([unit], today()) == []


def test_the_page_of_requests_shows_it_to_this_unit_alone() -> None:
    buyer, other = requester(a_unit()), requester(a_unit())
    asked(a_request(buyer, [("tudou", 100)]))
    about_to_spoil("tudou")
    address = f'{reverse("shop:clearance")}?product=tudou"'
    assert address in signed_in(buyer).get(reverse("bulk:requests")).content.decode()
    assert address not in signed_in(other).get(reverse("bulk:requests")).content.decode()
