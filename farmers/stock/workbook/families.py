"""Which family a row means: two of one name in a village are told apart by their phone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _

from farmers.registry.models import Household
from marketplace.personal import digest

from .columns import LABELS, Field
from .report import Accepted, Problem, Refused, Report


def phones_by_name(rows: Iterable[Accepted]) -> dict[tuple[int, str, str], set[str]]:
    found: dict[tuple[int, str, str], set[str]] = defaultdict(set)
    for row in rows:
        found[row.town.pk, row.village, row.name] |= {row.phone} - {""}
    return found


def refuse_ambiguous(report: Report) -> None:
    """Move to the refused rows those that name a family without its phone where several bear the name.

    Looks at the households that are known already and at the other rows of the workbook.
    """
    phones = phones_by_name(report.accepted)
    unsaid = [row for row in report.accepted if not row.phone]
    known: dict[tuple[int, str, str], set[str]] = defaultdict(set)
    if unsaid:
        here = Household.objects.there().filter(village__town__in={row.town for row in unsaid})
        there = here.values_list("village__town_id", "village__name", "head_name", "phone_digest")
        for town, village, name, key in there:
            known[town, village, name].add(key)
    unclear = set()
    for row in unsaid:
        place = (row.town.pk, row.village, row.name)
        keys = known[place] | {digest(phone) for phone in phones[place]}
        if len(keys) > 1:
            unclear.add(row)
    if not unclear:
        return
    sheets = report.sheets
    report.accepted = [row for row in report.accepted if row not in unclear]
    report.refused += [_ambiguous(row) for row in unclear]
    report.refused.sort(key=lambda one: (sheets.index(one.sheet), one.row))


def _ambiguous(row: Accepted) -> Refused:
    heading = row.header.heading(Field.PHONE) or str(LABELS[Field.PHONE])
    problem = Problem(heading, _("Several families of the village bear this name: add the phone number."))
    return Refused(row.sheet, row.row, (problem,), row.header, row.cells, row.around, row.town.name)
