"""Facts to post, and the sums that the totals must agree with, told from the entries alone."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections, transaction

from farmers.ledger import guards
from farmers.ledger.models import Entry
from farmers.ledger.post import SaleFact
from farmers.ledger.totals import TOTALS, cell_fields, measures_of
from farmers.registry.models import Household, Town, Village
from marketplace.days import SHANGHAI
from marketplace.money import line_amount_fen

JIN = 500
NOON = dt.datetime(2026, 4, 18, 12, tzinfo=SHANGHAI)
_numbers = itertools.count(1)


def a_village(town: Town | None = None) -> Village:
    number = next(_numbers)
    town = town or Town.objects.create(
        slug=f"town-{number}", name=f"试{number}镇", name_en=f"Test Town {number}", kind=Town.Kind.TOWN
    )
    return Village.objects.create(town=town, name=f"试村{number}")


def a_household(village: Village | None = None) -> Household:
    return Household.objects.create(village=village or a_village(), head_name=f"试{next(_numbers)}")


def households(count: int, village: Village | None = None) -> list[Household]:
    village = village or a_village()
    return [a_household(village) for _ in range(count)]


def noon(year: int, month: int, day: int) -> dt.datetime:
    return dt.datetime(year, month, day, 12, tzinfo=SHANGHAI)


def potatoes(household: Household, jin: int = 10, **changed: Any) -> SaleFact:
    """Potatoes at ¥1.20 a jin, sold online to a citizen at noon on 18 April 2026, unless told otherwise."""
    number = next(_numbers)
    facts: dict[str, Any] = {
        "key": f"accept:{number}",
        "at": NOON,
        "household_id": household.pk,
        "village_id": household.village_id,
        "town_id": household.village.town_id,
        "product_slug": "tudou",
        "product_name": "土豆",
        "product_name_en": "Potato",
        "category_slug": "roots",
        "category_name": "根茎",
        "category_name_en": "Roots",
        "is_sapling": False,
        "measure": "g",
        "quantity": jin * JIN,
        "unit": "jin",
        "unit_size": JIN,
        "price_fen": 120,
        "channel": "online",
        "buyer_kind": "citizen",
        "buyer": "person:1",
        "buyer_name": "",
        "order_number": f"D{number:08d}",
        "line": number,
        **changed,
    }
    facts.setdefault("amount_fen", line_amount_fen(facts["price_fen"], facts["quantity"], facts["unit_size"]))
    return SaleFact(**facts)


def saplings(household: Household, count: int = 20, **changed: Any) -> SaleFact:
    """Pagoda-tree saplings at ¥35 each, through the green channel to a nursery firm."""
    tree = {
        "product_slug": "guohuai", "product_name": "国槐", "product_name_en": "Pagoda tree",
        "category_slug": "saplings", "category_name": "苗木", "category_name_en": "Saplings",
        "is_sapling": True, "measure": "count", "unit": "zhu", "unit_size": 1, "price_fen": 3500,
        "channel": "green", "buyer_kind": "nursery", "buyer": "unit:7", "buyer_name": "定州苗圃",
    }  # fmt: skip
    return potatoes(household, **{**tree, "quantity": count, **changed})


def eggs(household: Household, boxes: int = 3, **changed: Any) -> SaleFact:
    """Boxes of eggs for a canteen: counted, and no saplings."""
    box = {
        "product_slug": "jidan", "product_name": "鸡蛋", "product_name_en": "Eggs",
        "category_slug": "livestock", "category_name": "畜禽", "category_name_en": "Livestock",
        "measure": "count", "unit": "xiang", "unit_size": 1, "price_fen": 6000,
        "channel": "canteen", "buyer_kind": "canteen", "buyer": "unit:3", "buyer_name": "实验小学",
    }  # fmt: skip
    return potatoes(household, **{**box, "quantity": boxes, **changed})


def totals_kept() -> dict[str, dict[tuple[Any, ...], tuple[int, ...]]]:
    """Every cell that the database keeps."""
    return {
        table.__name__: {row.pk: _measures(row) for row in table._default_manager.all()} for table in TOTALS
    }


def totals_due() -> dict[str, dict[tuple[Any, ...], tuple[int, ...]]]:
    """What they must be: every entry read one by one and added up here, in Python."""
    due: dict[str, dict[tuple[Any, ...], tuple[int, ...]]] = {}
    entries = list(Entry.objects.all())
    for table in TOTALS:
        cells = due.setdefault(table.__name__, {})
        for entry in entries:
            cell = tuple(getattr(entry, name) for name in cell_fields(table))
            more = measures_of(entry)
            cells[cell] = tuple(map(sum, zip(cells.get(cell, (0,) * len(more)), more, strict=True)))
    return due


def _measures(row: Any) -> tuple[int, ...]:
    return (row.grams, row.saplings, row.pieces, row.amount_fen, row.sapling_fen, row.entries)


def at_once(acts: Iterable[Callable[[], Any]]) -> list[Any]:
    """Run the acts in threads, each with a connection of its own; what one raises is its answer."""

    def alone(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    acts = list(acts)
    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(alone, acts))


def on_postgresql() -> bool:
    return connection.vendor == "postgresql"


@contextmanager
def forged(*statements: str) -> Iterator[None]:
    """The ledger with its triggers dropped and something altered behind its back; undone afterwards."""
    with transaction.atomic():
        # PostgreSQL drops no trigger of a table whose foreign keys it has yet to check
        connection.check_constraints()
        with connection.cursor() as cursor:
            for sql in (*guards.removals(connection.vendor), *statements):
                cursor.execute(sql)
        yield
        transaction.set_rollback(True)


@contextmanager
def unguarded() -> Iterator[Callable[[Iterable[str]], None]]:
    """The same for a test that commits, so that other connections see what was altered; the guards stand again after."""

    def execute(statements: Iterable[str]) -> None:
        with connection.cursor() as cursor:
            for sql in statements:
                cursor.execute(sql)

    execute(guards.removals(connection.vendor))
    try:
        yield execute
    finally:
        execute(guards.statements(connection.vendor))
