"""Save what a workbook says: villages, households and officers found or made, and a lot for each row."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from farmers.registry.models import Household, HouseholdMark, Officer, Village
from farmers.stock.list_lot import NewLot, list_lots
from farmers.stock.models import Lot
from marketplace.access.models import User
from marketplace.days import today
from marketplace.personal import digest
from marketplace.pinyin import initials, pinyin

from .families import phones_by_name
from .report import Accepted, Report

M = TypeVar("M", bound=Model)
T = TypeVar("T")

_BATCH = 500
# two officers may load the same file at the same moment: the loser looks again, once or twice
_TRIES = 3


class RowsRefused(Exception):
    """Some rows are wrong and the caller did not ask for the good ones alone. Nothing was saved."""

    def __init__(self, report: Report) -> None:
        super().__init__(_("%d rows are refused") % len(report.refused))
        self.report = report


class Loaded(NamedTuple):
    """`already` are rows that an earlier load brought in."""

    lots: list[Lot]
    already: list[Accepted]


def load(report: Report, by: User | None, *, accept_good: bool = False) -> Loaded:
    """Make lots of the accepted rows, all in one transaction; a row loaded before adds nothing.

    Raises RowsRefused, with nothing saved, when rows are refused and `accept_good` is not said.
    """
    if report.refused and not accept_good:
        raise RowsRefused(report)
    for attempt in range(_TRIES):
        try:
            with transaction.atomic():
                return _load(report.accepted, by)
        except IntegrityError:
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def loaded_before(rows: Sequence[Accepted]) -> set[str]:
    """The keys among these that have their lot already."""
    found: set[str] = set()
    for keys in _batches([row.key for row in rows]):
        there = Lot.objects.filter(import_key__in=keys).values_list("import_key", flat=True)
        found.update(key for key in there if key)
    return found


def _load(rows: Sequence[Accepted], by: User | None) -> Loaded:
    before = loaded_before(rows)
    new = [row for row in rows if row.key not in before]
    already = [row for row in rows if row.key in before]
    villages = _villages(new)
    officers = _officers(new, villages)
    households = _households(new, villages, officers)
    _marks(new, households)
    lots = list_lots(
        [
            NewLot(
                household=households[row],
                product=row.product,
                quantity=row.quantity,
                unit=row.unit,
                price_fen=row.price_fen,
                harvested_on=row.harvested_on,
                grade=row.grade,
                note=row.note,
                import_key=row.key,
            )
            for row in new
        ],
        by,
    )
    return Loaded(lots, already)


def _villages(rows: Sequence[Accepted]) -> dict[tuple[int, str], Village]:
    wanted = {(row.town.pk, row.village): row.town for row in rows}

    def found() -> dict[tuple[int, str], Village]:
        known = Village.objects.filter(town__in=set(wanted.values())).select_related("town")
        return {(village.town_id, village.name): village for village in known}

    missing = sorted(set(wanted) - set(found()))
    _create(
        Village,
        [
            Village(town_id=town, name=name, pinyin=pinyin(name)[:120], initials=initials(name)[:30])
            for town, name in missing
        ],
    )
    return found()


def _officers(
    rows: Sequence[Accepted], villages: dict[tuple[int, str], Village]
) -> dict[tuple[int, str], Officer]:
    wanted = {(villages[row.town.pk, row.village], row.officer) for row in rows if row.officer}

    def found() -> dict[tuple[int, str], Officer]:
        known = Officer.objects.filter(village__in={village for village, _name in wanted})
        return {(officer.village_id, officer.name): officer for officer in known if officer.village_id}

    there = found()
    missing = sorted(
        ((village, name) for village, name in wanted if (village.pk, name) not in there),
        key=lambda one: (one[0].pk, one[1]),
    )
    _create(Officer, [Officer(town_id=v.town_id, village=v, name=name) for v, name in missing])
    return found()


def _households(
    rows: Sequence[Accepted],
    villages: dict[tuple[int, str], Village],
    officers: dict[tuple[int, str], Officer],
) -> dict[Accepted, Household]:
    """Each row's household, told by village, name and phone. A row without a phone is the only one of its name."""
    places = {villages[row.town.pk, row.village].pk for row in rows}
    phones = phones_by_name(rows)

    def found() -> dict[tuple[int, str], dict[str, Household]]:
        known: dict[tuple[int, str], dict[str, Household]] = defaultdict(dict)
        for ids in _batches(sorted(places)):
            for household in (
                Household.objects.there().filter(village__in=ids).select_related("village__town")
            ):
                known[household.village_id, household.head_name][household.phone_digest] = household
        return known

    there = found()
    wanted: dict[tuple[int, str, str], Accepted] = {}
    chosen: dict[Accepted, tuple[int, str, str]] = {}
    changed: list[Household] = []
    for row in rows:
        village = villages[row.town.pk, row.village]
        here = there.get((village.pk, row.name), {})
        told = phones[row.town.pk, row.village, row.name]
        phone = row.phone or (next(iter(told)) if len(told) == 1 else "")
        key = digest(phone)
        if not phone and len(here) == 1:
            key = next(iter(here))
        elif phone and key not in here and list(here) == [""] and len(told) == 1:
            # known so far without a phone: the one family of the name now tells it
            household = here.pop("")
            household.phone, household.phone_digest = phone, key
            here[key] = household
            changed.append(household)
        chosen[row] = (village.pk, row.name, key)
        if key not in here:
            wanted.setdefault((village.pk, row.name, key), row)
    Household.objects.bulk_update(changed, ["phone", "phone_digest"], batch_size=_BATCH)
    made = []
    for (village_id, name, key), row in sorted(wanted.items(), key=lambda one: one[0]):
        told = phones[row.town.pk, row.village, row.name]
        phone = row.phone or (next(iter(told)) if len(told) == 1 else "")
        made.append(
            Household(
                village_id=village_id,
                head_name=name,
                phone=phone,
                phone_digest=key,
                members=row.members,
                officer=officers.get((village_id, row.officer)),
            )
        )
    _create(Household, made)
    there = found() if made else there
    return {row: there[village, name][key] for row, (village, name, key) in chosen.items()}


def _marks(rows: Sequence[Accepted], households: dict[Accepted, Household]) -> None:
    """Marks that the sheet tells and that are not open yet, from today on: since when is not in the sheet."""
    wanted = {(households[row].pk, kind) for row in rows for kind in row.marks}
    open_now: set[tuple[int, str]] = set()
    for ids in _batches(sorted({household for household, _kind in wanted})):
        there = HouseholdMark.objects.filter(household__in=ids, until=None)
        open_now.update(there.values_list("household_id", "kind"))
    since: dt.date = today()
    _create(
        HouseholdMark,
        [
            HouseholdMark(household_id=household, kind=kind, since=since)
            for household, kind in sorted(wanted - open_now)
        ],
    )


def _create(model: type[M], rows: list[M]) -> None:
    """Insert, leaving alone what another load put there meanwhile; the same order for all, so none wait in a ring."""
    model._default_manager.bulk_create(rows, ignore_conflicts=True, batch_size=_BATCH)


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
