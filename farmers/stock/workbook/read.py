"""Read a workbook: every row below a header gets its one fate. Nothing is saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator
from typing import IO, NamedTuple

from django.utils.translation import gettext as _

from farmers.registry.models import Town
from farmers.stock.models import Lot
from marketplace.personal import digest

from . import cells
from .columns import LABELS, Field
from .families import refuse_ambiguous
from .goods import Reading, name, officer
from .guess import columns_by_content
from .header import Header, find_header
from .known import Known
from .mended import AS_IT_CAME, Mended, lay_over
from .parts import WorkbookError
from .refused import accepted_before
from .report import Accepted, Problem, Refused, Report, Skipped
from .sheets import Sheet, read_sheets
from .surroundings import Surroundings, look_around
from .table import Passed, Row, Table

_NOTE_LENGTH = int(Lot._meta.get_field("note").max_length or 0)
_STEP = 100
_WHERE = (Field.TOWN, Field.ADDRESS, Field.VILLAGE)

# why whoever loads may not load for this town and village (empty: not read); an empty answer: they may
Fence = Callable[[Town, str], str]


class Progress(NamedTuple):
    """`done` of `rows` rows below the headers."""

    done: int
    rows: int


def read_workbook(
    file: IO[bytes], file_name: str = "", mended: Mended = AS_IT_CAME, fence: Fence | None = None
) -> Report:
    """Raises WorkbookError when the file cannot be opened or holds no table of produce."""
    steps = reading(file, file_name, mended, fence)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            report: Report = end.value
            return report


def reading(
    file: IO[bytes], file_name: str = "", mended: Mended = AS_IT_CAME, fence: Fence | None = None
) -> Generator[Progress, None, Report]:
    """The same, telling how far it is. Whatever makes it raise WorkbookError does so before the first step."""
    sheets = read_sheets(file)
    lay_over(sheets, mended)
    known = Known()
    report = Report(accepted_before=accepted_before(sheets))
    tables: list[tuple[Sheet, Header]] = []
    for sheet in sheets:
        if sheet.hidden or not sheet.rows:
            continue
        header = find_header(sheet)
        if header is not None:
            columns_by_content(sheet, header, known)
        if header is None or not _is_ledger(sheet, header):
            report.leaves_out.append(sheet.title)
            continue
        tables.append((sheet, header))
    if not tables:
        raise WorkbookError(
            _(
                "No table was found. Its header needs a column each for village, head of household, "
                "product, quantity and price."
            )
        )
    seen = Counter(report.accepted_before)
    done, rows = 0, sum(max(sheet.last_row - header.bottom, 0) for sheet, header in tables)
    for sheet, header in tables:
        around = look_around(sheet, header, known, file_name)
        for row in Table(sheet, header, known).walk():
            if done % _STEP == 0:
                yield Progress(done, rows)
            done += 1
            if isinstance(row, Passed):
                report.skipped.append(Skipped(sheet.title, row.number, row.why))
            elif (sheet.title, row.number) in mended.left_out:
                report.skipped.append(Skipped(sheet.title, row.number, _("left out by hand"), by_hand=True))
            else:
                fate = _fate(sheet.title, row, around, known, seen, fence)
                if isinstance(fate, Accepted):
                    report.accepted.append(fate)
                else:
                    report.refused.append(fate)
    yield Progress(done, rows)
    refuse_ambiguous(report)
    return report


def _is_ledger(sheet: Sheet, header: Header) -> bool:
    """A table without a column that it needs is a mistake to tell; a summary by town is none."""
    if not header.missing:
        return True
    goods = {Field.PRODUCT, Field.QUANTITY} & set(header.columns)
    people = {Field.NAME, Field.PHONE} & set(header.columns)
    if goods and people:
        raise WorkbookError(
            _("The table in the sheet “%(sheet)s” has no column for: %(columns)s.")
            % {"sheet": sheet.title, "columns": ", ".join(str(LABELS[one]) for one in header.missing)}
        )
    return False


def _fate(
    sheet: str, row: Row, around: Surroundings, known: Known, seen: Counter[str], fence: Fence | None
) -> Accepted | Refused:
    reading = Reading(row, around, known)
    who = name(reading)
    phone = reading.take(Field.PHONE, lambda: cells.phone(reading.cell(Field.PHONE))) or ""
    goods = reading.goods()
    when = reading.take(Field.DATE, lambda: cells.date(reading.cell(Field.DATE), around.year))
    note = reading.take(Field.NOTE, lambda: cells.words(reading.cell(Field.NOTE), _NOTE_LENGTH)) or ""
    if when and when.words:
        # roughly when is worth keeping, but is no day to count freshness from
        note = "；".join(part for part in (f"{reading.heading(Field.DATE)}：{when.words}", note) if part)
        if len(note) > _NOTE_LENGTH:
            reading.problems.append(
                Problem(
                    reading.heading(Field.NOTE), _("The text has more than %d characters.") % _NOTE_LENGTH
                )
            )
    helper = officer(reading)
    problems = tuple(sorted(reading.problems, key=lambda problem: _place(row.header, problem.column)))
    town, village = (goods.town, goods.village) if goods else Reading(row, around, known).place()
    if fence and town and (why := fence(town, village)):
        where = next((one for one in _WHERE if one in row.header.columns), Field.TOWN)
        problem = Problem(reading.heading(where), why)
        return Refused(sheet, row.number, (problem,), row.header, row.by_column, around, town.name, True)
    if goods is None or problems or when is None:
        return Refused(
            sheet, row.number, problems, row.header, row.by_column, around, town.name if town else ""
        )
    content = digest(
        "\x1f".join(
            [
                goods.town.slug,
                goods.village,
                who,
                phone,
                goods.product.slug,
                goods.grade,
                str(goods.quantity),
                goods.unit,
                str(goods.price_fen),
                when.day.isoformat() if when.day else when.words,
            ]
        )
    )
    seen[content] += 1
    return Accepted(
        sheet=sheet,
        row=row.number,
        town=goods.town,
        village=goods.village,
        name=who,
        phone=phone,
        members=cells.members(reading.cell(Field.MEMBERS)),
        marks=cells.marks(reading.cell(Field.MARK)),
        officer=helper,
        product=goods.product,
        grade=goods.grade,
        quantity=goods.quantity,
        unit=goods.unit,
        unit_word=goods.unit_word,
        price_fen=goods.price_fen,
        harvested_on=when.day,
        note=note,
        content=content,
        key=digest(f"{content}\x1f{seen[content]}"),
        header=row.header,
        cells=row.by_column,
        around=around,
    )


def _place(header: Header, heading: str) -> int:
    return next((column for column, text in header.headings.items() if text == heading), 0)
