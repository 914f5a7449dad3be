"""A sample of plants is measured when they come, and stands beside what was promised of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from marketplace.access.models import Role
from shop.green.models import Sample
from shop.green.sample import Measured, compared, measure, promised
from shop.green.steps import Refused
from shop.orders.models import Order
from tests.makers import a_person, an_order, sent_off, signed_in

from .talks import Scene, a_scene, agreed

pytestmark = pytest.mark.django_db
GRADE = "胸径 5–6 厘米 · 高 2.5–3 米"


@pytest.fixture
def scene() -> Scene:
    return a_scene(grade=GRADE)


@pytest.fixture
def order(scene: Scene) -> Order:
    return sent_off(agreed(scene))


def address(order: Order) -> str:
    return reverse("green:sample", args=[order.number, order.lines.get().pk])


def form(**changed: Any) -> dict[str, Any]:
    facts = {"plants": 10, "trunk_least": "4.8cm", "trunk_mean": "5.4cm", "trunk_at": "breast"}
    return {**facts, "height_least": "2.6m", "height_mean": "2.8m", **changed}


def test_measured_beside_the_promise(scene: Scene, order: Order) -> None:
    client = signed_in(scene.buyer)
    assert address(order) in client.get(order.get_absolute_url()).content.decode()
    assert address(order) in client.get(reverse("orders:weigh", args=[order.number])).content.decode()
    assert client.post(address(order), form()).status_code == 302
    sample = Sample.objects.get()
    assert (sample.plants, sample.trunk_least, sample.trunk_mean, sample.height_least) == (10, 48, 54, 2600)
    rows = compared(sample, promised(order.lines.get()))
    assert [(row.promised, row.least, row.mean, row.short) for row in rows] == [
        ("5–6 cm", "4.8 cm", "5.4 cm", True),
        ("2.5–3 m", "2.6 m", "2.8 m", False),
    ]
    for user in (scene.buyer, scene.seller, scene.officer):
        assert "4.8 cm" in signed_in(user).get(order.get_absolute_url()).content.decode()


def test_a_trunk_measured_elsewhere_is_not_called_short(scene: Scene, order: Order) -> None:
    line = order.lines.get()
    sample = measure(line.pk, 5, {"trunk": Measured(10, 20)}, scene.buyer, trunk_at="ground")
    assert [(row.promised, row.short) for row in compared(sample, promised(line))] == [("", False)]


def test_a_later_edit_of_the_lot_changes_no_promise(scene: Scene, order: Order) -> None:
    type(scene.lot).objects.filter(pk=scene.lot.pk).update(grade="胸径 1 厘米")
    size = promised(order.lines.get()).trunk
    assert size is not None
    assert size.smallest == 50


def test_the_same_sample_twice_is_one_and_another_is_refused(scene: Scene, order: Order) -> None:
    client = signed_in(scene.buyer)
    assert [client.post(address(order), form()).status_code for _ in range(2)] == [302, 302]
    assert client.post(address(order), form(plants=11)).status_code == 409
    assert Sample.objects.get().plants == 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"plants": 0},
        {"plants": 41},
        {"plants": ""},
        {"trunk_least": ""},
        {"trunk_mean": ""},
        {"trunk_mean": "4cm"},
        {"trunk_least": "thin"},
        {"trunk_least": "-1"},
        {"trunk_mean": "900m"},
        {"trunk_at": "top"},
        {"trunk_least": "", "trunk_mean": "", "height_least": "", "height_mean": ""},
        {"note": "a" * 201},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(scene: Scene, order: Order, wrong: dict[str, Any]) -> None:
    assert signed_in(scene.buyer).post(address(order), form(**wrong)).status_code == 422
    assert not Sample.objects.exists()


def test_nothing_is_measured_before_it_has_left(scene: Scene) -> None:
    order = agreed(scene)
    assert signed_in(scene.buyer).post(address(order), form()).status_code == 409
    with pytest.raises(Refused):
        measure(order.lines.get().pk, 1, {"height": Measured(1, 1)}, scene.buyer)
    assert not Sample.objects.exists()


def test_only_whoever_receives_measures_and_only_saplings(scene: Scene, order: Order) -> None:
    for user in (scene.seller, scene.officer, a_person(Role.CASHIER)):
        assert signed_in(user).post(address(order), form()).status_code == 403
    buyer = a_person()
    potatoes = an_order(buyer=buyer)
    line = potatoes.lines.first()
    assert line is not None
    where = reverse("green:sample", args=[potatoes.number, line.pk])
    assert signed_in(buyer).get(where).status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"plants": 0}, {"trunk_mean": 1}, {"trunk_at": ""}, {"height_mean": None}, {"crown_least": 5}]
)
def test_the_schema_refuses_a_sample_that_cannot_be(
    scene: Scene, order: Order, wrong: dict[str, Any]
) -> None:
    line = order.lines.get()
    found = {"trunk": Measured(40, 50), "height": Measured(10, 20)}
    sample = measure(line.pk, 5, found, scene.buyer, trunk_at="breast")
    with pytest.raises(IntegrityError), transaction.atomic():
        Sample.objects.filter(pk=sample.pk).update(**wrong)
