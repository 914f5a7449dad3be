"""A bank's line finds whose it is by number, name and amount; what is not sure waits for the cashier."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from marketplace.access.models import Role, User
from shop.bank.guess import Guess, asked, guess
from shop.bank.match import Part, match, put_back, set_aside
from shop.bank.models import BankLine, Match
from shop.bank.settle import settle_sure
from shop.orders.models import PayBy
from shop.payments.books import books
from shop.payments.models import Payment, Statement, Transfer
from shop.payments.receive import NotTaken, collect_cash
from shop.payments.statements import issue
from tests.makers import a_person, accepted, an_order
from tests.payments.account import JULY, a_canteen, at, bought, june, paid, standing

from .files import Came, a_file, a_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def cashier() -> User:
    return a_person(Role.CASHIER)


def best(line: BankLine) -> Guess | None:
    return guess(line, asked([line]))


def owing(jin: int = 10) -> Statement:
    """A unit's statement of June, with ¥12.00 due."""
    unit, buyer = a_canteen()
    with at(6, 3):
        bought(unit, buyer, jin=jin)
    return june(unit)


def two_months() -> tuple[Statement, Statement]:
    """¥12.00 due for June, ¥6.00 for July."""
    unit, buyer = a_canteen()
    with at(6, 3):
        bought(unit, buyer)
    with at(7, 3):
        bought(unit, buyer, jin=5)
    with at(8, 1):
        first, second = issue(unit.pk, JULY)
    return first, second


@pytest.mark.parametrize(
    "words",
    [
        "付{number}货款",
        "{number}",
        "zd{month} {rest}",
        "货款ZD{month}—{rest}，谢谢",
        "{wide} 12.00元",
        "支付 {number} 1200",
    ],
)
def test_a_statements_number_and_its_amount_are_sure(cashier: User, words: str) -> None:
    statement = owing()
    month, rest = statement.number[2:8], statement.number[9:]
    wide = "".join(chr(ord(char) + 0xFEE0) for char in statement.number)
    with at(7, 5):
        line = a_line(Came(1200, words.format(number=statement.number, month=month, rest=rest, wide=wide)))
        assert settle_sure(cashier)[:2] == (1, 1200)
    line.refresh_from_db()
    assert line.state == BankLine.State.MATCHED
    transfer = line.matches.get().transfer
    assert transfer is not None
    assert (transfer.organisation, transfer.reference) == (statement.organisation, line.serial)
    assert standing(statement).due_fen == 0
    assert books().difference == 0


def test_one_transfer_covers_several_statements_and_several_cover_one(cashier: User) -> None:
    first, second = two_months()
    with at(8, 5):
        a_file(Came(1800, f"{first.number} {second.number}", day="2026-08-05"))
        settle_sure(cashier)
        assert standing(first).due_fen == standing(second).due_fen == 0
    third = owing()
    with at(8, 6):
        one, other = a_file(
            Came(700, third.number, serial="A"), Came(500, third.number, serial="B")
        ).lines.all()
        # neither is the amount that is asked for: the cashier looks, and the second is then exact
        assert settle_sure(cashier).lines == 0
        proposed = best(one)
        assert proposed and proposed.parts == (Part(700, unit=third.organisation_id),)
        match(one.pk, proposed.parts, cashier)
        assert standing(third).due_fen == 500
        assert settle_sure(cashier).lines == 1
        assert standing(third).due_fen == 0
    other.refresh_from_db()
    assert other.state == BankLine.State.MATCHED
    assert books().difference == 0


def test_one_transfer_of_the_treasury_pays_statements_of_several_units(cashier: User) -> None:
    first, second = owing(), owing(jin=20)
    with at(7, 5):
        line = a_line(Came(3600, f"食堂货款 {second.number}、{first.number}", payer="定州市国库集中支付中心"))
        assert settle_sure(cashier).lines == 1
        assert standing(first).due_fen == standing(second).due_fen == 0
    assert sorted(m.amount_fen for m in line.matches.all()) == [1200, 2400]
    assert {t.reference for t in Transfer.objects.all()} == {f"{line.serial}-1", f"{line.serial}-2"}


def test_the_name_of_a_unit_and_its_amount_are_sure_and_another_amount_is_not(cashier: User) -> None:
    statement = owing()
    name = statement.organisation.name
    with at(7, 5):
        exact, other = a_file(
            Came(1300, payer=name, serial="B"), Came(1200, payer=f" {name[:4]} {name[4:]}", serial="A")
        ).lines.order_by("serial")
        guessed = best(other)
        assert guessed and not guessed.sure and "1.00" in guessed.but
        assert settle_sure(cashier).lines == 1
        assert standing(statement).due_fen == 0
    exact.refresh_from_db()
    other.refresh_from_db()
    assert (exact.state, other.state) == (BankLine.State.MATCHED, BankLine.State.NEW)


def test_the_amount_alone_is_only_a_hint(cashier: User) -> None:
    statement = owing()
    with at(7, 5):
        line = a_line(Came(1200, "货款"))
        guessed = best(line)
        assert guessed and not guessed.sure and guessed.parts[0].unit == statement.organisation_id
        assert settle_sure(cashier).lines == 0
        owing()
        assert best(line) is None, "two units owe as much"


def test_a_number_of_one_unit_in_another_units_transfer_waits(cashier: User) -> None:
    statement, other = owing(), owing()
    with at(7, 5):
        line = a_line(Came(1200, statement.number, payer=other.organisation.name))
        guessed = best(line)
        assert guessed and not guessed.sure and other.organisation.name in guessed.but
        assert settle_sure(cashier).lines == 0
    assert not Transfer.objects.exists()


def test_a_number_that_goes_on_is_not_another_statements(cashier: User) -> None:
    statement = owing()
    with at(7, 5):
        line = a_line(Came(1300, f"{statement.number}7777"))
        assert best(line) is None
        assert settle_sure(cashier).lines == 0


def test_whoever_paid_before_is_known_again(cashier: User) -> None:
    first, second = two_months()
    with at(8, 5):
        one, other = a_file(
            Came(1200, first.number, payer="李会计", serial="A"), Came(600, payer="李会计", serial="B")
        ).lines.order_by("serial")
        match(one.pk, [Part(1200, unit=first.organisation_id)], cashier)
        guessed = best(other)
        assert guessed and not guessed.sure and guessed.covers == (second.number,)


def test_an_orders_number_pays_that_order_and_no_other(cashier: User) -> None:
    order = accepted(an_order(PayBy.ON_DELIVERY))
    a_file(Came(2500, f"买菜 {order.number.lower().replace('-', '')}", day="2026-11-01"))
    assert settle_sure(cashier).lines == 1
    order.refresh_from_db()
    assert order.due_fen == 0
    payment = order.payments.get()
    assert (payment.provider, payment.bank_match.line.amount_fen) == (Payment.Provider.TRANSFER, 2500)
    # the money of an order on account is its unit's
    unit, buyer = a_canteen()
    own = bought(unit, buyer)
    line = a_file(Came(1200, own.number, serial="X", day="2026-11-01")).lines.get()
    with pytest.raises(NotTaken, match=own.number):
        match(line.pk, [Part(1200, order=own.pk)], cashier)
    assert settle_sure(cashier).lines == 1
    assert Transfer.objects.get().organisation == unit


def test_what_was_recorded_by_hand_is_recognised_and_not_counted_again(cashier: User) -> None:
    statement = owing()
    with at(7, 4):
        transfer = paid(statement.organisation, 1200, "S-77")
    order = accepted(an_order(PayBy.ON_DELIVERY))
    payment = collect_cash(order, 2500, "S-78", cashier, provider=Payment.Provider.TRANSFER)
    a_file(Came(1200, serial="S-77"), Came(2500, order.number, serial="S-78"))
    settle_sure(cashier)
    assert Match.objects.get(recorded_before=True, transfer__isnull=False).transfer == transfer
    assert Transfer.objects.count() == 1
    line = BankLine.objects.get(serial="S-78")
    match(line.pk, [Part(2500, order=order.pk)], cashier)
    assert line.matches.get().payment == payment
    assert books().received == 3700


def test_the_parts_come_to_the_line_or_nothing_is_saved(cashier: User) -> None:
    first, second = owing(), owing()
    with at(7, 5):
        line = a_line(Came(2000))
        one, other = first.organisation_id, second.organisation_id
        for wrong in ([Part(1999, unit=one)], [Part(2001, unit=one)], [Part(1000, unit=one)] * 2):
            with pytest.raises(NotTaken):
                match(line.pk, wrong, cashier)
        with pytest.raises(ValueError, match="a part"):
            match(line.pk, [Part(2000)], cashier)
        assert not Transfer.objects.exists()
        parts = [Part(800, unit=other), Part(1200, unit=one)]
        assert match(line.pk, parts, cashier) == match(line.pk, parts[::-1], cashier)
        with pytest.raises(NotTaken):
            match(line.pk, [Part(2000, unit=one)], cashier)
    assert Transfer.objects.count() == Match.objects.count() == 2


def test_a_line_is_set_aside_for_a_reason_and_put_back(cashier: User) -> None:
    with at(7, 5):
        line = a_line(Came(321, "利息"))
        assert set_aside(line.pk, " 存款利息 ", cashier).reason == "存款利息"
        set_aside(line.pk, "存款利息", cashier)
        with pytest.raises(NotTaken):
            set_aside(line.pk, "别的", cashier)
        unit, _buyer = a_canteen()
        with pytest.raises(NotTaken):
            match(line.pk, [Part(321, unit=unit.pk)], cashier)
        put_back(line.pk, cashier)
        match(line.pk, [Part(321, unit=unit.pk)], cashier)
        with pytest.raises(NotTaken):
            put_back(line.pk, cashier)
    assert Transfer.objects.get().left_fen == 321


def test_only_who_settles_decides(cashier: User) -> None:
    with at(7, 5):
        line = a_line(Came(321))
        unit, _buyer = a_canteen()
        for role in set(Role) - {Role.CASHIER, Role.ADMIN}:
            person = a_person(role)
            for act in (
                lambda who=person: match(line.pk, [Part(321, unit=unit.pk)], who),
                lambda who=person: set_aside(line.pk, "x", who),
                lambda who=person: put_back(line.pk, who),
                lambda who=person: a_file(Came(1), by=who),
            ):
                with pytest.raises(PermissionDenied):
                    act()


def test_what_went_out_is_kept_and_matches_nothing(cashier: User) -> None:
    with at(7, 5):
        line = a_line(Came(-1200, "付农户"))
        assert line.state == BankLine.State.OUT
        with pytest.raises(NotTaken):
            set_aside(line.pk, "x", cashier)
        assert settle_sure(cashier) == (0, 0, 0, 0)


def test_one_number_of_two_accounts_is_two_transfers(cashier: User) -> None:
    first, second = owing(), owing()
    from shop.bank.receive import receive, take_in

    from .files import as_csv, rows

    with at(7, 5):
        here = a_line(Came(1200, first.number, serial="1"))
        table = rows([Came(1200, second.number, serial="1")])
        table[1][0] = "账号：13050161000000009999"
        there = take_in(receive("b.csv", as_csv(table), cashier).pk, cashier).lines.get()
        assert settle_sure(cashier).lines == 2
    assert here.pk != there.pk
    assert {t.reference for t in Transfer.objects.all()} == {"1", "1 20260705"}
