"""The narrow door into the ledger: facts become entries, once each, with their totals in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from marketplace.access.models import User
from marketplace.days import shanghai_day
from marketplace.money import line_amount_fen

from . import postings
from .hashes import new_salt
from .models import Entry, Unsealed
from .totals import count_in


class SaleFact(NamedTuple):
    """Goods accepted, in plain values. Quantities in grams or pieces, `price_fen` per `unit_size` of them."""

    key: str  # what makes it count once, such as "accept:<order line id>"
    at: dt.datetime  # aware; the ledger day is its Shanghai day
    household_id: int
    village_id: int
    town_id: int
    product_slug: str
    product_name: str
    category_slug: str
    is_sapling: bool
    measure: str
    quantity: int
    unit: str
    unit_size: int
    price_fen: int
    amount_fen: int
    channel: str
    buyer_kind: str
    buyer: str  # no personal data: "unit:3" or "person:17"
    buyer_name: str  # a unit's name; empty for a person
    order_number: str
    line: int
    # shown by the figures; a reader of English meets the Chinese name where there is none
    product_name_en: str = ""
    category_name: str = ""
    category_name_en: str = ""


class TakeBack(NamedTuple):
    """A wanted reversal of `quantity` grams or pieces of the sale `of_key`."""

    of_key: str
    key: str
    quantity: int
    at: dt.datetime
    reason: str


class CannotReverse(ValueError):
    """There is less left than should be taken back, or the entry is no sale; nothing was changed."""


def post_sales(facts: Sequence[SaleFact]) -> list[Entry]:
    """Write an entry for each fact, in their order; a key that is posted already is left alone and returned.

    Hand over all facts of a transaction in one call: totals are locked in one order, so that no two deadlock.
    Raises ValueError for a fact that is wrong in itself, and then nothing is posted.
    """
    wanted: dict[str, SaleFact] = {}
    for fact in facts:
        _check(fact)
        wanted.setdefault(fact.key, fact)
    with transaction.atomic():
        while True:
            posted = _existing(wanted)
            try:
                # a savepoint, so that losing a race for a key does not cost the caller's transaction
                with transaction.atomic():
                    posted |= _write(_sale(wanted[key]) for key in sorted(wanted.keys() - posted.keys()))
                    return [posted[fact.key] for fact in facts]
            except IntegrityError:
                if _existing(wanted).keys() == posted.keys():
                    raise


def reverse(of_key: str, *, key: str, quantity: int, at: dt.datetime, reason: str, by: User | None) -> Entry:
    """Take back part or all of one sale. See `reverse_all`, which takes several in one transaction."""
    return reverse_all([TakeBack(of_key, key, quantity, at, reason)], by=by)[0]


def reverse_all(wanted: Sequence[TakeBack], *, by: User | None) -> list[Entry]:
    """Write a reversing entry for each, in their order; one whose key is posted already is returned as it is.

    Amounts mirror: what remains of a sale is always `line_amount_fen` of the quantity that remains, so a
    full reversal nets to zero fen. Raises CannotReverse for more than remains, Entry.DoesNotExist for a sale
    that is not there, ValueError for a quantity, time or reason that is wrong in itself.
    """
    for one in wanted:
        if one.quantity <= 0:
            raise ValueError("a reversal needs a positive quantity")
        if not one.reason.strip():
            raise ValueError("a reversal needs a reason")
        _check_moment(one.at)
    with transaction.atomic():
        sales = _locked({one.of_key for one in wanted})
        posted = _existing({one.key for one in wanted})
        left = _left(sales.values())
        new: dict[str, Entry] = {}
        for one in wanted:
            sale = sales[one.of_key]
            before = posted.get(one.key) or new.get(one.key)
            if before is not None:
                if before.reverses_id != sale.pk:
                    raise CannotReverse(f"{one.key} is the key of another entry")
                continue
            quantity, amount_fen = left[sale.pk]
            if one.quantity > quantity:
                raise CannotReverse(f"{one.of_key}: {quantity} left, {one.quantity} to take back")
            remains = quantity - one.quantity
            remains_fen = line_amount_fen(sale.price_fen, remains, sale.unit_size)
            left[sale.pk] = (remains, remains_fen)
            new[one.key] = _reversal(sale, one, remains_fen - amount_fen, by)
        posted |= _write(new.values())
    return [posted[one.key] for one in wanted]


def _check_moment(at: dt.datetime) -> None:
    if timezone.is_naive(at):
        raise ValueError("a ledger moment must be aware of its zone")


def _check(fact: SaleFact) -> None:
    _check_moment(fact.at)
    if fact.quantity <= 0 or fact.price_fen <= 0:
        raise ValueError(f"{fact.key}: a sale needs a positive quantity and price")
    if fact.amount_fen != line_amount_fen(fact.price_fen, fact.quantity, fact.unit_size):
        raise ValueError(f"{fact.key}: the amount is not price times quantity")


def _existing(keys: Iterable[str]) -> dict[str, Entry]:
    return Entry.objects.in_bulk(list(keys), field_name="key")


def _locked(keys: set[str]) -> dict[str, Entry]:
    """The sales, held against any other reversal until the transaction ends."""
    sales = {
        e.key: e for e in Entry.objects.select_for_update(no_key=True).filter(key__in=keys).order_by("id")
    }
    if missing := keys - sales.keys():
        raise Entry.DoesNotExist(f"no ledger entry {min(missing)}")
    for sale in sales.values():
        if sale.kind != Entry.Kind.SALE:
            raise CannotReverse(f"{sale.key} is no sale")
    return sales


def _left(sales: Iterable[Entry]) -> dict[int, tuple[int, int]]:
    """What remains of each sale: quantity and fen."""
    left = {sale.pk: (sale.quantity, sale.amount_fen) for sale in sales}
    taken = (
        Entry.objects.filter(reverses__in=list(left))
        .order_by()
        .values_list("reverses")
        .annotate(Sum("quantity"), Sum("amount_fen"))
    )
    for pk, quantity, amount_fen in taken:
        left[pk] = (left[pk][0] + quantity, left[pk][1] + amount_fen)
    return left


def _sale(fact: SaleFact) -> Entry:
    entry = Entry(kind=Entry.Kind.SALE, day=shanghai_day(fact.at), salt=new_salt(), **fact._asdict())
    entry.digest = entry.leaf()
    return entry


def _reversal(sale: Entry, one: TakeBack, amount_fen: int, by: User | None) -> Entry:
    copied = {name: getattr(sale, name) for name in SaleFact._fields}
    copied |= {"key": one.key, "at": one.at, "quantity": -one.quantity, "amount_fen": amount_fen}
    entry = Entry(
        kind=Entry.Kind.REVERSAL,
        day=shanghai_day(one.at),
        reverses=sale,
        reason=one.reason.strip(),
        by=f"user:{by.pk}" if by else "",
        salt=new_salt(),
        **copied,
    )
    entry.digest = entry.leaf()
    return entry


def _write(new: Iterable[Entry]) -> dict[str, Entry]:
    entries = Entry.objects.bulk_create(new)
    if entries:
        Unsealed.objects.bulk_create(Unsealed(entry=entry) for entry in entries)
        postings.post(postings.goods(entries))
        count_in(entries)
    return {entry.key: entry for entry in entries}
