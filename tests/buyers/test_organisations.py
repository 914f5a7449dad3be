from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from farmers.ledger.kinds import Channel
from marketplace.access.models import Role
from shop.buyers.models import (
    BuyerOrganisation,
    Duty,
    Member,
    Pairing,
    has_duty,
    organisation_of,
    organisations_of,
)
from shop.orders.models import Order, PayBy
from tests.makers import a_person, a_village, an_order, an_organisation

pytestmark = pytest.mark.django_db


def test_a_person_acts_for_one_unit_or_none() -> None:
    buyer, approver, stranger = a_person(Role.CANTEEN), a_person(Role.APPROVER), a_person()
    unit = an_organisation(buyer, approver)
    assert organisation_of(buyer) == organisation_of(approver) == unit
    assert organisation_of(stranger) is None
    assert organisation_of(AnonymousUser()) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(organisation=an_organisation(), user=buyer)


@pytest.mark.parametrize(
    ("kind", "channel"),
    [("canteen", Channel.CANTEEN), ("nursery", Channel.GREEN), ("enterprise", Channel.ONLINE)],
)
def test_each_kind_of_unit_buys_by_its_channel(kind: str, channel: Channel) -> None:
    assert an_organisation(kind=BuyerOrganisation.Kind(kind)).channel == channel


def test_the_table_refuses_an_unknown_kind_and_an_account_without_a_unit() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        BuyerOrganisation.objects.create(name="x", kind="hotel", address="y")
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=an_order().pk).update(pay_by=PayBy.ON_ACCOUNT)


# --- canteens ------------------------------------------------------------------------------------

Canteen = BuyerOrganisation.Canteen


@pytest.mark.parametrize(
    "wrong",
    [
        {"canteen": "borrowed"},
        {"canteen": "shared"},
        {"canteen": "contracted"},
        {"canteen": "own", "files_through": True},
        {"canteen": "none", "operator": True},
        {"canteen": "own", "kind": "enterprise"},
        {"canteen": "own", "kind": "nursery"},
        {"approval_from_fen": 2_000_000},
        {"two_approvals_from_fen": 1},
    ],
)
def test_the_table_refuses_a_canteen_told_by_halves_and_limits_upside_down(wrong: dict[str, Any]) -> None:
    other = an_organisation()
    facts = {key: other if value is True else value for key, value in wrong.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        BuyerOrganisation.objects.create(**{"name": "x", "kind": "canteen", "address": "y", **facts})


@pytest.mark.parametrize(("canteen", "other"), [("shared", "files_through"), ("contracted", "operator")])
def test_no_unit_files_through_itself_or_cooks_for_itself(canteen: str, other: str) -> None:
    unit = an_organisation()
    with pytest.raises(IntegrityError), transaction.atomic():
        BuyerOrganisation.objects.filter(pk=unit.pk).update(canteen=canteen, **{other: unit.pk})


def test_who_files_for_others_files_itself() -> None:
    named = an_organisation()
    sharer = an_organisation(canteen="shared", files_through=named)
    third = an_organisation(canteen="none")
    third.canteen, third.files_through = Canteen.SHARED, sharer
    with pytest.raises(ValidationError) as refused:
        third.full_clean()
    assert set(refused.value.message_dict) == {"files_through"}
    named.canteen = Canteen.NONE
    with pytest.raises(ValidationError) as refused:
        named.full_clean()
    assert set(refused.value.message_dict) == {"canteen"}


def test_a_village_is_paired_with_an_enterprise_once() -> None:
    works, village = an_organisation(kind=BuyerOrganisation.Kind.ENTERPRISE), a_village()
    Pairing(organisation=works, village=village).full_clean()
    Pairing.objects.create(organisation=works, village=village)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pairing.objects.create(organisation=works, village=village)
    with pytest.raises(ValidationError):
        Pairing(organisation=an_organisation(), village=village).full_clean()


def test_an_operator_buys_for_the_units_it_cooks_for_and_leaves_money_matters_to_them(
    query_budget: Any,
) -> None:
    cook, buyer, stranger = a_person(Role.CANTEEN), a_person(Role.CANTEEN), a_person(Role.CANTEEN)
    kitchen = an_organisation(
        kind=BuyerOrganisation.Kind.ENTERPRISE, duties={cook: list(Duty.Kind)}, name="甲餐饮公司"
    )
    college = an_organisation(buyer, canteen="contracted", operator=kitchen, name="乙学院")
    other = an_organisation(stranger)
    with query_budget(1):
        assert organisations_of(cook) == [kitchen, college]
    assert organisation_of(cook) == kitchen
    assert organisations_of(buyer) == [college]
    assert organisations_of(stranger) == [other]
    assert organisations_of(AnonymousUser()) == []
    may = {duty for duty in Duty.Kind if has_duty(cook, college, duty)}
    assert may == {Duty.Kind.REQUESTER, Duty.Kind.RECEIVER}
    assert not any(has_duty(cook, other, duty) for duty in Duty.Kind)
    assert not any(has_duty(buyer, college, duty) for duty in Duty.Kind)
    cook.is_active = False
    assert not has_duty(cook, kitchen, Duty.Kind.REQUESTER)
