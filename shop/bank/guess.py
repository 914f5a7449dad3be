"""Whose money a line probably is: by the numbers that its payer wrote, by the payer's name, and by the amount.

Sure is only what says the same twice: a number of ours, or a unit's own name, and an amount that is asked for to the
fen. The rest is shown to the cashier, who decides. Nothing is saved here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import BigIntegerField, ExpressionWrapper, F
from django.utils.translation import gettext as _

from marketplace.money import yuan
from marketplace.personal import digest
from shop.buyers.models import BuyerOrganisation
from shop.orders.models import Order, PayBy, State
from shop.orders.picking import PERSONAL
from shop.payments.models import Provider, Statement, Transfer
from shop.payments.standing import standings

from .match import Part
from .models import BankLine
from .values import folded, name_key

# numbers of ours, as banks and people write them: ZD202606-0001, zd202606 0001, ＺＤ２０２６０６—０００１
_STATEMENT = re.compile(r"ZD\s*(\d{6})\s*[-—–_.]?\s*(\d{4,6})(?!\d)")
_ORDER = re.compile(r"DZ\s*(\d{6})\s*[-—–_.]?\s*([2-9A-HJ-NP-Z]{8})(?![0-9A-Z])")
# a shorter piece of a name is many units'
SHORTEST_NAME = 4


class Owed(NamedTuple):
    """A statement with money due: `own_fen` of it alone, `all_fen` with those before it."""

    number: str
    unit: int
    own_fen: int
    all_fen: int


class Guess(NamedTuple):
    """`covers`: numbers of the statements or orders that it pays; `why` and `but` are for the cashier's eyes."""

    parts: tuple[Part, ...]
    covers: tuple[str, ...]
    why: str
    sure: bool
    but: str = ""


@dataclass
class Asked:
    """All that units owe on statements, and the orders that lines name; read once for many lines."""

    units: dict[int, BuyerOrganisation] = field(default_factory=dict)
    by_name: dict[str, int] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    owed: dict[int, list[Owed]] = field(default_factory=lambda: defaultdict(list))
    statements: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    before: dict[str, list[Transfer]] = field(default_factory=lambda: defaultdict(list))
    learnt: dict[str, int] = field(default_factory=dict)
    # orders to be paid one by one, by what they still ask for
    asking: dict[int, list[Order]] = field(default_factory=lambda: defaultdict(list))

    @staticmethod
    def on_account(order: Order) -> bool:
        return order.pay_by == PayBy.ON_ACCOUNT

    def amounts(self, unit: int) -> dict[int, tuple[str, ...]]:
        """What a unit may send to the fen: what one statement asks for, or several that follow each other."""
        found: dict[int, tuple[str, ...]] = {}
        owed = self.owed.get(unit, [])
        for first in range(len(owed)):
            sum_fen, numbers = 0, []
            for one in owed[first:]:
                sum_fen += one.own_fen
                numbers.append(one.number)
                found.setdefault(sum_fen, tuple(numbers))
        return found


def asked(lines: Sequence[BankLine], words: str = "") -> Asked:
    """In ten queries, for however many lines; orders are those that the lines name, or these words, or ask for as much."""
    found = Asked()
    for unit in BuyerOrganisation.objects.defer("phone"):
        key = name_key(unit.name)
        found.units[unit.pk], found.keys[unit.pk] = unit, key
        found.by_name[digest(key)] = unit.pk
    read_statements(found)
    _read_orders(found, [*(line.words for line in lines), words])
    references = [line.reference for line in lines]
    by_hand = Transfer.objects.filter(provider=Provider.TRANSFER, reference__in=references, bank_match=None)
    for transfer in by_hand:
        found.before[transfer.reference].append(transfer)
    _learn(found, lines)
    _read_asking(found, {line.amount_fen for line in lines if line.state == BankLine.State.NEW})
    return found


def read_statements(found: Asked, units: Collection[int] | None = None) -> None:
    """What is due on statements now: of all units, or anew of these."""
    statements = Statement.objects.order_by("organisation", "period").only("number", "organisation", "due_on")
    if units is not None:
        statements = statements.filter(organisation__in=units)
    told = list(statements)
    for unit in {statement.organisation_id for statement in told}:
        found.owed.pop(unit, None)
    due = standings(told)
    before: dict[int, int] = defaultdict(int)
    for statement in told:
        unit, all_fen = statement.organisation_id, due[statement.pk].due_fen
        own = max(all_fen - before[unit], 0)
        before[unit] = all_fen
        found.statements[statement.number] = (unit, own, all_fen)
        if own:
            found.owed[unit].append(Owed(statement.number, unit, own, all_fen))


def _read_orders(found: Asked, texts: Sequence[str]) -> None:
    numbers = {number for text in texts for number in _orders_in(text)}
    if not numbers:
        return
    named = Order.objects.filter(number__in=numbers).defer(*PERSONAL)
    found.orders = {order.number: order for order in named}


def _read_asking(found: Asked, amounts: Collection[int]) -> None:
    due = ExpressionWrapper(F("accepted_fen") - F("paid_fen"), output_field=BigIntegerField())
    single = Order.objects.filter(state=State.ACCEPTED).exclude(pay_by=PayBy.ON_ACCOUNT).annotate(due=due)
    asking = single.filter(due__in=amounts).defer(*(name for name in PERSONAL if name != "recipient"))
    for order in asking.order_by("placed_at", "pk"):
        found.asking[order.due_fen].append(order)


def _learn(found: Asked, lines: Sequence[BankLine]) -> None:
    """Payers whose money was matched before, always to one unit."""
    keys = {line.payer_key for line in lines if line.payer_key}
    units: dict[str, set[int]] = defaultdict(set)
    matched = BankLine.objects.filter(payer_key__in=keys, matches__transfer__isnull=False)
    for key, unit in (
        matched.values_list("payer_key", "matches__transfer__organisation").distinct().order_by()
    ):
        units[key].add(unit)
    found.learnt = {key: own.pop() for key, own in units.items() if len(own) == 1}


def _orders_in(words: str) -> list[str]:
    return [f"DZ{day}-{rest}" for day, rest in _ORDER.findall(folded(words).upper())]


def guess(line: BankLine, of: Asked) -> Guess | None:
    """The best reason there is; None where nothing speaks for anybody."""
    return (
        _recorded(line, of)
        or _by_statement(line, of)
        or _by_order(line, of)
        or _by_name(line, of)
        or _by_amount(line, of)
        or _by_recipient(line, of)
    )


def _recorded(line: BankLine, of: Asked) -> Guess | None:
    own = [t for t in of.before.get(line.reference, []) if t.amount_fen == line.amount_fen]
    if len(own) != 1:
        return None
    part = Part(line.amount_fen, unit=own[0].organisation_id)
    return Guess((part,), (own[0].reference,), _("recorded by hand before"), True)


def _by_statement(line: BankLine, of: Asked) -> Guess | None:
    written = (f"ZD{month}-{rest}" for month, rest in _STATEMENT.findall(folded(line.words).upper()))
    numbers = dict.fromkeys(number for number in written if number in of.statements)
    if not numbers:
        return None
    told = {number: of.statements[number] for number in numbers}
    names = tuple(told)
    units = dict.fromkeys(unit for unit, _own, _all in told.values())
    # of each unit what the named ones ask for themselves; a single unit may pay the older ones along with them
    own = {unit: sum(fen for of_unit, fen, _all in told.values() if of_unit == unit) for unit in units}
    up_to = {unit: max(fen for of_unit, _own, fen in told.values() if of_unit == unit) for unit in units}
    why = _("statement number")
    if len(units) == 1:
        unit = next(iter(units))
        part = Part(line.amount_fen, unit=unit)
        if line.amount_fen in {own[unit], up_to[unit]}:
            but = _other_payer(line, of, unit)
            return Guess((part,), names, why, not but, but)
        owes = sum(one.own_fen for one in of.owed.get(unit, ()))
        if owes and not own[unit]:
            # money pays the oldest first: a later transfer has covered what this one names
            but = _("that statement is paid; the unit owes ¥%(fen)s on others") % {"fen": yuan(owes)}
            return Guess((part,), names, why, False, but)
        return Guess((part,), names, why, False, _apart(line.amount_fen, own[unit]))
    for sums in (own, up_to):
        if sum(sums.values()) == line.amount_fen and all(sums.values()):
            parts = tuple(Part(fen, unit=unit) for unit, fen in sums.items())
            return Guess(parts, names, why, True)
    return None


def _other_payer(line: BankLine, of: Asked, unit: int) -> str:
    payer = of.by_name.get(line.payer_key)
    if line.payer_key and payer is not None and payer != unit:
        return _("paid by another unit: %(name)s") % {"name": of.units[payer].name}
    return ""


def _by_order(line: BankLine, of: Asked) -> Guess | None:
    numbers = dict.fromkeys(number for number in _orders_in(line.words) if number in of.orders)
    orders = [of.orders[number] for number in numbers]
    if not orders:
        return None
    why, names = _("order number"), tuple(numbers)
    due = sum(order.due_fen for order in orders)
    on_account = {order.organisation_id for order in orders if order.pay_by == PayBy.ON_ACCOUNT}
    if not on_account:
        if due == line.amount_fen and all(order.due_fen for order in orders):
            return Guess(tuple(Part(order.due_fen, order=order.pk) for order in orders), names, why, True)
        return None
    if len(on_account) > 1 or len(on_account) < len({order.organisation_id for order in orders}):
        return None
    unit = next(iter(on_account))
    if unit is None:
        return None
    part = Part(line.amount_fen, unit=unit)
    exact = due == line.amount_fen
    but = _other_payer(line, of, unit) if exact else _apart(line.amount_fen, due)
    return Guess((part,), names, why, exact and not but, but)


def _by_name(line: BankLine, of: Asked) -> Guess | None:
    own = of.by_name.get(line.payer_key) if line.payer_key else None
    unit, why = own, _("payer's name")
    if unit is None and line.payer_key:
        unit, why = of.learnt.get(line.payer_key), _("payer of an earlier transfer")
    if unit is None:
        unit, why = _by_part_of_name(line, of), _("part of the payer's name")
    if unit is None:
        return None
    part = Part(line.amount_fen, unit=unit)
    covers = of.amounts(unit).get(line.amount_fen)
    if covers:
        return Guess((part,), covers, why, own is not None)
    due = of.owed.get(unit, [])
    return Guess((part,), (), why, False, _apart(line.amount_fen, due[-1].all_fen if due else 0))


def _by_part_of_name(line: BankLine, of: Asked) -> int | None:
    payer = name_key(line.payer)
    if len(payer) < SHORTEST_NAME:
        return None
    near = [
        unit for unit, key in of.keys.items() if payer in key or (len(key) >= SHORTEST_NAME and key in payer)
    ]
    return near[0] if len(near) == 1 else None


def _by_amount(line: BankLine, of: Asked) -> Guess | None:
    found = {unit: covers for unit in list(of.owed) if (covers := of.amounts(unit).get(line.amount_fen))}
    if len(found) != 1:
        return None
    (unit, covers), *_rest = found.items()
    return Guess((Part(line.amount_fen, unit=unit),), covers, _("amount alone"), False)


def _by_recipient(line: BankLine, of: Asked) -> Guess | None:
    """One order asks for just as much, and the goods went to somebody of the payer's name."""
    own = [order for order in of.asking.get(line.amount_fen, ()) if is_payer(line, order)]
    if len(own) != 1:
        return None
    part = Part(line.amount_fen, order=own[0].pk)
    return Guess((part,), (own[0].number,), _("recipient's name and amount"), False)


def is_payer(line: BankLine, order: Order) -> bool:
    return bool(line.payer) and name_key(line.payer) == name_key(order.recipient)


# words of a bank for money that is the city's own, and the way of `own.WAYS` that it goes
_OWN = ((1, ("stripe", "结算")), (2, ("解款", "现金存入", "现存")), (0, ("周转金", "财政拨款")))


def own_way(line: BankLine) -> int | None:
    """Which of `own.WAYS` the bank's words speak of; None where of none."""
    words = folded(f"{line.payer} {line.words}")
    return next((way for way, names in _OWN if any(name in words for name in names)), None)


def _apart(came: int, due: int) -> str:
    if not due:
        return _("nothing is due there now: it would stay as credit")
    if came < due:
        return _("¥%(fen)s less than is due") % {"fen": yuan(due - came)}
    return _("¥%(fen)s more than is due") % {"fen": yuan(came - due)}
