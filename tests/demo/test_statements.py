"""The demo's accounts: statements of every month that is over, one unit behind, one line disputed."""

from __future__ import annotations

import pytest
from django.db.models import Sum
from django.utils import timezone

from marketplace.days import today
from shop.buyers.models import BuyerOrganisation
from shop.payments.books import books
from shop.payments.models import Statement, StatementLine, Tick, Transfer
from shop.payments.months import month_before
from shop.payments.standing import balances, overdue, standings
from shop.payments.statements import draw_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def test_each_unit_has_last_months_and_nothing_is_left_untold() -> None:
    last = month_before(today())
    for unit in BuyerOrganisation.objects.filter(orders__pay_by="on_account").distinct():
        assert draw_up(unit, last) == []
        newest = Statement.objects.filter(organisation=unit).order_by("-period").first()
        assert newest is not None
        assert newest.issued_at <= timezone.now()
        assert standings([newest])[newest.pk].due_fen <= max(balances([unit.pk])[unit.pk], 0)


def test_they_add_up_and_follow_each_other() -> None:
    lines = StatementLine.objects.order_by().values_list("statement").annotate(fen=Sum("amount_fen"))
    sums = dict(lines)
    for unit in BuyerOrganisation.objects.filter(orders__pay_by="on_account").distinct():
        balance = 0
        for statement in Statement.objects.filter(organisation=unit).order_by("period"):
            assert statement.opening_fen == balance
            assert sums.get(statement.pk, 0) == statement.accepted_fen - statement.returned_fen
            balance = statement.closing_fen
    assert books().difference == 0


def test_one_unit_is_behind() -> None:
    late = {statement.organisation.name for statement, _own in overdue()}
    assert "定州市示例财税大院食堂" in late


def test_the_canteens_bookkeeper_is_half_through_the_last_one() -> None:
    statement = Statement.objects.filter(organisation__members__user__username="canteen").order_by("-period")[
        0
    ]
    states = list(Tick.objects.filter(line__statement=statement).values_list("state", flat=True))
    assert statement.closed_at is None
    assert states.count("disputed") == 1
    assert 0 < len(states) < statement.line_count
    assert Tick.objects.exclude(answer="").count() == 1


def test_what_came_on_one_day_is_one_transfer() -> None:
    for transfer in Transfer.objects.annotate(shared=Sum("payments__received_fen")):
        assert transfer.amount_fen == transfer.shared
        assert transfer.left_fen == 0
