"""The schema itself refuses to change what a bank told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from marketplace.access.models import Role
from shop.bank import frozen
from shop.bank.match import Part, match
from shop.bank.models import BankLine, ClosedMonth, Match
from shop.bank.month import close_month
from tests.makers import a_person, an_organisation
from tests.payments.account import at

from .files import Came, a_line

pytestmark = pytest.mark.django_db


def test_every_guard_stands() -> None:
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        standing = {row[0] for row in cursor.fetchall()}
    assert {f"{table}_{what}" for table, what in frozen.names(connection.vendor)} <= standing


@pytest.mark.parametrize(
    "change",
    [
        lambda: BankLine.objects.update(amount_fen=1),
        lambda: BankLine.objects.update(serial="X"),
        lambda: BankLine.objects.update(day=dt.date(2026, 1, 1)),
        lambda: BankLine.objects.all()._raw_delete("default"),
        lambda: Match.objects.update(amount_fen=1),
        lambda: Match.objects.all()._raw_delete("default"),
        lambda: ClosedMonth.objects.update(words="x"),
        lambda: ClosedMonth.objects.update(figures={}),
        lambda: ClosedMonth.objects.all()._raw_delete("default"),
    ],
)
def test_what_the_bank_told_is_never_changed(change: Callable[[], Any]) -> None:
    cashier = a_person(Role.CASHIER)
    with at(7, 5):
        line = a_line(Came(1200), by=cashier)
        match(line.pk, [Part(1200, unit=an_organisation().pk)], cashier)
        close_month(dt.date(2026, 6, 1), "", cashier)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        change()
