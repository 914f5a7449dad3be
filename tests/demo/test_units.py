"""The demo's units are of every kind that the city has, and one of them is behind."""

from __future__ import annotations

import datetime as dt

import pytest

from marketplace.access.models import User
from marketplace.days import today
from shop.buyers.budgets import least_percent
from shop.buyers.models import BuyerOrganisation, CanteenBudget, Duty, Pairing, has_duty
from shop.buyers.progress import Standing, city_year

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def test_canteens_are_owned_shared_contracted_out_and_missing() -> None:
    units = BuyerOrganisation.objects.filter(kind="canteen")
    kinds = {kind: units.filter(canteen=kind).count() for kind in BuyerOrganisation.Canteen}
    assert kinds["own"] >= 4
    assert (kinds["shared"], kinds["contracted"], kinds["none"]) == (2, 1, 1)
    for unit in BuyerOrganisation.objects.all():
        unit.full_clean()
    assert Pairing.objects.filter(village__invented=True).count() == 3


def test_the_accounts_have_their_duties_and_nobody_approves_alone_what_they_ask_for() -> None:
    unit = BuyerOrganisation.objects.get(members__user__username="canteen")
    duties = {
        name: {kind for kind in Duty.Kind if has_duty(User.objects.get(username=name), unit, kind)}
        for name in ("canteen", "approver")
    }
    assert duties["canteen"] == {Duty.Kind.REQUESTER, Duty.Kind.RECEIVER, Duty.Kind.BOOKKEEPER}
    assert duties["approver"] == {Duty.Kind.APPROVER}
    assert Duty.objects.filter(member__organisation=unit, kind=Duty.Kind.APPROVER).count() == 2


def test_budgets_are_filed_checked_waiting_and_sent_back_and_one_unit_is_behind() -> None:
    years = city_year(today().year)
    # in the first days of a year nobody can be behind by much
    if today() >= dt.date(today().year, 1, 15):
        assert (years[0].standing, years[0].unit.name) == (Standing.BEHIND, "定州市机关事务食堂（示例）")
    assert sum(bool(each.waiting) for each in years) == 1
    assert sum(bool(each.sent_back) for each in years) == 1
    assert all(filing.reserved_percent >= least_percent() for filing in CanteenBudget.objects.all())
    assert sum(each.staff_fen for each in years) > 0
    assert sum(each.union_fen for each in years) > 0
