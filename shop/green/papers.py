"""Certificates of saplings: entered by the officer, seen by both sides; what misses is said before plants leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from farmers.stock.models import Lot
from marketplace.access.models import User
from marketplace.days import today
from shop.orders.models import Consignment, OrderLine

from .models import Paper

Kind = Paper.Kind


class NewPaper(NamedTuple):
    """What stands on a certificate. `file`: a picture of our own encoding or a PDF that was looked at."""

    kind: str
    number: str
    issuer: str
    valid_until: dt.date
    file: File | None = None


class SameAlready(Exception):
    """This certificate is entered already."""


def enter(
    new: NewPaper, by: User, *, lot: Lot | None = None, consignment: Consignment | None = None
) -> Paper:
    """Write down a certificate of a lot, or of one consignment. Raises SameAlready; nothing is saved then."""
    try:
        with transaction.atomic():
            return Paper.objects.create(
                lot=lot,
                consignment=consignment,
                kind=new.kind,
                number=new.number,
                issuer=new.issuer,
                valid_until=new.valid_until,
                file=new.file or "",
                by=by,
            )
    except IntegrityError as error:
        known = Paper.objects.filter(
            lot=lot, consignment=consignment, kind=new.kind, number=new.number, withdrawn_at=None
        )
        if known.exists():
            raise SameAlready from error
        raise


def withdraw(paper: Paper, by: User) -> None:
    """It was entered by mistake: it counts no longer, and is kept. Twice is once."""
    Paper.objects.filter(pk=paper.pk, withdrawn_at=None).update(withdrawn_at=timezone.now(), withdrawn_by=by)


def papers_of(lot_ids: Iterable[int]) -> dict[int, list[Paper]]:
    """The certificates of lots, the newest first. One query."""
    ids = list(lot_ids)
    found: dict[int, list[Paper]] = {pk: [] for pk in ids}
    for paper in Paper.objects.filter(lot__in=ids, withdrawn_at=None):
        found[paper.lot_id or 0].append(paper)
    return found


def papers_with(consignments: Iterable[Consignment]) -> dict[int, list[Paper]]:
    """What goes with each consignment: its own certificates, and those of its lots. Two queries."""
    ids = [consignment.pk for consignment in consignments]
    lots: dict[int, set[int]] = {pk: set() for pk in ids}
    pairs = Consignment.objects.filter(pk__in=ids).order_by().values_list("pk", "lines__lot")
    for pk, lot_id in pairs:
        if lot_id is not None:
            lots[pk].add(lot_id)
    every = set().union(*lots.values()) if lots else set()
    rows = list(Paper.objects.filter(Q(consignment__in=ids) | Q(lot__in=every), withdrawn_at=None))
    return {
        pk: [paper for paper in rows if paper.consignment_id == pk or paper.lot_id in lots[pk]] for pk in ids
    }


def papers_of_lines(lines: Sequence[OrderLine]) -> dict[int, list[Paper]]:
    """What goes with each line of an order: the certificates of its lot, and of its consignment. One query."""
    lots, parcels = {line.lot_id for line in lines}, {line.consignment_id for line in lines}
    rows = list(Paper.objects.filter(Q(consignment__in=parcels) | Q(lot__in=lots), withdrawn_at=None))
    return {
        line.pk: [
            paper
            for paper in rows
            if paper.lot_id == line.lot_id or paper.consignment_id == line.consignment_id
        ]
        for line in lines
    }


def missing(papers: Iterable[Paper], day: dt.date | None = None) -> list[Kind]:
    """The kinds of certificate of which none is valid on `day`, by default today."""
    day = day or today()
    there = {paper.kind for paper in papers if paper.holds_on(day)}
    return [kind for kind in Kind if kind.value not in there]
